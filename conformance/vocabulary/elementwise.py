"""How arguments of pointwise ops are drawn."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, State
from ..statements import Ref
from .operand import alike, broadcastable, condition, operand, optional, partner_shape, scalar
from .row import Arguments, Row


def unary(state: State, row: Row) -> Arguments:
    """op(x, **options)"""
    return [Ref(operand(state, row))], optional(state, row)


def binary(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast, or a tensor and a number"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    dtype = dtype_name(x.dtype)
    if state.choice.chance(0.25):
        return [Ref(name), scalar(state, dtype, row.domain)], optional(state, row)
    other = broadcastable(state, tuple(x.shape), row.dtypes, row.domain, dtype)
    return [Ref(name), Ref(other)], optional(state, row)


def binary_tensor(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    other = broadcastable(state, tuple(x.shape), row.dtypes, row.domain, dtype_name(x.dtype))
    return [Ref(name), Ref(other)], optional(state, row)


def binary_same(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast, of one dtype, both inside the domain"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, partner_shape(state, tuple(x.shape)), row.domain))], optional(
        state, row
    )


def power(state: State, row: Row) -> Arguments:
    """pow(x, y): a positive base with any exponent, or any base with a small whole exponent"""
    choice = state.choice
    if choice.chance(0.5):
        name = state.tensor("fc", "any")
        return [Ref(name), choice.pick((0, 1, 2, 3, -1, 2.0, 3.0, 0.5 if choice.chance(0.2) else 2))], {}
    name = state.tensor("f", "positive")
    if choice.chance(0.4):
        return [Ref(name), choice.integer(-16, 16) / 8], {}
    x = state.env[name]
    return [Ref(name), Ref(broadcastable(state, tuple(x.shape), "f", "small", dtype_name(x.dtype)))], {}


def whole_power(state: State, row: Row) -> Arguments:
    """pow(x, n) of integers"""
    return [Ref(state.tensor("i", "any")), state.choice.integer(0, 3)], {}


def ternary(state: State, row: Row) -> Arguments:
    """op(x, y, z): addcmul, addcdiv"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    shape = tuple(x.shape)
    others = [
        alike(state, x, partner_shape(state, shape, grow=False), domain) for domain in ("any", row.domain)
    ]
    return [Ref(name), *map(Ref, others)], optional(state, row)


def interpolation(state: State, row: Row) -> Arguments:
    """lerp(x, end, weight)"""
    name = operand(state, row)
    x = state.env[name]
    end = alike(state, x, partner_shape(state, tuple(x.shape), grow=False))
    if state.choice.chance(0.5):
        return [Ref(name), Ref(end), state.choice.integer(-4, 12) / 8], {}
    return [Ref(name), Ref(end), Ref(alike(state, x, partner_shape(state, tuple(x.shape), grow=False)))], {}


def bounds(state: State, row: Row) -> Arguments:
    """clamp(x, min, max): numbers or tensors, one may be missing"""
    name = operand(state, row)
    x, choice = state.env[name], state.choice
    dtype = dtype_name(x.dtype)
    if CLASS_OF[dtype] == "f" and choice.chance(0.25):
        ends = [alike(state, x, partner_shape(state, tuple(x.shape), grow=False)) for _ in range(2)]
        return [Ref(name), *map(Ref, ends)], {}
    low = choice.integer(-2, 1) if dtype != "uint8" else choice.integer(0, 1)
    given: dict[str, Any] = {"min": low, "max": low + choice.integer(1, 3)}
    if CLASS_OF[dtype] == "f":
        given = {key: value + 0.0625 for key, value in given.items()}
    if choice.chance(0.4):
        del given[choice.pick(("min", "max"))]
    return [Ref(name)], given


def bound(state: State, row: Row) -> Arguments:
    """clamp_min(x, number)"""
    name = operand(state, row)
    dtype = dtype_name(state.env[name].dtype)
    number: float = (
        state.choice.integer(0, 2) if CLASS_OF[dtype] == "i" else state.choice.integer(-8, 8) / 8 + 0.0625
    )
    return [Ref(name), number], {}


def selection(state: State, row: Row) -> Arguments:
    """where(condition, x, y)"""
    name = operand(state, row)
    x = state.env[name]
    mask = condition(state, partner_shape(state, tuple(x.shape), grow=False))
    if state.choice.chance(0.25):
        return [Ref(mask), Ref(name), scalar(state, dtype_name(x.dtype))], {}
    other = broadcastable(state, tuple(x.shape), row.dtypes, "any", dtype_name(x.dtype))
    return [Ref(mask), Ref(name), Ref(other)], {}
