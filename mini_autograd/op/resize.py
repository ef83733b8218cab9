"""Gives a tensor another shape over its memory, which grows where it is too small."""

from __future__ import annotations

import math
import warnings
from typing import Any

from mini_autograd.kernels.by_array import placed
from mini_autograd.kernels.shared.memory import contiguous_strides
from mini_autograd.op.rules import check_broadcast
from mini_autograd.op.storage import grow
from mini_autograd.tensor import TensorBase, storage_of, storage_offset

__all__ = ["resize", "warn_resized"]

RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match the "
    "required output shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not "
    "be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
    "inplace, to zero elements with t.resize_(0)."
)


def warn_resized(array: Any, shape: tuple[int, ...], stacklevel: int = 3) -> None:
    """Warn where an output that has the shape of ``array`` turns out to need another ``shape``."""
    if array.size and array.shape != shape:
        warnings.warn(RESIZED.format(list(array.shape), list(shape)), UserWarning, stacklevel=stacklevel)


def warn_made_like(tensor: TensorBase, other: TensorBase) -> None:
    """The same where torch makes an output like ``tensor`` before it asks what ``other`` makes of the shape."""
    warn_resized(tensor._array, check_broadcast([tensor._array.shape, other._array.shape]), 6)


def resize(tensor: TensorBase, shape: tuple[int, ...]) -> None:
    """Make ``tensor`` a contiguous one of ``shape``, unless it is of that shape already.

    Elements that were there stay; new ones are whatever the memory holds.
    """
    if tensor._array.shape == shape:
        return
    itemsize = tensor._dtype.itemsize
    storage = storage_of(tensor)
    offset = storage_offset(tensor) * itemsize
    if 0 not in shape:
        grow(storage, offset + math.prod(shape) * itemsize)
    strides = contiguous_strides(shape, itemsize)
    tensor._array = placed(storage.memory, tensor._dtype.numpy, shape, strides, offset)
