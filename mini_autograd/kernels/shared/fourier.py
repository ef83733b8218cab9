"""Discrete Fourier transforms along some dimensions: of complex to complex, of real to complex and back.

``normalization`` says what the sums are divided by: nothing, the root of their number of terms, or that number.
See Cooley and Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series" (1965); scipy computes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import contiguous, contiguous_strides, over

FORWARD = ("backward", "ortho", "forward")
INVERSE = ("forward", "ortho", "backward")


def fft_c2c(self: Array, dim: tuple[int, ...], normalization: int, forward: bool) -> Array:
    if not dim:
        return self.copy()
    check_batch(self, dim)
    return laid(transformed(self, dim, normalization, forward), self, by_stride(self, dim))


def transformed(self: Array, dim: tuple[int, ...], normalization: int, forward: bool) -> Array:
    """The transform, however it lies."""
    from scipy import fft

    if forward:
        return fft.fftn(self, axes=dim, norm=FORWARD[normalization])
    return fft.ifftn(self, axes=dim, norm=INVERSE[normalization])


def fft_r2c(self: Array, dim: tuple[int, ...], normalization: int, onesided: bool) -> Array:
    """Of reals, in the last dimension only half of it unless it is to be whole: the other half mirrors the first."""
    from scipy import fft

    check_batch(self, dim)
    last, norm = dim[-1], FORWARD[normalization]
    result = fft.rfft(self, axis=last, norm=norm)
    if not onesided:
        half = xp.moveaxis(result, last, -1)
        mirrored = xp.conj(half[..., (self.shape[last] - 1) // 2 : 0 : -1])
        result = xp.moveaxis(xp.concatenate([half, mirrored], -1), -1, last)
    if len(dim) > 1:
        result = fft.fftn(result, axes=dim[:-1], norm=norm)
    return laid(result, self, (*by_stride(self, dim[:-1]), dim[-1]))


def fft_c2r(self: Array, dim: tuple[int, ...], normalization: int, last_dim_size: int) -> Array:
    """The way back: what half a transform is the half of, taken to be that of reals."""
    from scipy import fft

    last = dim[-1]
    if len(dim) > 1:
        self = fft_c2c(self, dim[:-1], normalization, False)
    check_batch(self, (last,))
    whole = fft.irfft(self, last_dim_size, axis=last, norm=INVERSE[normalization])
    return laid(whole, self, (last,))


def check_batch(self: Array, dim: tuple[int, ...]) -> None:
    if not self.size:
        raise RuntimeError("MKL FFT error: Intel oneMKL DFTI ERROR: Inconsistent configuration parameters")


def by_stride(self: Array, dim: Iterable[int]) -> tuple[int, ...]:
    """The dimensions, those with the longest steps first."""
    return tuple(sorted(dim, key=lambda one: -self.strides[one]))


def others(ndim: int, dim: tuple[int, ...]) -> list[int]:
    """The dimensions but those, in the order in which C++ leaves them when it brings them to the front."""
    found = list(range(ndim))
    first, last = 0, ndim
    while True:
        while first < last and found[first] not in dim:
            first += 1
        last -= 1
        while first < last and found[last] in dim:
            last -= 1
        if first >= last:
            return found[:first]
        found[first], found[last] = found[last], found[first]
        first += 1


def laid(result: Array, self: Array, dim: tuple[int, ...]) -> Array:
    """The result of a transform along ``dim``, which lie innermost in memory, in this order."""
    batch = by_stride(self, others(self.ndim, dim))
    order = (*batch, *dim)
    packed = xp.ascontiguousarray(result.transpose(order))
    steps = contiguous_strides(packed.shape, packed.itemsize)
    return over(
        packed, result.dtype, result.shape, tuple(steps[order.index(dim)] for dim in range(len(order)))
    )


def fft_fftfreq(n: int, d: float, dtype: Any) -> Array:
    """The frequencies of the terms of a transform of ``n`` samples, ``d`` apart."""
    from mini_autograd.kernels.shared.range import arange

    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    places = arange(0, n, 1, dtype)
    half = (n + 1) // 2
    places[half:] = arange(-(n // 2), 0, 1, dtype)
    return scaled(places, n, d)


def fft_rfftfreq(n: int, d: float, dtype: Any) -> Array:
    """Those of half a transform."""
    from mini_autograd.kernels.shared.range import arange

    return scaled(arange(0, int(n / 2) + 1, 1, dtype), n, d)


def scaled(places: Array, n: int, d: float) -> Array:
    with xp.errstate(all="ignore"):
        step = xp.float64(1.0) / (n * xp.float64(d))
        return contiguous((places * places.dtype.type(step)).astype(places.dtype))
