"""The largest element, or the mean, of each window over an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import (
    OUTSIDE,
    dividing_places,
    laid_like,
    pooled_size,
    rows_of,
    sliding_places,
)

Array = np.ndarray[Any, Any]
Sizes = tuple[int, ...]

# How a result is laid out in memory, given the array that it is of.
Layout = Callable[[Array, Array], Array]


def contiguous(result: Array, given: Array) -> Array:
    return plain(np.ascontiguousarray(result))


def layout_of(spatial: int) -> Layout:
    """Images keep their channels where they are; of volumes only the largest of sliding windows do."""
    return laid_like if spatial == 2 else contiguous


# Maxima ---------------------------------------------------------------------------------------------------


def max_pool(
    self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> tuple[Array, Array]:
    """The largest of each window, and where it is: counted in memory's order over the dimensions that are pooled."""
    sizes = self.shape[-len(kernel_size) :]
    counts, places = sliding_places(sizes, kernel_size, stride, padding, dilation, ceil_mode)
    return largest(self, places, counts, laid_like)


def adaptive_max_pool(self: Array, output_size: Sizes) -> tuple[Array, Array]:
    places = dividing_places(self.shape[-len(output_size) :], output_size)
    return largest(self, places, output_size, layout_of(len(output_size)))


def largest(self: Array, places: Array, counts: Sizes, lay: Layout) -> tuple[Array, Array]:
    """``places``: (windows, places) for all rows alike, or with a dimension of rows before them."""
    spatial = len(counts)
    shape = self.shape[: self.ndim - spatial] + counts
    rows = rows_of(self, spatial)
    if not math.prod(shape):
        return plain(np.empty(shape, self.dtype)), plain(np.empty(shape, np.int64))
    inside = places != OUTSIDE
    found = rows[:, places] if places.ndim == 2 else rows[np.arange(len(rows))[:, None, None], places]
    at = place_of_largest(found, inside)
    values = np.take_along_axis(found, at[..., None], -1)[..., 0]
    index = np.take_along_axis(np.broadcast_to(places, found.shape), at[..., None], -1)[..., 0]
    return lay(values.reshape(shape), self), lay(index.reshape(shape), self)


def place_of_largest(found: Array, inside: Array) -> Array:
    """Along the last dimension, of the elements inside: the first of the largest, but the last NaN if there is one."""
    floating = found.dtype.kind not in "iub"
    lowest = -np.inf if floating else np.iinfo(found.dtype).min
    at = np.where(inside, found, lowest).argmax(-1)
    if not inside.all():
        chosen = np.take_along_axis(np.broadcast_to(inside, found.shape), at[..., None], -1)[..., 0]
        at = np.where(chosen, at, inside.argmax(-1))  # where all is as low as what stands for outside
    if floating:
        is_nan = np.isnan(found) & inside
        at = np.where(is_nan.any(-1), found.shape[-1] - 1 - is_nan[..., ::-1].argmax(-1), at)
    return at


