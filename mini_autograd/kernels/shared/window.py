"""Windows over the last dimensions of an array, as places: for each element of the result, those that it looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mini_autograd.kernels.arrays import Array, kept, xp
from mini_autograd.kernels.shared.reduction import plain

Sizes = tuple[int, ...]

# Where a window reaches beyond the array.
OUTSIDE = -1


def pooled_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows there are along a dimension; with ``ceil_mode`` also one that begins inside and ends outside."""
    count = (
        size + 2 * padding - dilation * (kernel - 1) - 1 + (stride - 1 if ceil_mode else 0)
    ) // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + padding else count


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows over dimensions of these sizes: along each, the places that every one holds there, as (windows, places),
    OUTSIDE for none; for several rows of an array the same, or with a dimension of rows before them."""

    sizes: Sizes
    along: tuple[Array, ...]

    @cached_property
    def counts(self) -> Sizes:
        """How many windows there are along each dimension."""
        return tuple(one.shape[-2] for one in self.along)

    @cached_property
    def places(self) -> Array:
        """The places of all windows, counted in memory's order over all dimensions."""
        return flat_places(self.along, self.sizes)

    @cached_property
    def elements(self) -> Array:
        """How many elements each window has inside."""
        total = xp.ones((), xp.int64)
        for one in self.along:
            total = total[..., None] * (one != OUTSIDE).sum(-1)
        return total.reshape(-1)


@kept(128)
def sliding(
    sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> Windows:
    """Windows of one size, each as far from the one before."""
    along = []
    for size, length, by, pad, far in zip(sizes, kernel, stride, padding, dilation, strict=True):
        count = pooled_size(size, length, by, pad, far, ceil_mode)
        at = xp.arange(count)[:, None] * by - pad + xp.arange(length) * far
        along.append(xp.where((at >= 0) & (at < size), at, OUTSIDE))
    return Windows(sizes, tuple(along))


@kept(128)
def dividing(sizes: Sizes, counts: Sizes) -> Windows:
    """Windows that share out each dimension, as evenly as whole numbers can; they may overlap."""
    along = []
    for size, count in zip(sizes, counts, strict=True):
        at = xp.arange(count)
        starts, ends = at * size // max(count, 1), -(-(at + 1) * size // max(count, 1))
        longest = max(
            [-(-(one + 1) * size // count) - one * size // count for one in range(count)], default=0
        )
        places = starts[:, None] + xp.arange(max(longest, 1))
        along.append(xp.where(places < ends[:, None], places, OUTSIDE))
    return Windows(sizes, tuple(along))


def flat_places(along: Sequence[Array], sizes: Sizes) -> Array:
    """Windows of several dimensions from those of each: (..., windows, places) with the places counted in memory's
    order, OUTSIDE where one of them is."""
    ndim, lead = len(along), along[0].shape[:-2]
    total: Any = 0
    outside: Any = False
    for dim, (places, size) in enumerate(zip(along, sizes, strict=True)):
        shape = [1] * (2 * ndim)
        shape[dim], shape[ndim + dim] = places.shape[-2:]
        spread = places.reshape(lead + tuple(shape))
        total = total * size + spread
        outside = outside | (spread == OUTSIDE)
    windows = math.prod(one.shape[-2] for one in along)
    return xp.where(outside, OUTSIDE, total).reshape(
        *lead, windows, math.prod(one.shape[-1] for one in along)
    )


def rows_of(self: Array, spatial: int) -> Array:
    """The last dimensions as one, and all before them as another."""
    at = self.ndim - spatial
    return self.reshape(math.prod(self.shape[:at]), math.prod(self.shape[at:]))


def laid_like(result: Array, given: Array) -> Array:
    """The result contiguous, or with channels last where ``given`` has them so."""
    if has_channels_last(given):
        last = (0, *range(2, result.ndim), 1)
        back = (0, result.ndim - 1, *range(1, result.ndim - 1))
        return plain(xp.ascontiguousarray(result.transpose(last))).transpose(back)
    return plain(xp.ascontiguousarray(result))


def has_channels_last(given: Array) -> bool:
    """Whether the strides say so, as torch reads them: of sizes 1 too, and where there are gaps."""
    if given.ndim not in (4, 5):
        return False
    least = 0
    for dim in (1, *reversed(range(2, given.ndim)), 0):
        size, step = given.shape[dim], given.strides[dim]
        if not size or step < least or (dim == 1 and not step) or (dim == 0 and least == given.strides[1]):
            return False
        least = step * size
    return True
