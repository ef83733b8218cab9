"""Elementary and special functions of one array."""

from __future__ import annotations

import math

import ml_dtypes

from mini_autograd.kernels.arrays import Array, xp

exp = xp.exp
exp2 = xp.exp2
log = xp.log
log2 = xp.log2
log10 = xp.log10
sqrt = xp.sqrt
sin = xp.sin
cos = xp.cos
tan = xp.tan
asin = xp.arcsin
acos = xp.arccos
atan = xp.arctan
sinh = xp.sinh
cosh = xp.cosh
tanh = xp.tanh
asinh = xp.arcsinh
acosh = xp.arccosh
atanh = xp.arctanh
expm1 = xp.expm1
log1p = xp.log1p


def rsqrt(self: Array) -> Array:
    return self.dtype.type(1) / xp.sqrt(self)


def sigmoid(self: Array) -> Array:
    one = self.dtype.type(1)
    return one / (one + xp.exp(-self))


def tanh_backward(grad_output: Array, output: Array) -> Array:
    """``grad_output * conj(1 - output ** 2)``."""
    return grad_output * xp.conjugate(output.dtype.type(1) - output * output)


def sigmoid_backward(grad_output: Array, output: Array) -> Array:
    """``grad_output * conj((1 - output) * output)``."""
    one = output.dtype.type(1)
    if output.dtype.kind == "c":
        return grad_output * xp.conjugate((one - output) * output)
    return grad_output * (one - output) * output


def sinc(self: Array) -> Array:
    """``sin(pi x) / (pi x)``, 1 at 0."""
    scaled = self.dtype.type(math.pi) * self
    return xp.where(self == 0, self.dtype.type(1), xp.sin(scaled) / scaled)


def logit(self: Array, eps: float | None = None) -> Array:
    """``log(x / (1 - x))``, of ``self`` kept ``eps`` away from 0 and 1."""
    one = self.dtype.type(1)
    if eps is not None:
        low = self.dtype.type(eps)
        self = xp.where(self < low, low, xp.where(self > one - low, one - low, self))
    return xp.log(self / (one - self))


def logit_backward(grad_output: Array, self: Array, eps: float | None) -> Array:
    """0 where ``logit`` did not take ``self`` as it is; NaN for what is no probability."""
    one = self.dtype.type(1)
    low = self.dtype.type(0 if eps is None else eps)
    outside = (self < low) | (self > one - low)
    slope = xp.where((self == 0) | (self == one), grad_output * one / 0, grad_output / (self * (one - self)))
    return xp.where(outside, self.dtype.type(xp.nan if eps is None else 0), slope)


# -- Rounding ------------------------------------------------------------------------------------------------


def floor(self: Array) -> Array:
    return xp.floor(self) if self.dtype.kind == "f" else self.copy()


def ceil(self: Array) -> Array:
    return xp.ceil(self) if self.dtype.kind == "f" else self.copy()


def trunc(self: Array) -> Array:
    return xp.trunc(self) if self.dtype.kind == "f" else self.copy()


def round(self: Array) -> Array:
    """To the nearest integer, halves to the even one."""
    return xp.rint(self) if self.dtype.kind == "f" else self.copy()


def round_decimals(self: Array, decimals: int) -> Array:
    """To so many places behind the point, in front of it for a negative number of them."""
    power = self.dtype.type(10.0 ** abs(decimals))
    return xp.rint(self * power) / power if decimals >= 0 else xp.rint(self / power) * power


def frac(self: Array) -> Array:
    return self - xp.trunc(self)


def deg2rad(self: Array) -> Array:
    return self * self.dtype.type(math.pi / 180)


def rad2deg(self: Array) -> Array:
    return self * self.dtype.type(180 / math.pi)


def nan_to_num(self: Array, nan: float | None, posinf: float | None, neginf: float | None) -> Array:
    """``self`` with numbers for NaN (0) and infinities (the largest there are); complex ones part by part."""
    if self.dtype.kind == "c":
        made = xp.empty_like(self)
        made.real = nan_to_num(self.real, nan, posinf, neginf)
        made.imag = nan_to_num(self.imag, nan, posinf, neginf)
        return made
    if self.dtype.kind in "biu":
        return self.copy()
    kind, limits = self.dtype.type, ml_dtypes.finfo(self.dtype)
    above = limits.max if posinf is None else kind(posinf)
    below = limits.min if neginf is None else kind(neginf)
    finite = xp.where(self == xp.inf, above, xp.where(self == -xp.inf, below, self))
    return xp.where(xp.isnan(self), kind(nan or 0), finite).astype(self.dtype)


