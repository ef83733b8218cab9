"""Moves that index a tensor or assign to an index."""

from __future__ import annotations

import math
from typing import Any

import torch

from ..reading import dtype_name
from ..state import CLASS_OF, Invalid, State
from ..statements import Index, Name, Output, Ref, SetItem, Slice
from ..vocabulary.operand import condition, index_tensor, scalar
from .operation import writable


def basic(state: State, shape: tuple[int, ...]) -> Any:
    """An index of integers, slices, None and an ellipsis."""
    choice = state.choice
    parts: list[Any] = []
    for size in shape[: choice.integer(0 if not shape else 1, len(shape))]:
        kind = choice.integer(0, 3)
        if kind == 0 and size > 0:
            parts.append(choice.integer(-size, size - 1))
        elif kind == 1:
            parts.append(Slice())
        else:
            start = choice.integer(0, max(size - 1, 0))
            stop = choice.integer(start, size + 1) if choice.chance(0.6) else None
            parts.append(Slice(start if choice.chance(0.7) else None, stop, choice.pick((None, None, 1, 2))))
    if choice.chance(0.15):
        parts.insert(choice.integer(0, len(parts)), None)
    if choice.chance(0.15):
        parts.insert(0 if choice.chance(0.5) and len(parts) <= len(shape) else len(parts), Ellipsis)
    if not parts:
        return choice.pick((Ellipsis, None))
    return parts[0] if len(parts) == 1 and choice.chance(0.7) else tuple(parts)


def advanced(state: State, shape: tuple[int, ...], unique: bool = False) -> Any:
    """An index with a mask, a tensor of indices or a list of them; without doubles when `unique`."""
    choice = state.choice
    if not shape or math.prod(shape) == 0:
        return Ref(condition(state, ())) if not shape else Slice()
    kind = choice.integer(0, 3)
    if kind == 0:
        return Ref(condition(state, shape[: choice.integer(1, len(shape))]))
    if kind == 1 and choice.chance(0.5):
        return [choice.integer(0, shape[0] - 1) for _ in range(1 if unique else choice.integer(1, 3))]
    count = (1,) if unique else state.choice.pick(((), (2,), (3,), (2, 2)))
    first = Ref(index_tensor(state, count, shape[0], negative=True))
    if len(shape) == 1 or choice.chance(0.5):
        return first
    second = Ref(index_tensor(state, count, shape[1], negative=True))
    middle = choice.integer(0, 3)
    if middle == 0:
        return (first, second)
    if middle == 1:
        return (Slice(), second)
    return (first, Slice(None, None, 2)) if middle == 2 else (first, choice.integer(0, shape[1] - 1))


def read(state: State) -> None:
    """out = x[index]"""
    state.need("Tensor.__getitem__")
    name = state.tensor("fcib", ndim=(0, 3), fresh=0.05)
    shape = tuple(state.env[name].shape)
    index = advanced(state, shape) if state.choice.chance(0.4) else basic(state, shape)
    state.run(Index(Output(state.name()), Name(name), index))


def write(state: State) -> None:
    """x[index] = value"""
    state.need("Tensor.__setitem__")
    name = state.existing(writable)
    if name is None:
        raise Invalid("no tensor to write to")
    x = state.env[name]
    shape, dtype = tuple(x.shape), dtype_name(x.dtype)
    index = advanced(state, shape, unique=True) if state.choice.chance(0.4) else basic(state, shape)
    probe = Index(Output("probe"), Name(name), index)
    try:
        part = probe.execute(torch, dict(state.env), [])
    except Exception as error:
        raise Invalid(str(error)) from error
    value: Any = scalar(state, dtype)
    if isinstance(value, complex) and CLASS_OF[dtype] != "c":
        value = value.real
    if state.choice.chance(0.6):
        found = state.existing(lambda other: other.dtype == x.dtype and other.shape == part.shape)
        value = Ref(found or state.leaf(tuple(part.shape), dtype))
    state.attempt(SetItem(Name(name), index, value))
