"""The error function, its relatives and gelu: the functions of the normal distribution.

In single precision each is made of polynomials, without branches, so that a compiled loop computes many elements at
once; in double precision scipy has them. The forms are well known: of W. J. Cody, "Rational Chebyshev approximations
for the error function" (1969), that erf is ``x`` times a function of its square near 0 and that erfc is exp(-x**2)
times a smooth function; of M. Giles, "Approximating the erfinv function" (2010), that erfinv(x) / x is nearly a
polynomial in -log(1 - x**2); of J.-M. Muller, "Elementary functions" (3rd edition, 2016), chapter 11, how an argument
of exp and log is reduced. The coefficients are minimax fits in the relative error of the result, found by Lawson's
iteration. The largest errors found over every 29th number that there is, in units in the last place: erf 1.2, tanh
1.4, exp 1.0, erfc 0.53, erfinv 0.55.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arithmetic import number

Coefficients = tuple[float, ...]

# (erf(x) / x - 1) in x**2 up to NEAR, and -log(erfc(x)) / x up to where erf is 1.
NEAR, ONE_FROM = 0.875, 4.0
ERF_NEAR = (
    0.128379166, -0.376126349, 0.11283733, -0.0268615838, 0.00520674745, -0.000821110385, 8.67539202e-05,
)  # fmt: skip
ERF_FAR = (
    1.12852907, 0.635731459, 0.105054386, -0.0224523302, 0.00279179541, 9.53004815e-07, -5.55872939e-05,
    5.76640605e-06,
)  # fmt: skip
# (tanh(x) / x - 1) / x**2 in x**2 up to NEAR_TANH; it is 1 long before TANH_ONE_FROM.
NEAR_TANH, TANH_ONE_FROM = 0.625, 10.0
TANH_NEAR = (-0.333332807, 0.133314416, -0.0537397154, 0.020639088, -0.00570498686)
# (exp(r) - 1 - r) / r**2 for abs(r) up to log(2) / 2, for either precision; below LEAST_POWER exp is 0.
EXP_SINGLE = (0.49999994, 0.166665152, 0.041668456, 0.00836941879, 0.00138131448)
EXP_DOUBLE = (
    0.5000000071671541, 0.16666665820089452, 0.041666280326320686, 0.008333503756459125, 0.0013945752230145802,
    0.00019789261051843187,
)  # fmt: skip
LEAST_POWER = -110.0
LOG_2 = math.log(2)
# log(2) in two parts, the first short enough for its multiples to be exact.
LOG_2_HIGH, LOG_2_LOW = 0.693359375, -2.12194440e-4
# Added to a number, this leaves no place for a fraction: the sum's last bits are the rounded integer.
ROUNDING_SINGLE, ROUNDING_DOUBLE = 1.5 * 2**23, 1.5 * 2**52
# exp(x**2) * erfc(x) in (x - 3) / (x + 3) up to where erfc is 0.
ZERO_FROM = 10.1
ERFCX = (
    0.179001151260171, -0.32623356382461044, 0.24560379806292004, -0.15011578169040335, 0.07166585586143959,
    -0.02439423818663046, 0.004268919243781814, 0.0007157867478210037, -0.0005946262237482884,
    2.8757343184399135e-05, 5.586356325388373e-05,
)  # fmt: skip
# erfinv(x) / x in w - CENTRE and, from FAR_FROM on, in w - FAR_CENTRE, where w = -log(1 - x**2).
CENTRE, FAR_FROM, FAR_CENTRE = 2.5, 5.0, 10.5
ERFINV = (
    1.5014093535140463, 0.2466402876350981, -0.004177339406688014, -0.0012527446608571586, 0.00021828263335965957,
    -4.961911744575219e-06, -3.4346125404514002e-06, 4.658920566383e-07, 1.803733863383577e-08,
    -8.772819502874552e-09, 3.355321499110518e-10,
)  # fmt: skip
ERFINV_FAR = (
    3.0742058215130643, 0.15509869252848013, -0.0035623398802666364, 0.000155502832464355, -7.6257252080840245e-06,
    3.0776779532508956e-07, -1.255301319520677e-10, -1.9531127327281674e-09, 3.347239130152353e-10,
    -3.922950951920802e-11, 2.1501247018156453e-12,
)  # fmt: skip
# (atanh(s) / s - 1) / s**2 in s**2, where s = (m - 1) / (m + 1) and m is between the roots of 1/2 and 2.
LOG = (0.33333332542643634, 0.20000216936074014, 0.14266033454316396, 0.11834394040561458)
# The root of 1/2, and what is between it and 1, as bits.
ROOT_BITS, TO_ROOT_BITS = 0x3FE6A09E00000000, 0x00095F6200000000
FRACTION_BITS, TWO_TO_52_BITS = 0x000FFFFFFFFFFFFF, 0x4330000000000000
# What an exponent as it is kept is more than itself, as the last bits of a number of that size.
EXPONENT_OF_BITS = 2.0**52 + 1023

ROOT_2, ROOT_2_OVER_PI, CUBIC = math.sqrt(2), math.sqrt(2 / math.pi), 0.044715
PER_ROOT_2_PI = 1 / math.sqrt(2 * math.pi)
# So many elements at a time stay in the processor's cache from one operation to the next.
PIECE = 8192


def in_pieces(function: Callable[..., Array], *arrays: Array) -> Array:
    """The result of an elementwise function of single precision arrays, which it is given some of at a time."""
    ways: list[Any] = [["readonly"]] * len(arrays) + [["writeonly", "allocate"]]
    kinds = [xp.float32] * len(ways)
    flags: list[Any] = ["external_loop", "buffered", "zerosize_ok"]
    walk = xp.nditer([*arrays, None], flags, ways, kinds, buffersize=PIECE)
    with walk:
        for *given, out in walk:
            out[...] = function(*given)
        made: Array = walk.operands[-1]
    return made


def single(*arrays: Array) -> bool:
    return all(array.dtype == xp.float32 for array in arrays)


def polynomial(x: Array, coefficients: Coefficients) -> Array:
    """By Horner's rule, in the type of ``x``."""
    total = number(coefficients[-1], x)
    for coefficient in coefficients[-2::-1]:
        total = total * x + number(coefficient, x)
    return xp.asarray(total)


