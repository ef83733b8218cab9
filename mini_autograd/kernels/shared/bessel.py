"""The functions of Bessel and of Airy, which scipy has."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp


def airy_ai(x: Array) -> Array:
    """The solution of ``y'' = x y`` that vanishes for large x; NaN at infinity, as torch has it."""
    from scipy import special

    return xp.where(xp.isinf(x), x.dtype.type(xp.nan), special.airy(x)[0])


def bessel_j0(self: Array) -> Array:
    from scipy import special

    return special.j0(self)


def bessel_j1(self: Array) -> Array:
    from scipy import special

    return special.j1(self)


def bessel_y0(self: Array) -> Array:
    from scipy import special

    return special.y0(self)


def bessel_y1(self: Array) -> Array:
    from scipy import special

    return special.y1(self)


def modified_bessel_i0(self: Array) -> Array:
    from scipy import special

    return special.i0(self)


def modified_bessel_i1(self: Array) -> Array:
    from scipy import special

    return special.i1(self)


def modified_bessel_k0(self: Array) -> Array:
    from scipy import special

    return special.k0(self)


def modified_bessel_k1(self: Array) -> Array:
    from scipy import special

    return special.k1(self)


def scaled_modified_bessel_k0(x: Array) -> Array:
    from scipy import special

    return special.k0e(x)


def scaled_modified_bessel_k1(x: Array) -> Array:
    from scipy import special

    return special.k1e(x)


def spherical_bessel_j0(x: Array) -> Array:
    """``sin(x) / x``, near 0 by its series, 0 at infinity."""
    square = x * x
    series = xp.ones_like(x)
    for k in range(7, 0, -1):
        series = x.dtype.type(1) - square / x.dtype.type(2 * k * (2 * k + 1)) * series
    far = xp.where(xp.isinf(x), x.dtype.type(0), xp.sin(x) / x)
    return xp.where(xp.abs(x) < 0.5, series, far)