# -- Special functions ---------------------------------------------------------------------------------------
# scipy takes a tenth of a second to import: only those who need it wait.


def erfcx(self: Array) -> Array:
    from scipy import special

    return special.erfcx(self)


def lgamma(self: Array) -> Array:
    from scipy import special

    found = xp.where(xp.isinf(self), self.dtype.type(xp.inf), special.gammaln(self))
    near = (xp.abs(found) < 0.05) & (
        self > 0
    )  # about its zeros, where scipy has a series for complex numbers alone
    if near.any():
        found[near] = special.loggamma(self[near] + 0j).real
    return found


def digamma(self: Array) -> Array:
    """The derivative of ``lgamma``: infinite at 0, NaN at negative integers.

    By its asymptotic series from 10 on, by its recurrence up to there, by reflection below 0, and all that in
    the dtype of ``self``: near a zero of the function torch's last digits are wrong, and so are these.
    """
    kind = self.dtype.type
    negative = self < 0
    x = xp.where(negative, kind(1) - self, self)
    total = xp.zeros_like(x)
    for _ in range(10):
        low = x < 10
        total = xp.where(low, total - kind(1) / x, total)
        x = xp.where(low, x + kind(1), x)
    square = kind(1) / (x * x)
    series = xp.zeros_like(x)
    for coefficient in DIGAMMA_SERIES:
        series = series * square + kind(coefficient)
    total = total + xp.log(x) - kind(0.5) / x - xp.where(x < 1e17, series * square, kind(0))
    angle = math.pi * (self.astype(xp.float64) - xp.trunc(self))
    reflected = (total - math.pi / xp.tan(angle)).astype(self.dtype)
    pole = negative & (self == xp.trunc(self))
    result = xp.where(negative, xp.where(pole, kind(xp.nan), reflected), total)
    return xp.where(self == 0, xp.copysign(kind(xp.inf), -self), result)


# Bernoulli numbers over their index, from the fourteenth down to the second.
DIGAMMA_SERIES = (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)


def polygamma(n: int, self: Array) -> Array:
    """The derivative of order ``n`` of ``digamma``; RuntimeError for a negative one."""
    from scipy import special

    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    if n == 0:
        return digamma(self)
    if n == 1:
        return trigamma(self)
    zeta = xp.where(self == xp.inf, xp.nan, special.zeta(n + 1.0, self))
    return (math.factorial(n) * (-1.0) ** (n + 1) * zeta).astype(self.dtype)


def polygamma_of(self: Array, n: int) -> Array:
    return polygamma(n, self)


def trigamma(self: Array) -> Array:
    """The derivative of ``digamma``: five terms of its asymptotic series, after six steps of its recurrence.

    Good to some 1e-9, as torch's is, by reflection for numbers less than 1/2.
    """
    low = self < 0.5
    x = xp.where(low, 1 - self, self)
    total = xp.zeros_like(x)
    for _ in range(6):
        total += 1 / (x * x)
        x = x + 1
    square = 1 / (x * x)
    total += (1 + 1 / (2 * x) + square * (1 / 6 - square * (1 / 30 - square / 42))) / x
    sine = xp.sin(self.dtype.type(math.pi) * self)
    return xp.where(low, self.dtype.type(math.pi**2) / (sine * sine) - total, total).astype(self.dtype)


def i0(self: Array) -> Array:
    """The modified Bessel function of order 0; torch's has NaN at the infinities."""
    from scipy import special

    return xp.where(xp.isinf(self), self.dtype.type(xp.nan), special.i0(self))


def i0e(self: Array) -> Array:
    from scipy import special

    return special.i0e(self)


def i1(self: Array) -> Array:
    from scipy import special

    return xp.where(xp.isinf(self), self.dtype.type(xp.nan), special.i1(self))


def i1e(self: Array) -> Array:
    from scipy import special

    return special.i1e(self)


def entr(self: Array) -> Array:
    """``-x log(x)``, the logarithm rounded to its type: 0 at 0, minus infinity below."""
    rest = xp.where(self < 0, self.dtype.type(-xp.inf), xp.abs(self))
    return xp.where(self > 0, -self * xp.log(self), rest)


def log_ndtr(self: Array) -> Array:
    from scipy import special

    return special.log_ndtr(self)


def ndtri(self: Array) -> Array:
    from scipy import special

    return special.ndtri(self)