# -- What they are made of -----------------------------------------------------------------------------------
# Each line is an operation of the compiled loop, in its order, so that both round alike.


def erf_single(x: Array) -> Array:
    size, square = xp.abs(x), x * x
    near = x + x * polynomial(square, ERF_NEAR)
    bounded = xp.where(size > xp.float32(ONE_FROM), xp.float32(ONE_FROM), size)
    far = xp.float32(1) - exp_single(-(bounded * polynomial(bounded, ERF_FAR)))
    return xp.where(size >= xp.float32(NEAR), xp.copysign(far, x), near)


def tanh_single(x: Array) -> Array:
    size, square = xp.abs(x), x * x
    near = x + x * (square * polynomial(square, TANH_NEAR))
    bounded = xp.where(size > xp.float32(TANH_ONE_FROM), xp.float32(TANH_ONE_FROM), size)
    far = xp.float32(1) - xp.float32(2) / (exp_single(bounded + bounded) + xp.float32(1))
    return xp.where(size >= xp.float32(NEAR_TANH), xp.copysign(far, x), near)


def exp_single(x: Array) -> Array:
    """Of what is no more than 80; twice a root of the power of 2, which may be too small for a factor."""
    bounded = xp.where(x < xp.float32(LEAST_POWER), xp.float32(LEAST_POWER), x)
    shifted = bounded * xp.float32(1 / LOG_2) + xp.float32(ROUNDING_SINGLE)
    whole = shifted - xp.float32(ROUNDING_SINGLE)
    rest = (bounded - whole * xp.float32(LOG_2_HIGH)) - whole * xp.float32(LOG_2_LOW)
    power = xp.float32(1) + (rest + rest * rest * polynomial(rest, EXP_SINGLE))
    exponent = shifted.view(xp.int32) - xp.float32(ROUNDING_SINGLE).view(xp.int32)
    half = exponent >> xp.int32(1)
    return power * power_of_two(half) * power_of_two(exponent - half)


def power_of_two(exponent: Array) -> Array:
    return ((exponent + xp.int32(127)).view(xp.uint32) << xp.uint32(23)).view(xp.float32)


def exp_double(x: Array) -> Array:
    """To single precision, of what is not far from 0."""
    shifted = x * (1 / LOG_2) + ROUNDING_DOUBLE
    rest = x - (shifted - ROUNDING_DOUBLE) * LOG_2
    power = 1.0 + (rest + rest * rest * polynomial(rest, EXP_DOUBLE))
    return power * ((shifted.view(xp.uint64) + xp.uint64(1023)) << xp.uint64(52)).view(xp.float64)


