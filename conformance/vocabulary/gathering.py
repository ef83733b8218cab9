"""How arguments of ops with index tensors are drawn."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Ref
from .operand import alike, condition, dimension, index_tensor, operand, optional, partner_shape, scalar
from .row import Arguments, Row


def gathered(state: State, row: Row) -> Arguments:
    """gather(x, dim, index)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    at = place % x.ndim
    shape = tuple(
        state.choice.integer(1, 3) if i == at else state.choice.integer(1, n) for i, n in enumerate(x.shape)
    )
    return [Ref(name), place, Ref(index_tensor(state, shape, x.shape[at]))], {}


def scattered(state: State, row: Row) -> Arguments:
    """scatter(x, dim, index, source): no index twice, as torch leaves open which one wins"""
    args, _ = gathered(state, row)
    x, index = state.env[args[0].name], state.env[args[2].name]
    place = args[1] % x.ndim
    if row.name == "scatter" and _repeats(index, place):
        raise Invalid("an index comes twice")
    if row.name == "scatter" and state.choice.chance(0.3):
        return [*args, scalar(state, dtype_name(x.dtype))], {}
    return [*args, Ref(alike(state, x, tuple(index.shape)))], optional(state, row)


def _repeats(index: Any, place: int) -> bool:
    rows = index.movedim(place, -1).reshape(-1, index.shape[place]).tolist()
    return any(len(set(row)) != len(row) for row in rows)


def indexed(state: State, row: Row) -> Arguments:
    """index_select(x, dim, index)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), place, Ref(index_tensor(state, (state.choice.integer(1, 3),), x.shape[place]))], {}


def index_added(state: State, row: Row) -> Arguments:
    """index_add(x, dim, index, source, alpha)"""
    args, _ = indexed(state, row)
    x, index = state.env[args[0].name], state.env[args[2].name]
    if row.name == "index_copy" and len(set(index.tolist())) != index.numel():
        raise Invalid("an index comes twice")
    shape = list(x.shape)
    shape[args[1]] = index.shape[0]
    return [*args, Ref(alike(state, x, tuple(shape)))], optional(state, row)


def index_filled(state: State, row: Row) -> Arguments:
    """index_fill(x, dim, index, value)"""
    args, _ = indexed(state, row)
    return [*args, scalar(state, dtype_name(state.env[args[0].name].dtype))], {}


def masked(state: State, row: Row) -> Arguments:
    """masked_select(x, mask)"""
    name = operand(state, row)
    shape = partner_shape(state, tuple(state.env[name].shape), grow=False)
    return [Ref(name), Ref(condition(state, shape))], {}


def mask_filled(state: State, row: Row) -> Arguments:
    """masked_fill(x, mask, value)"""
    args, _ = masked(state, row)
    return [*args, scalar(state, dtype_name(state.env[args[0].name].dtype))], {}


def taken(state: State, row: Row) -> Arguments:
    """take(x, index)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    return [
        Ref(name),
        Ref(index_tensor(state, state.shape(0, 2), state.env[name].numel(), negative=True)),
    ], {}
