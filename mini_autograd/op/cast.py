"""Arrays in another element type."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd import dtypes
from mini_autograd.dtypes import COMPLEX, dtype
from mini_autograd.kernels.by_array import restrided
from mini_autograd.kernels.lookup import kernels_of
from mini_autograd.kernels.shared.arrangement import layout_of_cast
from mini_autograd.kernels.transfer import where

ndarray = np.ndarray


def cast(array: Any, kind: dtype) -> Any:
    """``array`` with elements of ``kind``; itself when it has them."""
    if array.dtype is kind.numpy:
        return array
    if type(array) is ndarray:
        return converted(array, kind)
    with where(array):
        return converted(array, kind)


def overwrite(array: Any, result: Any, kind: dtype) -> None:
    """Write the elements of ``result`` over those of ``array``, which are of ``kind``."""
    if type(array) is ndarray:
        array[...] = result if result.dtype is array.dtype else cast(result, kind)
        return
    with where(array):
        array[...] = result if result.dtype is array.dtype else cast(result, kind)


def converted(array: Any, kind: dtype) -> Any:
    """A new array with the elements of ``array`` in ``kind``, where the current device is that of ``array``."""
    if not array.size:
        # numpy would make the strides 0.
        return kernels_of(array).of_nothing(array.shape, kind.numpy, empty_strides(array, kind))
    discarding = array.dtype.kind == "c" and kind.category != COMPLEX and kind is not dtypes.bool
    with np.errstate(all="ignore"):
        result = (array.real if discarding else array).astype(kind.numpy)
    if array.flags.c_contiguous and 1 not in array.shape:
        return result
    return restrided(result, layout_of_cast(array)[1])


def empty_strides(array: Any, kind: dtype) -> tuple[int, ...]:
    """The byte strides of an array without elements, in another type."""
    return tuple([step // array.itemsize * kind.itemsize for step in array.strides])
