"""Which of a GPU's arrays share memory; the order in which their elements are written is nobody's there."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.backend import load

Array = Any
library: Any = load()


def may_meet(one: Array, other: Array) -> bool:
    """Whether the bytes between the first and the last element of both meet; of one of the host's none do."""
    if not (isinstance(one, library.array) and isinstance(other, library.array)):
        return False
    first, second = reach(one), reach(other)
    return first[0] < second[1] and second[0] < first[1]


def reach(array: Array) -> tuple[int, int]:
    """The addresses of the first byte and of that behind the last."""
    start: int = array.data.ptr
    last = sum((size - 1) * step for size, step in zip(array.shape, array.strides, strict=True))
    return start, start + last + array.itemsize


def is_tangled(target: Array, *others: Array) -> bool:
    return False


def meet(one: Array, other: Array) -> bool:
    return may_meet(one, other)
