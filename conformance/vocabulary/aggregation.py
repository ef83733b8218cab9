"""How arguments of reductions, scans and orderings are drawn."""

from __future__ import annotations

from typing import Any

from ..state import Invalid, State
from ..statements import Ref
from .operand import dimension, distinct, operand, optional
from .row import Arguments, Row


def reduction(state: State, row: Row) -> Arguments:
    """op(x), op(x, dim, keepdim), op(x, [dims], keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    x, choice = state.env[name], state.choice
    if choice.chance(0.4):
        return [Ref(name)], optional(state, row)
    given: dict[str, Any] = {"dim": dimension(state, x)}
    if x.ndim > 1 and choice.chance(0.3):
        given = {"dim": _dimensions(state, x)}
    if choice.chance(0.4):
        given["keepdim"] = choice.chance(0.7)
    if choice.chance(0.3):
        return [Ref(name), given.pop("dim")], {**given, **optional(state, row)}
    return [Ref(name)], {**given, **optional(state, row)}


def reduction_all(state: State, row: Row) -> Arguments:
    """op(x)"""
    return [Ref(operand(state, row, keep=lambda tensor: tensor.numel() > 0))], optional(state, row)


def reduction_one(state: State, row: Row) -> Arguments:
    """op(x) or op(x, dim, keepdim): one dimension at most"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    if state.choice.chance(0.3):
        return [Ref(name)], {}
    return _with_dimension(state, name, row)


def reduction_dims(state: State, row: Row) -> Arguments:
    """op(x, dims, keepdim): dimensions are needed"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    dims = _dimensions(state, x) if x.ndim > 1 and state.choice.chance(0.5) else dimension(state, x)
    return [Ref(name), dims], optional(state, row)


def _with_dimension(state: State, name: str, row: Row) -> Arguments:
    args = [Ref(name), dimension(state, state.env[name])]
    if state.choice.chance(0.3):
        return args, {"keepdim": state.choice.chance(0.7)}
    return args, optional(state, row)


def _dimensions(state: State, x: Any) -> Any:
    places = [place for place in range(x.ndim) if state.choice.chance(0.6)] or [0]
    places = [place - x.ndim if state.choice.chance(0.3) else place for place in places]
    return places if state.choice.chance(0.5) else tuple(places)


def spread(state: State, row: Row) -> Arguments:
    """var(x), std(x, dim, correction, keepdim)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 1)
    x, choice = state.env[name], state.choice
    if choice.chance(0.3):
        return [Ref(name)], {"unbiased": choice.chance(0.5)} if choice.chance(0.4) else {}
    wide = [place for place, size in enumerate(x.shape) if size > 1]
    if not wide:
        raise Invalid("no dimension to spread over")
    given: dict[str, Any] = {"dim": choice.pick(wide), "correction": choice.integer(0, 1)}
    if choice.chance(0.4):
        given["keepdim"] = True
    return [Ref(name)], given


def norm(state: State, row: Row) -> Arguments:
    """norm(x, p, dim, keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    choice = state.choice
    order = choice.pick((2, 1, 3, 0, 2.0, 1.5, float("inf"), float("-inf")))
    if choice.chance(0.4):
        return [Ref(name)], {} if choice.chance(0.4) else {"p": order}
    return [Ref(name), order, dimension(state, state.env[name])], {"keepdim": True} if choice.chance(
        0.3
    ) else {}


def vector_norm(state: State, row: Row) -> Arguments:
    """linalg.vector_norm(x, ord, dim, keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    choice = state.choice
    order = choice.pick((2, 1, 3, 0, float("inf"), float("-inf")))
    given: dict[str, Any] = {"dim": dimension(state, state.env[name])} if choice.chance(0.5) else {}
    return [Ref(name), order], given


def scan(state: State, row: Row) -> Arguments:
    """cumsum(x, dim)"""
    name = operand(state, row)
    return [Ref(name), dimension(state, state.env[name])], optional(state, row)


def ordering(state: State, row: Row) -> Arguments:
    """sort(x, dim, descending): values without ties, whose order torch leaves open"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    given: dict[str, Any] = {"dim": dimension(state, state.env[name])} if state.choice.chance(0.7) else {}
    return [Ref(name)], {**given, **optional(state, row)}


def largest(state: State, row: Row) -> Arguments:
    """topk(x, k, dim, largest, sorted=True)"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    x = state.env[name]
    place = dimension(state, x)
    given: dict[str, Any] = {"dim": place}
    if state.choice.chance(0.4):
        given["largest"] = state.choice.chance(0.5)
    return [Ref(name), state.choice.integer(1, x.shape[place])], given


def kth(state: State, row: Row) -> Arguments:
    """kthvalue(x, k, dim)"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), state.choice.integer(1, x.shape[place]), place], {}
