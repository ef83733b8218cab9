"""Arrays placed on the memory of another: a GPU's array knows its memory by its pointer, and its owner by ``base``."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda.backend import load

Array = Any
library: Any = load()
xp = library.xp


def over(
    array: Array, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0
) -> Array:
    """Elements of ``dtype`` from byte ``offset`` of contiguous ``array`` on, which holds them all; ``strides`` in
    bytes."""
    kind = np.dtype(dtype)
    memory = array.reshape(-1).view(xp.uint8)
    if 0 in shape:
        return placed(memory, kind, shape, strides, offset)
    # A view keeps the owner, which an array made anew at an address would not.
    view = memory[offset : offset + kind.itemsize].view(kind)
    view._set_shape_and_strides(shape, strides, True, True)
    return view


def blank(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """An array to be filled, whose elements lie without gaps or repeats as ``strides``, in bytes, say."""
    made = xp.empty(shape, dtype)
    made._set_shape_and_strides(shape, strides, True, True)
    return made


def of_nothing(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """An array without elements that has these strides."""
    return blank(shape, dtype, strides)


def address(array: Array) -> int:
    """Where the first element lies."""
    start: int = array.data.ptr
    return start


def owner_of(array: Array) -> Array:
    """The array at the end of the ``base`` chain."""
    owner = array
    while owner.base is not None:
        owner = owner.base
    return owner


def memory_of(array: Array) -> Array:
    """All the bytes that ``array`` looks into."""
    owner = owner_of(array)
    count = 0
    if owner.size:
        last = sum((size - 1) * stride for size, stride in zip(owner.shape, owner.strides, strict=True))
        count = last // owner.itemsize + 1
    plain = owner.view()
    plain._set_shape_and_strides((count,), (owner.itemsize,), True, True)
    return plain.view(xp.uint8)


def placed(memory: Array, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Array:
    """Elements of ``dtype`` in ``memory``, an array of bytes, from byte ``offset`` on; ``strides`` in bytes."""
    if 0 in shape:
        nothing = memory.view()
        # Rows of nothing, of which one may be taken behind the end too: slices stop there.
        nothing._set_shape_and_strides((offset + 1, 0), (1, 1), True, True)
        nothing = nothing[offset].view(dtype)
        nothing._set_shape_and_strides(shape, strides, True, True)
        return nothing
    return over(memory, dtype, shape, strides, offset)


def bytes_as_memory(content: bytes) -> Array:
    """The bytes as an array that can be written to."""
    return xp.asarray(np.frombuffer(content, np.uint8))


def handed_out(array: Array) -> Array:
    """A view for the user, who shares the memory; one without elements has no strides to speak of."""
    view = array.view()
    if not array.size:
        view._set_shape_and_strides(array.shape, (0,) * array.ndim, True, True)
    return view
