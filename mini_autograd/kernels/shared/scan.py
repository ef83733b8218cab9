"""Running sums, products and extrema along a dimension; of float32 in float64, rounded at every step."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.reduction import plain

WIDER = {"e": xp.dtype(xp.float64), "f": xp.dtype(xp.float64), "F": xp.dtype(xp.complex128)}


def accumulated(ufunc: Any, self: Array, dim: int) -> Array:
    if self.ndim == 0:
        return self.copy()
    wide = WIDER.get(self.dtype.char)
    if wide is None:
        return plain(ufunc.accumulate(self, axis=dim))
    return plain(ufunc.accumulate(self, axis=dim, dtype=wide).astype(self.dtype))


def cumsum(self: Array, dim: int, dtype: object = None) -> Array:
    """The sums begin with 0, so that none is -0."""
    sums = accumulated(xp.add, self, dim)
    return xp.add(sums, sums.dtype.type(0), out=sums) if self.ndim and sums.dtype.kind not in "iub" else sums


def cumprod(self: Array, dim: int, dtype: object = None) -> Array:
    """The products begin with 1, which a complex number with an infinite part does not stay the same beside."""
    if self.dtype.kind == "c" and self.ndim:
        self = self.copy()
        self[(slice(None),) * (dim % self.ndim) + (slice(1),)] *= self.dtype.type(1)
    return accumulated(xp.multiply, self, dim)


def cummax(self: Array, dim: int) -> tuple[Array, Array]:
    """The largest so far, NaN from the first one on, and the last index at which it was met."""
    return extremum(xp.maximum, self, dim)


def cummin(self: Array, dim: int) -> tuple[Array, Array]:
    return extremum(xp.minimum, self, dim)


def extremum(ufunc: Any, self: Array, dim: int) -> tuple[Array, Array]:
    if self.ndim == 0 or self.size == 0:
        return plain(self.copy()), plain(xp.zeros(self.shape, xp.int64))
    values = ufunc.accumulate(self, axis=dim)
    shape = [1] * self.ndim
    shape[dim] = self.shape[dim]
    index = xp.arange(self.shape[dim]).reshape(shape)
    met = (self == values) | xp.isnan(self) if self.dtype.kind not in "biu" else self == values
    found = xp.maximum.accumulate(xp.where(met, index, 0), axis=dim)
    # Of zeros the last one counts, whatever its sign.
    return plain(xp.take_along_axis(self, found, dim)), plain(found)


def logcumsumexp(self: Array, dim: int) -> Array:
    if self.dtype.kind == "c" and self.ndim:
        return complex_logcumsumexp(self, dim)
    return accumulated(xp.logaddexp, self, dim)


def complex_logcumsumexp(self: Array, dim: int) -> Array:
    """Step by step, each sum scaled by the larger of its terms."""
    along = xp.moveaxis(self, dim, 0).astype(xp.complex128)
    result = xp.empty_like(along)
    for at, term in enumerate(along):
        if at == 0:
            result[0] = term
            continue
        before = result[at - 1]
        larger = xp.where(term.real > before.real, term, before)
        smaller = xp.where(term.real > before.real, before, term)
        total = larger + xp.log1p(xp.exp(smaller - larger))
        result[at] = xp.where(xp.isneginf(smaller.real), larger, total)
    return plain(xp.ascontiguousarray(xp.moveaxis(result, 0, dim)).astype(self.dtype, copy=False))
