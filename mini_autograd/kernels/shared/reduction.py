"""Reductions over dimensions.

``dim`` is None or empty for all dimensions; a 0-d array has one dimension, of size 1. Results are contiguous.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import contiguous_strides, over

Dims = tuple[int, ...] | None

# NOTE [Accuracy of sums]: numpy adds pairwise along the dimension that varies fastest in memory and one
# by one along the others, where the error grows with the length. These are added in blocks, and so on.
BLOCK = 32
FEW = 64


def plain(result: Any) -> Any:
    """``result`` contiguous, with torch's strides where dimensions have size 0 or 1."""
    if type(result) is not xp.ndarray or not result.ndim:
        return result
    if result.ndim == 1 and result.shape[0] and result.strides[0] == result.itemsize:
        return result
    strides = contiguous_strides(result.shape, result.itemsize)
    if result.strides == strides:
        return result
    return over(xp.ascontiguousarray(result), result.dtype, result.shape, strides)


def axes_of(self: Array, dim: Dims) -> tuple[int, ...] | None:
    """The dimensions as numpy takes them; none at all of a 0-d array."""
    if self.ndim == 0:
        return ()
    return tuple(dim) if dim else None


def sum(self: Array, dim: Dims, keepdim: bool, dtype: object = None) -> Array:
    return plain(add_up(self, axes_of(self, dim), keepdim))


def sum_all(self: Array, dtype: object = None) -> Array:
    return add_up(self, None, False)


def add_up(self: Array, axes: tuple[int, ...] | None, keepdims: bool) -> Any:
    """The sum over ``axes``, pairwise along each of them: NOTE [Accuracy of sums]."""
    if self.size <= FEW or self.dtype.kind not in "fc" or (axes is None and self.flags.forc):
        return xp.add.reduce(self, axis=axes, keepdims=keepdims)
    dims = tuple(range(self.ndim)) if axes is None else tuple([axis % self.ndim for axis in axes])
    result = self
    for dim in sorted(dims, key=lambda dim: self.strides[dim]):
        result = add_along(result, dim)
    if keepdims:
        return result
    return result.reshape([size for dim, size in enumerate(self.shape) if dim not in dims])


def add_along(self: Array, dim: int) -> Array:
    """The sum along one dimension, which is kept."""
    count = self.shape[dim]
    if count <= FEW or self.strides[dim] == self.itemsize:
        return xp.add.reduce(self, axis=dim, keepdims=True)
    blocks = count // BLOCK
    before, after = self.shape[:dim], self.shape[dim + 1 :]
    at = (slice(None),) * dim
    whole = self[(*at, slice(blocks * BLOCK))].reshape(*before, blocks, BLOCK, *after)
    result = add_along(xp.add.reduce(whole, axis=dim + 1), dim)
    if count % BLOCK:
        result = result + xp.add.reduce(self[(*at, slice(blocks * BLOCK, None))], axis=dim, keepdims=True)
    return result


def count_over(self: Array, dim: Dims) -> int:
    """How many elements go into each element of a reduction."""
    if not dim or self.ndim == 0:
        return self.size
    return math.prod([self.shape[axis] for axis in dim])


def mean_all(self: Array, dtype: object = None) -> Array:
    return divided(add_up(self, None, False), self.size)


def mean(self: Array, dim: Dims, keepdim: bool, dtype: object = None) -> Array:
    return plain(divided(add_up(self, axes_of(self, dim), keepdim), count_over(self, dim)))


def reduced_count(self: Array, dim: Dims) -> int:
    """The same, but 0 where the reduction has no elements."""
    kept = [size for at, size in enumerate(self.shape) if dim and at not in [one % self.ndim for one in dim]]
    return 0 if 0 in kept else count_over(self, dim)


def divided(total: Any, count: int) -> Any:
    return xp.true_divide(total, xp.asarray(count, total.dtype))


def nansum(self: Array, dim: Dims, keepdim: bool, dtype: object = None) -> Array:
    if self.dtype.kind == "f":
        self = xp.where(xp.isnan(self), self.dtype.type(0), self)
    return plain(add_up(self, axes_of(self, dim), keepdim))


def prod_all(self: Array, dtype: object = None) -> Array:
    return xp.multiply.reduce(self, axis=None)


def prod(self: Array, dim: int, keepdim: bool, dtype: object = None) -> Array:
    return plain(xp.multiply.reduce(self, axis=axes_of(self, (dim,)), keepdims=keepdim))


# Extrema: NaN counts as the largest and as the smallest.


def amax(self: Array, dim: Dims, keepdim: bool) -> Array:
    return plain(xp.maximum.reduce(self, axis=axes_of(self, dim), keepdims=keepdim))


def amin(self: Array, dim: Dims, keepdim: bool) -> Array:
    return plain(xp.minimum.reduce(self, axis=axes_of(self, dim), keepdims=keepdim))


def max_all(self: Array) -> Array:
    return xp.maximum.reduce(self, axis=None)


def min_all(self: Array) -> Array:
    return xp.minimum.reduce(self, axis=None)


def aminmax(self: Array, dim: int | None, keepdim: bool) -> tuple[Array, Array]:
    dims = None if dim is None else (dim,)
    return amin(self, dims, keepdim), amax(self, dims, keepdim)


def argmax(self: Array, dim: int | None, keepdim: bool) -> Array:
    """The index of the first largest element; of the elements in order where ``dim`` is None."""
    if self.ndim == 0:
        return xp.zeros((), xp.int64)
    flat: Any = dim
    return plain(self.argmax(axis=flat, keepdims=keepdim))


