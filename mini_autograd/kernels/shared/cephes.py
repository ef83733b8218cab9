"""Logarithm, sine and cosine of float32 after the Cephes library, each product and sum rounded at once.

torch makes float32 normals with these, so that numpy's more accurate functions would give other last bits.
See https://www.netlib.org/cephes/, single precision.
"""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.rounding import fused

single = xp.float32

LOGARITHM = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
SINE = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COSINE = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
# The logarithm of 2 and a quarter of pi in parts, the first with few digits: their products are exact.
LOG_2 = (-2.12194440e-4, 0.693359375)
QUARTER = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)
ROOT_HALF = single(0.707106781186547524)
HALF = single(0.5)


def polynomial(coefficients: tuple[float, ...], at: Array) -> Array:
    """The value of a polynomial, highest power first."""
    total = xp.full_like(at, coefficients[0])
    for coefficient in coefficients[1:]:
        total = fused(total, at, single(coefficient))
    return total


def logarithm(values: Array) -> Array:
    """The natural logarithm of positive float32 numbers."""
    mantissa, exponent = xp.frexp(values)
    power = exponent.astype(single)
    below = mantissa < ROOT_HALF
    power -= below
    rest = mantissa - single(1) + xp.where(below, mantissa, single(0))
    square = rest * rest
    series = polynomial(LOGARITHM, rest) * rest
    series = fused(series, square, power * single(LOG_2[0]))
    series = fused(square, -HALF, series)
    return fused(power, single(LOG_2[1]), rest + series)


def sincos(angle: Array) -> tuple[Array, Array]:
    """Sine and cosine of float32 numbers that are not negative."""
    octant = (angle * single(1.27323954473516)).astype(xp.int32) + 1 & ~1
    turns = octant.astype(single)
    rest = angle
    for part in QUARTER:
        rest = fused(turns, -single(part), rest)
    square = rest * rest
    cosine = polynomial(COSINE, square) * square
    cosine = fused(cosine, square, -(square * HALF)) + single(1)
    sine = fused(polynomial(SINE, square) * square, rest, rest)
    exchanged = octant & 2 != 0
    sine, cosine = xp.where(exchanged, cosine, sine), xp.where(exchanged, sine, cosine)
    return xp.where(octant & 4 != 0, -sine, sine), xp.where(octant - 2 & 4 != 0, cosine, -cosine)
