"""Making a view again from its base.

NOTE [Replayed views]: an ``as_strided`` of the base shows what a view of it shows, unless the view takes the memory
for elements of another type, as ``view_as_real`` does. Such a view, and every view of it, keeps the steps by which it
came from its base: functions from a tensor to a view of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase, storage_offset

Step = Callable[[TensorBase], TensorBase]


def take_step(view: TensorBase, source: TensorBase, step: Step) -> None:
    """Note that ``step`` made ``view`` of ``source``."""
    above = source._view
    if above is None:
        view._view.steps = (step,)
    else:
        view._view.steps = (*(above.steps or (strided_step(source),)), step)


def strided_step(view: TensorBase) -> Step:
    """The step to where ``view`` lies, from a tensor over the same memory and of the same type."""
    array = view._array
    strides = tuple([step // array.itemsize for step in array.strides])
    return partial(strided, array.shape, strides, storage_offset(view))


def strided(size: tuple, stride: tuple, offset: int, source: TensorBase) -> TensorBase:
    seen: TensorBase = F.as_strided(source, size, stride, offset)
    return seen


def replayed(steps: tuple, base: TensorBase) -> TensorBase:
    """What the steps make of ``base``."""
    for step in steps:
        base = step(base)
    return base


def recorded(steps: tuple, base: TensorBase) -> TensorBase:
    """What the steps make of ``base``, with its history, in every mode."""
    switches = modes.current()
    before = switches.grad, switches.inference
    switches.grad, switches.inference = True, False
    try:
        return replayed(steps, base)
    finally:
        switches.grad, switches.inference = before