def max_pool1d(
    self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> Array:
    return plain(max_pool(self, kernel_size, stride, padding, dilation, ceil_mode)[0])


def max_pool_backward(
    grad_output: Array,
    self: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    indices: Array,
) -> Array:
    return to_largest(grad_output, self, len(kernel_size), indices, laid_like)


def to_largest(grad_output: Array, self: Array, spatial: int, indices: Array, lay: Layout) -> Array:
    """Each gradient added where the largest was found."""
    rows = np.zeros(rows_of(self, spatial).shape, grad_output.dtype)
    index, given = rows_of(indices, spatial), rows_of(grad_output, spatial)
    np.add.at(rows, (np.arange(len(rows))[:, None], index), given)
    return lay(rows.reshape(self.shape), self)


def adaptive_max_pool2d_backward(grad_output: Array, self: Array, indices: Array) -> Array:
    return to_largest(grad_output, self, 2, indices, laid_like)


def adaptive_max_pool3d_backward(grad_output: Array, self: Array, indices: Array) -> Array:
    return to_largest(grad_output, self, 3, indices, contiguous)


# Means ----------------------------------------------------------------------------------------------------


def avg_pool(
    self: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """The sum of each window by ``divisor_override``, or by its number of elements, with margins or without."""
    sizes = self.shape[-len(kernel_size) :]
    counts, places = sliding_places(sizes, kernel_size, stride, padding, (1,) * len(sizes), ceil_mode)
    divisor = divisor_override or elements_in(
        sizes, kernel_size, stride, padding, ceil_mode, count_include_pad
    )
    return means(self, places, counts, divisor)


def elements_in(
    sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, with_margins: bool
) -> Array:
    """How many elements each window has."""
    total = np.ones((), np.int64)
    for size, length, by, pad in zip(sizes, kernel, stride, padding, strict=True):
        starts = np.arange(pooled_size(size, length, by, pad, 1, ceil_mode)) * by - pad
        ends = np.minimum(starts + length, size + pad)
        if not with_margins:
            starts, ends = np.maximum(starts, 0), np.minimum(ends, size)
        total = total[..., None] * (ends - starts)
    return total.reshape(-1)


def means(self: Array, places: Array, counts: Sizes, divisor: Any) -> Array:
    spatial = len(counts)
    shape = self.shape[: self.ndim - spatial] + counts
    if not math.prod(shape):
        return plain(np.empty(shape, self.dtype))
    found = np.where(places != OUTSIDE, rows_of(self, spatial)[:, places], self.dtype.type(0))
    total = np.add.reduce(found, -1)
    if self.dtype.kind in "iu":
        # Towards zero, as C++ divides.
        mean = np.sign(total) * np.sign(divisor) * (np.abs(total) // np.abs(divisor))
    else:
        mean = total / np.asarray(divisor, self.dtype)
    return layout_of(spatial)(mean.reshape(shape), self)


def avg_pool_backward(
    grad_output: Array,
    self: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    sizes = self.shape[-len(kernel_size) :]
    _, places = sliding_places(sizes, kernel_size, stride, padding, (1,) * len(sizes), ceil_mode)
    divisor = divisor_override or elements_in(
        sizes, kernel_size, stride, padding, ceil_mode, count_include_pad
    )
    return to_all(grad_output, self, len(sizes), places, divisor)


def to_all(grad_output: Array, self: Array, spatial: int, places: Array, divisor: Any) -> Array:
    """A share of each gradient to every element of its window."""
    rows = np.zeros(rows_of(self, spatial).shape, grad_output.dtype)
    if rows.size and grad_output.size:
        share = rows_of(grad_output, spatial) / np.asarray(divisor, grad_output.dtype)
        for one in places.T:
            inside = one != OUTSIDE
            np.add.at(rows, (slice(None), one[inside]), share[:, inside])
    return layout_of(spatial)(rows.reshape(self.shape), self)


def adaptive_avg_pool(self: Array, output_size: Sizes) -> Array:
    places = dividing_places(self.shape[-len(output_size) :], output_size)
    return means(self, places, output_size, (places != OUTSIDE).sum(-1))


def adaptive_avg_pool3d(self: Array, output_size: Sizes) -> Array:
    """Of volumes, summed element by element and divided dimension by dimension, all in their own type."""
    sizes, lead = self.shape[-3:], self.shape[:-3]
    shape = lead + tuple(output_size)
    if not math.prod(shape):
        return plain(np.empty(shape, self.dtype))
    rows, places = rows_of(self, 3), dividing_places(sizes, output_size)
    total = np.zeros((len(rows), len(places)), self.dtype)
    for one in places.T:
        total = np.where(one != OUTSIDE, total + rows[:, one], total)
    return contiguous(by_lengths(total, sizes, output_size).reshape(shape), self)


def by_lengths(total: Array, sizes: Sizes, counts: Sizes) -> Array:
    """What each window has, by how long it is along each dimension."""
    shape = total.shape[:1] + tuple(counts)
    result = total.reshape(shape)
    for dim, (size, count) in enumerate(zip(sizes, counts, strict=True)):
        lengths = (dividing_places((size,), (count,)) != OUTSIDE).sum(-1)
        result = result / lengths.astype(total.dtype).reshape((-1,) + (1,) * (len(counts) - 1 - dim))
    return result.reshape(total.shape)


def adaptive_avg_pool2d_backward(grad_output: Array, self: Array) -> Array:
    places = dividing_places(self.shape[-2:], grad_output.shape[-2:])
    return to_all(grad_output, self, 2, places, (places != OUTSIDE).sum(-1))


def adaptive_avg_pool3d_backward(grad_output: Array, self: Array) -> Array:
    sizes, counts = self.shape[-3:], grad_output.shape[-3:]
    share = by_lengths(rows_of(grad_output, 3), sizes, counts) if grad_output.size else grad_output
    return to_all(share.reshape(grad_output.shape), self, 3, dividing_places(sizes, counts), 1)
