"""How arguments of losses, normalisations and simple layers are drawn."""

from __future__ import annotations

import math

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Ref
from .operand import alike, dimension, index_tensor, operand, optional
from .row import Arguments, Row

REDUCTIONS = ("mean", "sum", "none")


def loss(state: State, row: Row) -> Arguments:
    """mse_loss(input, target, reduction): of one shape and dtype"""
    name = operand(state, row)
    x = state.env[name]
    domain = "probability" if row.domain == "probability" else "any"
    target = alike(state, x, tuple(x.shape), domain)
    return [Ref(name), Ref(target)], optional(state, row)


def classes(state: State, row: Row) -> Arguments:
    """cross_entropy(input, target indices, reduction)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x, choice = state.env[name], state.choice
    count = x.shape[0] if x.ndim == 1 else x.shape[1]
    shape = () if x.ndim == 1 else (x.shape[0], *x.shape[2:])
    target = index_tensor(state, shape, count)
    given = optional(state, row)
    if choice.chance(0.3):
        given["weight"] = Ref(state.leaf((count,), dtype_name(x.dtype), "positive", requires_grad=False))
    if choice.chance(0.2):
        given["ignore_index"] = choice.integer(0, count - 1)
    return [Ref(name), Ref(target)], given


def logits(state: State, row: Row) -> Arguments:
    """binary_cross_entropy_with_logits(input, target, weight, pos_weight)"""
    args, given = loss(state, row)
    x = state.env[args[0].name]
    for key in ("weight", "pos_weight"):
        if state.choice.chance(0.2):
            given[key] = Ref(state.leaf(tuple(x.shape), dtype_name(x.dtype), "positive", requires_grad=False))
    return args, given


def normalised(state: State, row: Row) -> Arguments:
    """softmax(x, dim)"""
    name = operand(state, row)
    return [Ref(name), dimension(state, state.env[name])], optional(state, row)


def layer(state: State, row: Row) -> Arguments:
    """layer_norm(x, normalized_shape, weight, bias)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 1)
    x = state.env[name]
    shape = tuple(x.shape[state.choice.integer(0, x.ndim - 1) :])
    if math.prod(shape) < 2:
        raise Invalid("nothing to normalise over")
    given = {}
    if state.choice.chance(0.6):
        given["weight"] = Ref(alike(state, x, shape))
        if state.choice.chance(0.7):
            given["bias"] = Ref(alike(state, x, shape))
    return [Ref(name), list(shape)], given


def lookup(state: State, row: Row) -> Arguments:
    """embedding(indices, weight)"""
    name = operand(state, row, ndim=(2, 2), keep=lambda tensor: tensor.numel() > 0)
    return [Ref(index_tensor(state, state.shape(0, 2), state.env[name].shape[0])), Ref(name)], {}


def slope(state: State, row: Row) -> Arguments:
    """prelu(x, weight)"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    size = x.shape[1] if x.ndim > 1 and state.choice.chance(0.4) else 1
    return [Ref(name), Ref(alike(state, x, (size,)))], {}


def step(state: State, row: Row) -> Arguments:
    """threshold(x, threshold, value)"""
    return [
        Ref(operand(state, row)),
        state.choice.integer(-8, 8) / 8 + 0.0625,
        state.choice.integer(-4, 4),
    ], {}
