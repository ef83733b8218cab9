"""Gives a tensor another shape over its memory, which grows where it is too small."""

from __future__ import annotations

import math

from mini_autograd.kernels.shared.memory import contiguous_strides, grown, placed
from mini_autograd.tensor import Storage, TensorBase, storage_of, storage_offset

__all__ = ["resize"]


def resize(tensor: TensorBase, shape: tuple[int, ...]) -> None:
    """Make ``tensor`` a contiguous one of ``shape``, unless it is of that shape already.

    Elements that were there stay; new ones are whatever the memory holds.
    """
    if tensor._array.shape == shape:
        return
    itemsize = tensor._dtype.itemsize
    storage = storage_of(tensor)
    offset = storage_offset(tensor) * itemsize
    if offset + math.prod(shape) * itemsize > storage.memory.size:
        grow(tensor, storage, offset + math.prod(shape) * itemsize)
    strides = contiguous_strides(shape, itemsize)
    tensor._array = placed(storage.memory, tensor._dtype.numpy, shape, strides, offset)


def grow(tensor: TensorBase, storage: Storage, size: int) -> None:
    """Give ``storage`` memory of ``size`` bytes, and with it the tensor that ``tensor`` is a view of."""
    offset = 0 if tensor._view is None else storage_offset(tensor._view.base)
    storage.memory = grown(storage.memory, size)
    if tensor._view is not None:
        base = tensor._view.base
        array = base._array
        offset *= base._dtype.itemsize
        base._array = placed(storage.memory, array.dtype, array.shape, array.strides, offset)
        base._storage = storage
