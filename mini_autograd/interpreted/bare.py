"""What stands for a tensor in a buffer: NOTE [Bare gradients].

A bare gradient is an array or, without dimensions, a number of numpy's. It, a :class:`Total` and a :class:`Spread`
each stand for a tensor of its own that nothing but the buffer holds.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from mini_autograd.dtypes import FROM_NUMPY
from mini_autograd.graph import accumulate
from mini_autograd.graph.operations import F
from mini_autograd.interpreted.source import wrap
from mini_autograd.tensor import TensorBase, Version, version_of

ndarray, single, double, asarray = np.ndarray, np.float32, np.float64, np.asarray

# Up to so many elements.
SMALL = 512
# In the place of a result that is the gradient itself.
SAME = object()


class Total:
    """A sum of gradients: a bare one, and how often something was added to it in place, as far as can be seen.

    ``small``: a new array costs less than to write over the old one; without elements it would lose its strides.
    """

    __slots__ = ("bare", "small", "writes")

    def __init__(self, bare: Any, writes: int) -> None:
        self.bare = bare if bare.ndim else bare[()]
        self.small = bare.ndim < 2 and 0 < bare.size <= SMALL
        self.writes = writes


class Spread:
    """``grad``, without dimensions, seen in a ``shape``, as ``bare`` has it."""

    __slots__ = ("bare", "grad", "shape")

    def __init__(self, bare: Any, shape: tuple) -> None:
        self.bare = bare
        self.shape = shape
        self.grad: Any = None


def bare_of(entry: Any) -> Any:
    """The array or the number; None for a tensor that is to be read otherwise than its memory has it."""
    kind = type(entry)
    if kind is ndarray or kind is single or kind is double:
        return entry
    if kind is Total or kind is Spread:
        return entry.bare
    return None if entry._marks else entry._array


def tensor_of(entry: Any) -> TensorBase:
    """The tensor that it stands for."""
    if isinstance(entry, TensorBase):
        return entry
    if type(entry) is Spread:
        spread: TensorBase = F.expand(tensor_of(entry.grad), entry.shape)
        return spread
    array = asarray(bare_of(entry))
    tensor = wrap(array, FROM_NUMPY[array.dtype])
    if type(entry) is Total and entry.writes:
        tensor._counter = counted(entry.writes)
    return tensor


def counted(writes: int) -> Version:
    version = Version()
    version.value = writes
    return version


def add(buffer: list, nr: int, entry: Any, silently: Any) -> None:
    """Add ``entry`` to what the buffer holds under ``nr``, in its memory if that is the buffer's alone."""
    bare = bare_of(entry)
    kind = type(buffer[nr])
    if kind is ndarray or kind is single or kind is double:
        total = buffer[nr] = Total(buffer[nr], 0)
    elif kind is Total:
        total = buffer[nr]
    elif kind is Spread or not accumulate.is_ours(buffer, nr):
        buffer[nr] = F.add(tensor_of(buffer[nr]), tensor_of(entry))
        return
    elif (
        buffer[nr]._inference
        or buffer[nr]._marks
        or buffer[nr]._dtype.is_complex  # NOTE [Complex sums]
        or type(buffer[nr]._array) is not ndarray
    ):
        accumulate.add_in_place(buffer[nr], tensor_of(entry))
        return
    else:
        total = buffer[nr] = Total(buffer[nr]._array, version_of(buffer[nr]))
    if bare is None:
        held = buffer[nr] = tensor_of(total)
        accumulate.add_in_place(held, entry)
        return
    if total.small:
        total.bare = silently(operator.add, total.bare, bare if bare.ndim else bare[()])
    else:
        silently(np.add, total.bare, bare, total.bare)
    total.writes += 1
