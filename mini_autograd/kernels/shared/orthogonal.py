"""Orthogonal polynomials of a degree that is given element by element.

By their recurrences in the degree (https://dlmf.nist.gov/18.9), and those of Chebyshev, between -1 and 1 and from some
degree on, by sine and cosine (https://dlmf.nist.gov/18.5). Of no degree, which a negative one is, they are 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.arrays import Array, xp

Step = Callable[[int, Any, Any, Any], Any]


def recurred(x: Array, degree: Array, first: Array, step: Step, wanted: Array) -> Array:
    """The polynomials of the degrees, of which those of 0 are 1 and those of 1 ``first``, where they are wanted.

    ``step(k, x, q, p)``: that of degree k + 1 from those of k and k - 1.
    """
    result = xp.where(degree == 0, x.dtype.type(1), xp.where(degree == 1, first, x.dtype.type(0)))
    places = xp.nonzero(wanted & (degree > 1))
    x, q, degree = x[places], first[places], degree[places]
    p, found = xp.ones_like(q), q.copy()
    for k in range(1, int(degree.max()) if degree.size else 0):
        p, q = q, step(k, x, q, p)
        going = degree > k
        xp.copyto(found, q, where=going)
        if not (going & ~xp.isnan(q)).any():
            break
    result[places] = found
    return result


def by_element(polynomial: Callable[..., Array]) -> Callable[[Array, Array], Array]:
    """A function of flat arrays of numbers and whole degrees as one of arrays that broadcast."""

    def kernel(x: Array, n: Array) -> Array:
        x, n = xp.broadcast_arrays(xp.asarray(x), xp.asarray(n))
        degree = xp.where(xp.isfinite(n), n, -1).astype(xp.int64)
        return polynomial(x.ravel(), degree.ravel()).reshape(x.shape)

    return kernel


# -- Chebyshev's ---------------------------------------------------------------------------------------------


def chebyshev(
    x: Array, n: Array, threshold: int, slope: float, shift: float, ends: Callable, inside: Callable
) -> Array:
    """One of his four kinds at ``x``: of degree 1 ``slope * x + shift``.

    ``ends(n, sign)``: at 1 and -1, ``sign`` of which is that of odd degrees at -1. ``inside(n, angle)``: at the
    cosine of an angle, for degrees above the threshold.
    """
    one = x.dtype.type(1)
    first = x if slope == 1 else x + x + x.dtype.type(shift)
    even = xp.where(n % 2 == 0, 1, -1)
    at_end = xp.abs(x) == 1
    by_angle = (n > threshold) & (xp.abs(x) < 1)
    result = recurred(x, n, first, lambda k, x, q, p: (x + x) * q - p, ~(at_end | by_angle))
    places = xp.nonzero(by_angle)
    result[places] = inside(n[places].astype(x.dtype), xp.arccos(x[places]))
    at_1, at_minus_1 = ends(n)
    result = xp.where(at_end, xp.where(x > 0, at_1, even * at_minus_1) * one, result)
    return xp.where(n < 0, x.dtype.type(0), result).astype(x.dtype)


def kind_t(x: Array, n: Array, threshold: int) -> Array:
    return chebyshev(x, n, threshold, 1, 0, lambda n: (1, 1), lambda n, angle: xp.cos(n * angle))


def kind_u(x: Array, n: Array, threshold: int) -> Array:
    def inside(n: Array, angle: Array) -> Array:
        return xp.sin((n + n.dtype.type(1)) * angle) / xp.sin(angle)

    return chebyshev(x, n, threshold, 2, 0, lambda n: (n + 1, n + 1), inside)


def kind_v(x: Array, n: Array, threshold: int) -> Array:
    def inside(n: Array, angle: Array) -> Array:
        half = n.dtype.type(0.5)
        return xp.cos((n + half) * angle) / xp.cos(angle * half)

    return chebyshev(x, n, threshold, 2, -1, lambda n: (1, n + n + 1), inside)


def kind_w(x: Array, n: Array, threshold: int) -> Array:
    def inside(n: Array, angle: Array) -> Array:
        half = n.dtype.type(0.5)
        return xp.sin((n + half) * angle) / xp.sin(angle * half)

    return chebyshev(x, n, threshold, 2, 1, lambda n: (n + n + 1, 1), inside)


def above(kind: Callable, threshold: int) -> Callable[[Array, Array], Array]:
    return by_element(lambda x, n: kind(x, n, threshold))


def shifted(kind: Callable, threshold: int) -> Callable[[Array, Array], Array]:
    """The same between 0 and 1."""
    return by_element(lambda x, n: kind(x + x - x.dtype.type(1), n, threshold))


chebyshev_polynomial_t = above(kind_t, 6)
chebyshev_polynomial_u = above(kind_u, 8)
chebyshev_polynomial_v = above(kind_v, 8)
chebyshev_polynomial_w = above(kind_w, 8)
shifted_chebyshev_polynomial_t = shifted(kind_t, 6)
shifted_chebyshev_polynomial_u = shifted(kind_u, 6)
shifted_chebyshev_polynomial_v = shifted(kind_v, 6)
shifted_chebyshev_polynomial_w = shifted(kind_w, 4)

# -- Others' -------------------------------------------------------------------------------------------------

# The degrees up to which torch calculates Hermite's.
HIGHEST = {2: 128, 4: 128, 8: 512}


@by_element
def hermite_polynomial_h(x: Array, n: Array) -> Array:
    """The physicists', by the weight ``exp(-x**2)``."""
    return hermite(x, n, 2)


@by_element
def hermite_polynomial_he(x: Array, n: Array) -> Array:
    """The probabilists', by the weight ``exp(-x**2 / 2)``."""
    return hermite(x, n, 1)


def hermite(x: Array, n: Array, factor: int) -> Array:
    first = x + x if factor == 2 else x
    low = n <= HIGHEST[x.dtype.itemsize]
    step = lambda k, x, q, p: (x + x if factor == 2 else x) * q - x.dtype.type(factor * k) * p  # noqa: E731
    return xp.where(low, recurred(x, n, first, step, low), x.dtype.type(xp.nan))


@by_element
def laguerre_polynomial_l(x: Array, n: Array) -> Array:
    kind = x.dtype.type
    step = lambda k, x, q, p: ((kind(k + k) + (kind(1) - x)) * q - kind(k) * p) / kind(k + 1)  # noqa: E731
    result = recurred(x, n, kind(1) - x, step, x != 0)
    return xp.where((x == 0) & (n >= 0), kind(1), result)


@by_element
def legendre_polynomial_p(x: Array, n: Array) -> Array:
    kind = x.dtype.type
    at_end = xp.abs(x) == 1
    step = lambda k, x, q, p: (kind(k + k + 1) * x * q - kind(k) * p) / kind(k + 1)  # noqa: E731
    result = recurred(x, n, x, step, ~at_end)
    sign = xp.where((x > 0) | (n % 2 == 0), kind(1), kind(-1))
    return xp.where(at_end & (n >= 0), sign, result)
