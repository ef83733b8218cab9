"""The largest element, or the mean, of each window over an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.arrays import Array, kept, xp
from mini_autograd.kernels.shared import windowed
from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import (
    OUTSIDE,
    Windows,
    dividing,
    laid_like,
    pooled_size,
    rows_of,
    sliding,
)

Sizes = tuple[int, ...]

# How a result is laid out in memory, given the array that it is of.
Layout = Callable[[Array, Array], Array]


def contiguous(result: Array, given: Array) -> Array:
    return plain(xp.ascontiguousarray(result))


def layout_of(spatial: int) -> Layout:
    """Images keep their channels where they are; of volumes only the largest of sliding windows do."""
    return laid_like if spatial == 2 else contiguous


class Maxima:
    """Poolings of the largest element, and their gradients, by the loops of ``windowed`` or others like them."""

    def __init__(self, loops: Any = windowed) -> None:
        self.loops = loops

    def largest(self, array: Array, windows: Windows, lay: Layout) -> tuple[Array, Array]:
        """The largest of each window, and where it is: counted in memory's order over the pooled dimensions."""
        spatial = len(windows.sizes)
        shape = array.shape[: array.ndim - spatial] + windows.counts
        if not math.prod(shape):
            return plain(xp.empty(shape, array.dtype)), plain(xp.empty(shape, xp.int64))
        values, index = self.loops.largest_in(rows_of(array, spatial), windows)
        return lay(values.reshape(shape), array), lay(index.reshape(shape), array)

    def to_largest(
        self, grad_output: Array, array: Array, spatial: int, indices: Array, lay: Layout
    ) -> Array:
        """Each gradient added where the largest was found."""
        size = math.prod(array.shape[array.ndim - spatial :])
        rows = self.loops.added_at(rows_of(grad_output, spatial), rows_of(indices, spatial), size)
        return lay(rows.reshape(array.shape), array)

    def max_pool(
        self,
        array: Array,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        ceil_mode: bool,
    ) -> tuple[Array, Array]:
        sizes = array.shape[-len(kernel_size) :]
        windows = sliding(sizes, kernel_size, stride, padding, dilation, ceil_mode)
        return self.largest(array, windows, laid_like)

    def max_pool1d(self, *args: Any) -> Array:
        return plain(self.max_pool(*args)[0])

    def max_pool_backward(
        self,
        grad_output: Array,
        array: Array,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        ceil_mode: bool,
        indices: Array,
    ) -> Array:
        return self.to_largest(grad_output, array, len(kernel_size), indices, laid_like)

    def adaptive_max_pool(self, array: Array, output_size: Sizes) -> tuple[Array, Array]:
        spatial = len(output_size)
        return self.largest(array, dividing(array.shape[-spatial:], output_size), layout_of(spatial))

    def adaptive_max_pool2d_backward(self, grad_output: Array, array: Array, indices: Array) -> Array:
        return self.to_largest(grad_output, array, 2, indices, laid_like)

    def adaptive_max_pool3d_backward(self, grad_output: Array, array: Array, indices: Array) -> Array:
        return self.to_largest(grad_output, array, 3, indices, contiguous)


