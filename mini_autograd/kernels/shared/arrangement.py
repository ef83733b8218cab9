"""The order of dimensions in memory that torch gives the result of an elementwise op.

numpy chooses another one where its operands disagree, where dimensions have size 1, and for no elements.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def arranged(result: Array, operands: list[Array]) -> Array:
    """``result`` of an elementwise kernel on ``operands``, with torch's strides."""
    strides = result.strides
    alike = result.size and (result.ndim != 4 or result.flags.c_contiguous)
    if alike and all(not one.ndim or one.strides == strides for one in operands):
        return result
    wanted = elementwise_strides(result.shape, result.itemsize, operands)
    if wanted == strides:
        return result
    if same_elements(result, wanted):
        return np.lib.stride_tricks.as_strided(result, result.shape, wanted)
    copy: Array = np.ndarray(result.shape, result.dtype, None, 0, wanted)
    copy[...] = result
    return copy


def same_elements(result: Array, strides: tuple[int, ...]) -> bool:
    """Whether the strides differ from those of ``result`` only where they do not count."""
    if result.size == 0:
        return True
    return all(
        size == 1 or old == new for size, old, new in zip(result.shape, result.strides, strides, strict=True)
    )


def elementwise_strides(shape: tuple[int, ...], itemsize: int, operands: list[Array]) -> tuple[int, ...]:
    """The byte strides of a new tensor of ``shape`` that an elementwise op on ``operands`` fills."""
    if all(one.shape == shape for one in operands):
        if all(one.flags.c_contiguous for one in operands):
            return dense_strides(shape, itemsize, range(len(shape)))
        if len(shape) == 4 and all(one.transpose(0, 2, 3, 1).flags.c_contiguous for one in operands):
            return dense_strides(shape, itemsize, (0, 2, 3, 1))
        first = operands[0]
        same = all(one.itemsize == first.itemsize and one.strides == first.strides for one in operands[1:])
        if same and is_dense(first):
            return tuple([step // first.itemsize * itemsize for step in first.strides])
    order = memory_order(shape, [broadcast_strides(one, shape) for one in operands])
    return dense_strides(shape, itemsize, order)


def dense_strides(shape: tuple[int, ...], itemsize: int, order: Any) -> tuple[int, ...]:
    """Byte strides without gaps, the last dimension of ``order`` varying fastest."""
    order = tuple(order)
    plain = order == tuple(range(len(shape)))
    strides = [0] * len(shape)
    step = itemsize
    for dim in reversed(order):
        strides[dim] = step
        step *= max(shape[dim], 1) if plain else shape[dim]
    return tuple(strides)


def is_dense(array: Array) -> bool:
    """Whether the elements fill their memory without gaps or overlaps, in whatever order of dimensions."""
    expected = array.itemsize
    for stride, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def broadcast_strides(array: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The byte strides of ``array`` seen in ``shape``: 0 along the dimensions that it is repeated over."""
    missing = len(shape) - array.ndim
    own = [
        0 if size == 1 and wanted != 1 else stride
        for size, stride, wanted in zip(array.shape, array.strides, shape[missing:], strict=True)
    ]
    return (0,) * missing + tuple(own)


def memory_order(shape: tuple[int, ...], strides: list[tuple[int, ...]]) -> list[int]:
    """The dimensions from slowest to fastest: as in the first operand that tells two of them apart."""
    order = list(range(len(shape) - 1, -1, -1))
    for start in range(1, len(order)):
        at = start
        for before in range(start - 1, -1, -1):
            compared = compare(shape, strides, order[before], order[at])
            if compared < 0:
                break
            if compared > 0:
                order[before], order[at] = order[at], order[before]
                at = before
    return order[::-1]


def compare(shape: tuple[int, ...], strides: list[tuple[int, ...]], inner: int, outer: int) -> int:
    """Negative where ``inner`` varies faster than ``outer``, positive where slower, 0 where either may."""
    for steps in strides:
        one, other = steps[inner], steps[outer]
        if one and other:
            if one != other:
                return -1 if one < other else 1
            if shape[inner] > shape[outer]:
                return 1
    return 0
