"""Windows placed by chance, after Graham, "Fractional Max-Pooling" (2014), and what undoes a pooling of maxima."""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.pooling import Maxima, contiguous
from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import Windows, laid_like, rows_of

Sizes = tuple[int, ...]


class RandomMaxima(Maxima):
    """Poolings of the largest element in windows placed by chance."""

    def fractional_max_pool2d(
        self, array: Array, kernel_size: Sizes, output_size: Sizes, random_samples: Array
    ) -> tuple[Array, Array]:
        # Its first sample is the width's.
        return self.at_random(array, kernel_size, output_size, random_samples[..., ::-1])

    def fractional_max_pool3d(
        self, array: Array, kernel_size: Sizes, output_size: Sizes, random_samples: Array
    ) -> tuple[Array, Array]:
        return self.at_random(array, kernel_size, output_size, random_samples)

    def at_random(self, array: Array, kernel: Sizes, counts: Sizes, samples: Array) -> tuple[Array, Array]:
        """Windows of one size, each row's at places of its own: one sample for each dimension says which."""
        spatial = len(counts)
        sizes = array.shape[-spatial:]
        samples = samples.reshape(-1, spatial)[: math.prod(array.shape[:-spatial])].astype(array.dtype)
        along = []
        for dim, (size, length, count) in enumerate(zip(sizes, kernel, counts, strict=True)):
            starts = random_starts(samples[:, dim], size, length, count)
            along.append(starts[..., None] + xp.arange(length))
        return self.largest(array, Windows(sizes, tuple(along)), contiguous)

    def fractional_max_pool_backward(
        self, grad_output: Array, array: Array, kernel_size: Sizes, output_size: Sizes, indices: Array
    ) -> Array:
        return self.to_largest(grad_output, array, len(kernel_size), indices, contiguous)


def random_starts(sample: Array, size: int, length: int, count: int) -> Array:
    """Where the windows begin along a dimension, the last at its end."""
    kind = sample.dtype.type
    starts = xp.full((len(sample), count), size - length, xp.int64)
    if count > 1:
        step = kind(size - length) / kind(count - 1)
        places = xp.arange(count - 1).astype(sample.dtype)
        first = (sample * step).astype(xp.int64)
        starts[:, :-1] = ((places + sample[:, None]) * step).astype(xp.int64) - first[:, None]
    return starts


RANDOM_MAXIMA = RandomMaxima()
fractional_max_pool2d = RANDOM_MAXIMA.fractional_max_pool2d
fractional_max_pool3d = RANDOM_MAXIMA.fractional_max_pool3d
fractional_max_pool_backward = RANDOM_MAXIMA.fractional_max_pool_backward


def max_unpool2d(self: Array, indices: Array, output_size: Sizes) -> Array:
    return laid_like(unpooled(self, indices, output_size), self)


def max_unpool3d(self: Array, indices: Array, output_size: Sizes, stride: Sizes, padding: Sizes) -> Array:
    return plain(unpooled(self, indices, output_size))


def unpooled(self: Array, indices: Array, output_size: Sizes) -> Array:
    """Zeros, but for the elements of ``self`` where ``indices`` say."""
    spatial = len(output_size)
    result = xp.zeros(self.shape[: self.ndim - spatial] + tuple(output_size), self.dtype)
    rows, index = rows_of(result, spatial), rows_of(indices, spatial)
    xp.put_along_axis(rows, checked(index, rows.shape[1], output_size), rows_of(self, spatial), 1)
    return result


def checked(index: Array, count: int, output_size: Sizes) -> Array:
    """``index``; RuntimeError where it is out of range."""
    wrong = index[(index < 0) | (index >= count)]
    if wrong.size:
        size = "x".join(str(one) for one in output_size)
        raise RuntimeError(f"Found an invalid max index: {wrong[-1]} (output volumes are of size {size})")
    return index