def argmin(self: Array, dim: int | None, keepdim: bool) -> Array:
    if self.ndim == 0:
        return xp.zeros((), xp.int64)
    flat: Any = dim
    return plain(self.argmin(axis=flat, keepdims=keepdim))


def max_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return selected(self, argmax(self, dim, True), dim, keepdim)


def min_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return selected(self, argmin(self, dim, True), dim, keepdim)


def selected(self: Array, indices: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The elements at ``indices`` along ``dim``, and the indices; ``dim`` taken out unless ``keepdim``."""
    if self.ndim == 0:
        return self.copy(), indices
    if self.ndim == 1:
        values = self[indices]
        return (values, indices) if keepdim else (values.reshape(()), indices.reshape(()))
    values = xp.take_along_axis(self, indices, dim)
    if not keepdim:
        values, indices = values.squeeze(dim), indices.squeeze(dim)
    return plain(values), plain(indices)


# Logic and counting.


def any_all(self: Array) -> Array:
    return xp.logical_or.reduce(self, axis=None)


def any_dims(self: Array, dim: Dims, keepdim: bool) -> Array:
    """Over no dimension for (), unlike other reductions."""
    axes = () if dim == () else axes_of(self, dim)
    return plain(xp.logical_or.reduce(self, axis=axes, keepdims=keepdim))


def any_dim(self: Array, dim: int, keepdim: bool) -> Array:
    return any_dims(self, (dim,), keepdim)


def all_all(self: Array) -> Array:
    return xp.logical_and.reduce(self, axis=None)


def all_dims(self: Array, dim: Dims, keepdim: bool) -> Array:
    """Over no dimension for (), unlike other reductions."""
    axes = () if dim == () else axes_of(self, dim)
    return plain(xp.logical_and.reduce(self, axis=axes, keepdims=keepdim))


def all_dim(self: Array, dim: int, keepdim: bool) -> Array:
    return all_dims(self, (dim,), keepdim)


def count_nonzero(self: Array, dim: Dims) -> Array:
    return plain(xp.add.reduce(self != 0, axis=axes_of(self, dim), dtype=xp.int64))


# Moments: of float32 in float64, rounded once.


def moments(self: Array, dim: Dims, correction: float, keepdim: bool) -> tuple[Array, Array]:
    """The variance, real, and the mean."""
    wide = self.astype(xp.complex128 if self.dtype.kind == "c" else xp.float64, copy=False)
    axes = axes_of(self, dim)
    count = count_over(self, dim)
    mean = divided(add_up(wide, axes, True), count)
    deviation = wide - mean
    squares = (deviation * xp.conjugate(deviation)).real if self.dtype.kind == "c" else deviation * deviation
    freedom = xp.float64(max(count - correction, 0.0))
    variance = xp.true_divide(add_up(squares, axes, keepdim), freedom)
    return variance, mean


def rounded_mean(mean: Any, variance: Any, self: Array, dim: Dims) -> Array:
    """``mean`` in the type of ``self`` and the shape of ``variance``."""
    if not xp.isfinite(mean).all():
        mean = running_mean(mean, self, axes_of(self, dim))
    return plain(xp.asarray(mean, self.dtype).reshape(xp.shape(variance)))


def running_mean(mean: Any, wide: Array, axes: tuple[int, ...] | None) -> Any:
    """``mean``, but NaN where an infinity comes before the last element: there a running mean turns NaN."""
    rows = xp.moveaxis(wide, axes, range(-len(axes), 0)) if axes else wide
    early = xp.isinf(rows.reshape(*xp.shape(mean), -1)[..., :-1]).any(axis=-1)
    return xp.where(early, xp.nan, mean)


def var(self: Array, dim: Dims, correction: float | None, keepdim: bool) -> Array:
    return rounded(moments(self, dim, degrees(correction), keepdim)[0], self)


def std(self: Array, dim: Dims, correction: float | None, keepdim: bool) -> Array:
    return rounded(xp.sqrt(moments(self, dim, degrees(correction), keepdim)[0]), self)


def var_mean(self: Array, dim: Dims, correction: float | None, keepdim: bool) -> tuple[Array, Array]:
    variance, mean = moments(self, dim, degrees(correction), keepdim)
    return rounded(variance, self), rounded_mean(mean, variance, self, dim)


def std_mean(self: Array, dim: Dims, correction: float | None, keepdim: bool) -> tuple[Array, Array]:
    variance, mean = moments(self, dim, degrees(correction), keepdim)
    return rounded(xp.sqrt(variance), self), rounded_mean(mean, variance, self, dim)


def degrees(correction: float | None) -> float:
    return 1.0 if correction is None else float(correction)


def rounded(result: Any, self: Array) -> Array:
    """``result`` in the real type of the width of ``self``'s."""
    return plain(xp.asarray(result, self.real.dtype))


def logsumexp(self: Array, dim: Dims, keepdim: bool) -> Array:
    """``log(sum(exp(self)))``, scaled by the largest element; minus infinity for no elements."""
    axes = axes_of(self, dim)
    if self.size == 0:
        return plain(xp.log(xp.add.reduce(xp.exp(self), axis=axes, keepdims=keepdim)))
    largest = xp.maximum.reduce(self.real, axis=axes, keepdims=True)
    largest = xp.where(xp.isinf(largest), largest.dtype.type(0), largest)
    result = xp.log(add_up(xp.exp(self - largest), axes, True)) + largest
    return plain(result if keepdim else result.reshape(xp.add.reduce(self, axis=axes).shape))
