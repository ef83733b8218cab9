"""How arguments of ops that create and convert tensors are drawn."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, State
from ..statements import DType, Ref
from .operand import alike, operand, scalar
from .row import Arguments, Row


def sized(state: State, row: Row) -> Arguments:
    """zeros(shape, dtype)"""
    given: dict[str, Any] = {"dtype": DType(state.dtype())} if state.choice.chance(0.6) else {}
    shape = list(state.shape(0, 3))
    if row.name == "full":
        dtype = given["dtype"].name if given else "float32"
        return [shape, scalar(state, dtype)], given
    if row.name == "eye":
        return [
            state.choice.integer(1, 3),
            *([state.choice.integer(1, 3)] if state.choice.chance(0.4) else []),
        ], given
    if given.get("dtype") in (None, DType("float32")) and state.choice.chance(0.3):
        given["requires_grad"] = True
    return [shape], given


def counted(state: State, row: Row) -> Arguments:
    """arange(start, end, step), linspace(start, end, steps)"""
    choice = state.choice
    if row.name == "linspace":
        return [choice.integer(-8, 8) / 4, choice.integer(-8, 8) / 4, choice.integer(1, 6)], {}
    start = choice.integer(-4, 4)
    if choice.chance(0.4):
        return [choice.integer(0, 6)], {}
    length, width = choice.integer(0, 5), choice.pick((1, 2, 0.5))
    given = {"dtype": DType(state.dtype("fi"))} if choice.chance(0.3) and start >= 0 else {}
    return [start, start + length * width, width], given


def like(state: State, row: Row) -> Arguments:
    """zeros_like(x, dtype)"""
    name = operand(state, row)
    given: dict[str, Any] = {}
    if state.choice.chance(0.3):
        given["dtype"] = DType(state.dtype())
    args: list[Any] = [Ref(name)]
    if row.name == "full_like":
        args.append(state.choice.integer(0, 3))
    if row.name.startswith("new_"):
        args.append(list(state.shape(0, 2)))
        if row.name == "new_full":
            args.append(state.choice.integer(0, 3))
    return args, given


def converted(state: State, row: Row) -> Arguments:
    """x.to(dtype)"""
    name = operand(state, row)
    x = state.env[name]
    targets = "fcib" if CLASS_OF[dtype_name(x.dtype)] != "c" else "c"
    args: list[Any] = [Ref(name), DType(state.dtype(targets))]
    if row.name == "type_as":
        args[1] = Ref(state.tensor(targets))
    return args, {"copy": True} if row.name == "to" and state.choice.chance(0.2) else {}


def paired(state: State, row: Row) -> Arguments:
    """complex(real, imag), polar(abs, angle)"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, tuple(x.shape)))], {}


def last_is_pair(state: State, row: Row) -> Arguments:
    """view_as_complex(x): the last dimension has two elements, side by side in memory"""
    dtype = state.choice.pick(("float32", "float64"))
    return [Ref(state.leaf((*state.shape(0, 2), 2), dtype))], {}