def log_double(x: Array) -> Array:
    """To single precision and better, of what is between 0 and 1."""
    bits = x.view(xp.uint64) + xp.uint64(TO_ROOT_BITS)
    exponent = ((bits >> xp.uint64(52)) | xp.uint64(TWO_TO_52_BITS)).view(xp.float64) - EXPONENT_OF_BITS
    part = ((bits & xp.uint64(FRACTION_BITS)) + xp.uint64(ROOT_BITS)).view(xp.float64)
    quotient = (part - 1.0) / (part + 1.0)
    square = quotient * quotient
    twice = quotient + quotient
    return exponent * LOG_2 + (twice + twice * (square * polynomial(square, LOG)))


def erfc_single(given: Array) -> Array:
    x = given.astype(xp.float64)
    size = xp.abs(x)
    bounded = xp.where(size > ZERO_FROM, ZERO_FROM, size)
    scaled = polynomial((bounded - 3.0) / (bounded + 3.0), ERFCX)
    positive = exp_double(-(bounded * bounded)) * scaled
    return xp.where(x < 0, 2.0 - positive, positive).astype(xp.float32)


def erfinv_single(given: Array) -> Array:
    x = given.astype(xp.float64)
    size = xp.abs(x)
    w = -log_double((1.0 - x) * (1.0 + x))
    near, far = polynomial(w - CENTRE, ERFINV), polynomial(w - FAR_CENTRE, ERFINV_FAR)
    quotient = xp.where(w < FAR_FROM, near, far)
    quotient = xp.where(size == 1, xp.inf, quotient)
    return (x * xp.where(size > 1, xp.nan, quotient)).astype(xp.float32)


# -- The kernels ---------------------------------------------------------------------------------------------
# scipy takes a tenth of a second to import: only those who need it wait.


def erf(self: Array) -> Array:
    if single(self):
        return in_pieces(erf_single, self)
    from scipy import special

    return special.erf(self)


def erfc(self: Array) -> Array:
    if single(self):
        return in_pieces(erfc_single, self)
    from scipy import special

    return special.erfc(self)


def erfinv(self: Array) -> Array:
    if single(self):
        return in_pieces(erfinv_single, self)
    from scipy import special

    return special.erfinv(self)


def gelu(self: Array, approximate: str) -> Array:
    """``self`` times the normal distribution function of it, or the tanh near to that."""
    function = gelu_by_tanh if approximate == "tanh" else gelu_by_erf
    return in_pieces(function, self) if single(self) else function(self)


def gelu_by_erf(x: Array) -> Array:
    return x * number(0.5, x) * (number(1, x) + erf_at(x * number(1 / ROOT_2, x)))


def gelu_by_tanh(x: Array) -> Array:
    return number(0.5, x) * x * (number(1, x) + tanh_at(gelu_inner(x)))


def gelu_inner(x: Array) -> Array:
    return number(ROOT_2_OVER_PI, x) * (x + number(CUBIC, x) * (x * x * x))


def erf_at(x: Array) -> Array:
    return erf_single(x) if single(x) else erf(x)


def tanh_at(x: Array) -> Array:
    return tanh_single(x) if single(x) else xp.tanh(x)


def gelu_backward(grad_output: Array, self: Array, approximate: str) -> Array:
    slope = slope_by_tanh if approximate == "tanh" else slope_by_erf
    both = (grad_output, self)
    return in_pieces(slope, *both) if single(*both) else slope(*both)


def slope_by_erf(grad: Array, x: Array) -> Array:
    half = number(0.5, x)
    below = half * (number(1, x) + erf_at(x * number(1 / ROOT_2, x)))
    power = exp_single(x * x * -half) if single(x) else xp.exp(x * x * -half)
    density = power * number(PER_ROOT_2_PI, x)
    return grad * (below + x * density)


def slope_by_tanh(grad: Array, x: Array) -> Array:
    half, one = number(0.5, x), number(1, x)
    tanh = tanh_at(gelu_inner(x))
    inner = number(ROOT_2_OVER_PI, x) * (one + number(3 * CUBIC, x) * (x * x))
    return grad * (half * (one + tanh) + half * x * ((one - tanh * tanh) * inner))
