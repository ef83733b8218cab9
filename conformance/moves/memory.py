"""Moves that change in place which memory a tensor looks at, and how much of it."""

from __future__ import annotations

import math

from ..hazard import beyond, room
from ..state import Invalid, State
from ..statements import Op, Output, Ref
from .operation import writable

NAMES = ("Tensor.set_", "Tensor.is_set_to", "Tensor.resize_", "Tensor.untyped_storage")


def resized(state: State) -> None:
    """x.resize_(2, 3)"""
    state.need("Tensor.resize_")
    name = _target(state)
    x = state.env[name]
    state.attempt(Op("Tensor.resize_", (Ref(name), *_sizes(state, room(x) - x.storage_offset()))))


def set_to(state: State) -> None:
    """x.set_(y), x.set_(y.untyped_storage(), offset, size, stride), x.set_()"""
    state.need("Tensor.set_", "Tensor.untyped_storage")
    choice = state.choice
    name = _target(state)
    x = state.env[name]
    source = state.existing(
        lambda tensor: tensor is not x and (tensor.dtype == x.dtype or choice.chance(0.15))
    )
    if source is None or choice.chance(0.1):
        state.attempt(Op("Tensor.set_", (Ref(name),)))
        return
    y = state.env[source]
    if choice.chance(0.5) or y.dtype != x.dtype:
        state.attempt(Op("Tensor.set_", (Ref(name), Ref(source))))
        return
    whole = choice.chance(0.5)
    held = Ref(state.name("s")) if whole else Ref(source)
    if whole:
        state.run(Op("Tensor.untyped_storage", (Ref(source),), out=Output(held.name)))
    most = room(y) - (0 if whole else y.storage_offset())
    size = _sizes(state, min(most, y.numel()))
    offset = choice.integer(0, max(most - math.prod(size), 0))
    call = Op("Tensor.set_", (Ref(name), held, offset, size))
    if choice.chance(0.5) or beyond(call, state.env):
        call = Op("Tensor.set_", (*call.args, stride)) if (stride := _strides(state, size)) else call
    state.attempt(call)


def asked(state: State) -> None:
    """x.is_set_to(y)"""
    state.need("Tensor.is_set_to")
    one, other = (state.existing(lambda tensor: True) for _ in range(2))
    if one is None or other is None:
        raise Invalid("no tensors to compare")
    state.run(Op("Tensor.is_set_to", (Ref(one), Ref(other)), out=Output(state.name("v"))))


def _target(state: State) -> str:
    """A tensor to change, which is not one whose memory torch has lent."""
    name = state.existing(lambda tensor: writable(tensor) and tensor.ndim < 4)
    if name is None or state.is_lent(name):
        raise Invalid("no tensor to change")
    return name


def _sizes(state: State, most: int) -> tuple[int, ...]:
    """A shape of at most so many elements."""
    choice = state.choice
    sizes: list[int] = []
    for _ in range(choice.integer(0, 3) if most > 0 else 1):
        sizes.append(choice.integer(0 if most < 1 or choice.chance(0.05) else 1, max(most, 0)))
        most = most // max(sizes[-1], 1)
    return tuple(sizes)


def _strides(state: State, size: tuple[int, ...]) -> tuple[int, ...]:
    """Strides that reach no further than those of a contiguous tensor."""
    steps: list[int] = []
    step = 1
    for length in reversed(size):
        steps.insert(0, 0 if state.choice.chance(0.15) else step)
        step *= max(length, 1)
    return tuple(steps)
