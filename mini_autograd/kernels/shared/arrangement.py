"""The order of dimensions in memory that torch gives the result of an elementwise op.

numpy chooses another one where its operands disagree, where dimensions have size 1, and for no elements.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array
from mini_autograd.kernels.shared.memory import blank, has_no_gaps, is_dense, of_nothing

# A shape and strides in elements.
Layout = tuple[tuple[int, ...], tuple[int, ...]]


def arranged(result: Array, operands: list[Array]) -> Array:
    """``result`` of an elementwise kernel on ``operands``, with torch's strides."""
    if lies_as_wanted(result, operands):
        return result
    return restrided(result, elementwise_strides(result.shape, [layout_of(one) for one in operands]))


def lies_as_wanted(result: Array, operands: list[Array]) -> bool:
    """Whether it is plain to see that ``result`` has torch's strides; numpy's are the same in the common case."""
    strides = result.strides
    if not result.size or (result.ndim == 4 and not result.flags.c_contiguous):
        return False
    return all(not one.ndim or one.strides == strides for one in operands)


def layout_of(array: Array) -> Layout:
    return array.shape, tuple([step // array.itemsize for step in array.strides])


def layout_of_cast(array: Array) -> Layout:
    """The layout of ``array`` once it is cast to another type: without gaps and repeats."""
    return array.shape, tuple([step // array.itemsize for step in strides_like(array)])


def restrided(result: Array, wanted: tuple[int, ...]) -> Array:
    """``result`` with strides ``wanted``, in elements, in memory that is its own, so that it may be added to."""
    wanted = tuple([step * result.itemsize for step in wanted])
    if wanted == result.strides:
        return result
    if not result.size:
        return of_nothing(result.shape, result.dtype, wanted)
    copy = blank(result.shape, result.dtype, wanted)
    copy[...] = result
    return copy


def elementwise_strides(shape: tuple[int, ...], operands: list[Layout]) -> tuple[int, ...]:
    """The strides of a new tensor of ``shape`` that an elementwise op on ``operands`` fills."""
    if all(size == shape for size, _ in operands):
        plain = tuple(range(len(shape)))
        for order in (plain, (0, 2, 3, 1)) if len(shape) == 4 else (plain,):
            if all(is_ordered(one, order) for one in operands):
                return dense_strides(shape, 1, order)
        strides = operands[0][1]
        if all(steps == strides for _, steps in operands[1:]) and has_no_gaps(shape, strides):
            return strides
    return dense_strides(shape, 1, memory_order(shape, [broadcast_strides(one, shape) for one in operands]))


def is_ordered(layout: Layout, order: Any) -> bool:
    """Whether the elements lie without gaps, the last dimension of ``order`` varying fastest."""
    shape, strides = layout
    if 0 in shape:
        return True
    expected = 1
    for dim in reversed(order):
        if shape[dim] != 1:
            if strides[dim] != expected:
                return False
            expected *= shape[dim]
    return True


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


def strides_like(self: Array) -> tuple[int, ...]:
    """The byte strides of an array without gaps, its dimensions ordered in memory as in ``self``."""
    if is_dense(self):
        return self.strides
    return dense_strides(self.shape, self.itemsize, memory_order(self.shape, [self.strides]))


def broadcast_strides(layout: Layout, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of an operand seen in ``shape``: 0 along the dimensions that it is repeated over."""
    sizes, strides = layout
    missing = len(shape) - len(sizes)
    own = [
        0 if size == 1 and wanted != 1 else stride
        for size, stride, wanted in zip(sizes, strides, shape[missing:], strict=True)
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