class Means:
    """Poolings of the mean, and their gradients, by the loops of ``windowed`` or others like them."""

    def __init__(self, loops: Any = windowed) -> None:
        self.loops = loops

    def means(self, array: Array, windows: Windows, divisor: Any) -> Array:
        spatial = len(windows.sizes)
        shape = array.shape[: array.ndim - spatial] + windows.counts
        if not math.prod(shape):
            return plain(xp.empty(shape, array.dtype))
        total = self.loops.sums_in(rows_of(array, spatial), windows)
        if array.dtype.kind in "iu":
            # Towards zero, as C++ divides.
            mean = xp.sign(total) * xp.sign(divisor) * (xp.abs(total) // xp.abs(divisor))
        else:
            mean = total / xp.asarray(divisor, array.dtype)
        return layout_of(spatial)(mean.reshape(shape), array)

    def to_all(self, grad_output: Array, array: Array, windows: Windows, divisor: Any) -> Array:
        """A share of each gradient to every element of its window."""
        spatial = len(windows.sizes)
        if array.size and grad_output.size:
            share = rows_of(grad_output, spatial) / xp.asarray(divisor, grad_output.dtype)
            rows = self.loops.added_in(share, windows, math.prod(windows.sizes))
        else:
            rows = xp.zeros(array.shape, grad_output.dtype)
        return layout_of(spatial)(rows.reshape(array.shape), array)

    def avg_pool(self, array: Array, *steps: Any) -> Array:
        """The sum of each window by ``divisor_override``, or by its number of elements, with margins or without."""
        return self.means(array, *averaged(array.shape, *steps))

    def avg_pool_backward(self, grad_output: Array, array: Array, *steps: Any) -> Array:
        return self.to_all(grad_output, array, *averaged(array.shape, *steps))

    def adaptive_avg_pool(self, array: Array, output_size: Sizes) -> Array:
        windows = dividing(array.shape[-len(output_size) :], output_size)
        return self.means(array, windows, windows.elements)

    def adaptive_avg_pool3d(self, array: Array, output_size: Sizes) -> Array:
        """Of volumes, summed element by element and divided dimension by dimension, all in their own type."""
        windows = dividing(array.shape[-3:], output_size)
        shape = array.shape[:-3] + windows.counts
        if not math.prod(shape):
            return plain(xp.empty(shape, array.dtype))
        total = self.loops.sums_in(rows_of(array, 3), windows)
        return contiguous(by_lengths(total, windows).reshape(shape), array)

    def adaptive_avg_pool2d_backward(self, grad_output: Array, array: Array) -> Array:
        windows = dividing(array.shape[-2:], grad_output.shape[-2:])
        return self.to_all(grad_output, array, windows, windows.elements)

    def adaptive_avg_pool3d_backward(self, grad_output: Array, array: Array) -> Array:
        windows = dividing(array.shape[-3:], grad_output.shape[-3:])
        share = by_lengths(rows_of(grad_output, 3), windows) if grad_output.size else grad_output
        return self.to_all(share.reshape(grad_output.shape), array, windows, 1)


def averaged(
    shape: Sizes,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> tuple[Windows, Any]:
    """The windows of a mean, and what the sum of each is divided by."""
    sizes = shape[-len(kernel_size) :]
    windows = sliding(sizes, kernel_size, stride, padding, (1,) * len(sizes), ceil_mode)
    steps = (sizes, kernel_size, stride, padding, ceil_mode, count_include_pad)
    return windows, divisor_override or elements_in(*steps)


@kept(128)
def elements_in(
    sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, with_margins: bool
) -> Array:
    """How many elements each window has."""
    total = xp.ones((), xp.int64)
    for size, length, by, pad in zip(sizes, kernel, stride, padding, strict=True):
        starts = xp.arange(pooled_size(size, length, by, pad, 1, ceil_mode)) * by - pad
        ends = xp.minimum(starts + length, size + pad)
        if not with_margins:
            starts, ends = xp.maximum(starts, 0), xp.minimum(ends, size)
        total = total[..., None] * (ends - starts)
    return total.reshape(-1)


def by_lengths(total: Array, windows: Windows) -> Array:
    """What each window has, by how long it is along each dimension."""
    counts = windows.counts
    result = total.reshape(total.shape[:1] + counts)
    for dim, places in enumerate(windows.along):
        lengths = (places != OUTSIDE).sum(-1).astype(total.dtype)
        result = result / lengths.reshape((-1,) + (1,) * (len(counts) - 1 - dim))
    return result.reshape(total.shape)


MAXIMA, MEANS = Maxima(), Means()
max_pool, max_pool1d, max_pool_backward = MAXIMA.max_pool, MAXIMA.max_pool1d, MAXIMA.max_pool_backward
adaptive_max_pool = MAXIMA.adaptive_max_pool
adaptive_max_pool2d_backward = MAXIMA.adaptive_max_pool2d_backward
adaptive_max_pool3d_backward = MAXIMA.adaptive_max_pool3d_backward
avg_pool, avg_pool_backward = MEANS.avg_pool, MEANS.avg_pool_backward
adaptive_avg_pool, adaptive_avg_pool3d = MEANS.adaptive_avg_pool, MEANS.adaptive_avg_pool3d
adaptive_avg_pool2d_backward = MEANS.adaptive_avg_pool2d_backward
adaptive_avg_pool3d_backward = MEANS.adaptive_avg_pool3d_backward
