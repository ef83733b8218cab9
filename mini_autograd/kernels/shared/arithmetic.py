"""Elementwise arithmetic: arrays of one dtype in, one array out; Python numbers take that dtype."""

from __future__ import annotations

import builtins
import math
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import arranged, layout_of_cast, restrided
from mini_autograd.kernels.shared.memory import contiguous

ONE = 1

mul = xp.multiply
neg = xp.negative
reciprocal_real = xp.reciprocal
maximum = xp.maximum
minimum = xp.minimum
fmax = xp.fmax
fmin = xp.fmin
nextafter = xp.nextafter
copysign = xp.copysign


# What torch's errors call the types of C++.
C_NAMES = {
    "i1": "int8_t",
    "u1": "uint8_t",
    "i2": "int16_t",
    "i4": "int",
    "i8": "int64_t",
    "f4": "float",
    "f8": "double",
}


def number(value: complex, like: Array) -> Any:
    """A Python number in the dtype of ``like``; integers wrap around."""
    kind = like.dtype
    if kind.kind not in "iu":
        return kind.type(value)
    return xp.asarray(int(value.real) & (2**64 - 1), xp.uint64).astype(kind)


def checked(value: complex, like: Array) -> Any:
    """A Python number in the dtype of ``like``; RuntimeError where it is too large for that."""
    kind = like.dtype
    size = builtins.abs(value)
    if kind.kind in "iu":
        limits = xp.iinfo(kind)
        fits = limits.min <= value.real <= limits.max or (kind.kind == "u" and size <= limits.max)
    else:
        fits = kind.kind not in "fc" or size <= xp.finfo(kind).max or not xp.isfinite(value)
    if not fits or (isinstance(value, builtins.complex) and value.imag != 0 and kind.kind != "c"):
        name = C_NAMES.get(kind.str[1:], kind.name)
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return number(value, like)


# Exponents from here on make everything 0 or infinite.
LARGE = 1 << 20

# -- Sums, products, quotients -------------------------------------------------------------------------------

# NOTE [Complex sums]: torch multiplies what it adds by ``alpha`` as by a complex number, by 1 too, and to subtract adds
# ``-alpha`` times the elements. Where those are infinite or NaN in one part, their product with 0 is NaN in the other.


def add(self: Array, other: Array, alpha: complex = 1) -> Array:
    """``self + alpha * other``."""
    return xp.add(self, scaled(other, alpha))


def sub(self: Array, other: Array, alpha: complex = 1) -> Array:
    """``self - alpha * other``."""
    if other.dtype.kind == "c" and not isinstance(alpha, bool):
        return add(self, other, -alpha)
    return xp.subtract(self, scaled(other, alpha))


def rsub(self: Array, other: Array, alpha: complex = 1) -> Array:
    """``other - alpha * self``, arranged in memory as that."""
    return arranged(sub(other, self, alpha), [other, self])


def scaled(array: Array, alpha: complex) -> Array:
    """``alpha * array``; RuntimeError where ``alpha`` is a higher kind of number than the elements."""
    kind = array.dtype.kind
    if alpha is ONE and kind != "c":
        return array
    if isinstance(alpha, bool) and kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, (float, complex)) and kind in "biu":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and kind != "c":
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    return array if alpha == 1 and kind != "c" else xp.multiply(array, checked(alpha, array))


def add_scalar(self: Array, other: complex) -> Array:
    return add(self, number(other, self))


def sub_scalar(self: Array, other: complex) -> Array:
    return sub(self, number(other, self))


def rsub_scalar(self: Array, other: complex, alpha: complex = 1) -> Array:
    return rsub(self, number(other, self), alpha)


def mul_scalar(self: Array, other: complex) -> Array:
    return xp.multiply(self, number(other, self))


def div_scalar(self: Array, other: complex) -> Array:
    return xp.true_divide(self, number(other, self))


def div(self: Array, other: Array) -> Array:
    return xp.true_divide(self, other)


def div_mode(self: Array, other: Array, rounding_mode: str | None) -> Array:
    """The quotient, rounded towards zero (``trunc``), down (``floor``) or not at all."""
    if rounding_mode is None:
        return xp.true_divide(self, other)
    if self.dtype.kind in "iu":
        check_no_zero(self, other)
        if rounding_mode == "floor":
            return xp.floor_divide(self, other)
        return xp.floor_divide(self - xp.fmod(self, other), other)
    return xp.floor_divide(self, other) if rounding_mode == "floor" else xp.trunc(xp.true_divide(self, other))


def floor_divide(self: Array, other: Array) -> Array:
    return div_mode(self, other, "floor")


def check_no_zero(dividend: Array, divisor: Array) -> None:
    if dividend.size and not xp.all(divisor):
        raise RuntimeError("ZeroDivisionError")


def remainder(self: Array, other: Array) -> Array:
    """What is left of ``self`` by the division that rounds down: it has the sign of ``other``, or is 0."""
    if self.dtype.kind in "iu":
        check_no_zero(self, other)
        return xp.remainder(self, other)
    rest = xp.fmod(self, other)
    return xp.where((rest != 0) & ((rest < 0) != (other < 0)), rest + other, rest)


def fmod(self: Array, other: Array) -> Array:
    """What is left of ``self`` by the division that rounds towards zero: it has the sign of ``self``."""
    if self.dtype.kind in "iu":
        check_no_zero(self, other)
    return xp.fmod(self, other)


def remainder_scalar(self: Array, other: complex) -> Array:
    return remainder(self, number(other, self))


def remainder_of_scalar(self: complex, other: Array) -> Array:
    return remainder(number(self, other), other)


def fmod_scalar(self: Array, other: complex) -> Array:
    return fmod(self, number(other, self))


def reciprocal(self: Array) -> Array:
    return xp.true_divide(number(1, self), self)


def gcd(self: Array, other: Array) -> Array:
    return xp.gcd(self, other)


def lcm(self: Array, other: Array) -> Array:
    """The least common multiple; one too large wraps round, and its sign is taken off as C takes it off an ``int``."""
    multiple = xp.lcm(self, other)
    return xp.abs(multiple) if multiple.itemsize >= 4 else multiple


# -- Powers --------------------------------------------------------------------------------------------------


def pow(self: Array, exponent: Array) -> Array:
    """``self ** exponent``; an integer to a negative power is 0 but for 1 and -1."""
    if self.dtype.kind == "c":
        return complex_pow(self, exponent)
    if self.dtype.kind not in "iu":
        return xp.power(self, exponent)
    power = xp.power(self, xp.maximum(exponent, 0))
    odd_or_even = xp.where(exponent % 2 == 0, 1, self)
    return xp.where(exponent >= 0, power, xp.where(xp.abs(self) == 1, odd_or_even, 0)).astype(self.dtype)


def pow_scalar(self: Array, exponent: complex) -> Array:
    """``self ** exponent`` for a number; for some as products, quotients and roots, which round better."""
    if exponent == 0:
        return xp.ones_like(self)
    if exponent == 1:
        return self.copy()
    if exponent == 2:
        return xp.multiply(self, self)
    if exponent == 3:
        return self * self * self
    if self.dtype.kind in "fc" and exponent in POWERS:
        return POWERS[exponent](self)
    return (complex_pow if self.dtype.kind == "c" else xp.power)(self, number(exponent, self))


def complex_pow(self: Array, exponent: Any) -> Array:
    """By the logarithm of 0 and of what is not finite, as C has it."""
    plain = (self != 0) & xp.isfinite(self)
    return xp.where(plain, xp.power(self, exponent), xp.exp(exponent * xp.log(self)))


POWERS: dict[complex, Any] = {
    0.5: xp.sqrt,
    -0.5: lambda self: number(1, self) / xp.sqrt(self),
    -1: reciprocal,
    -2: lambda self: number(1, self) / (self * self),
}


def pow_of_scalar(self: complex, exponent: Array) -> Array:
    """A number raised to the elements of an array; contiguous whatever the array is."""
    base = xp.full(exponent.shape, number(self, exponent))
    return contiguous(base if self == 1 else pow(base, exponent))


def ldexp(self: Array, other: Array) -> Array:
    """``self * 2 ** other``; of whole exponents that power need not be a number of the type."""
    if other.dtype.kind in "iu" and self.dtype.kind == "f":
        return xp.ldexp(self, xp.clip(other, -LARGE, LARGE).astype(xp.int32))
    wide = other.astype(xp.float32) if other.itemsize < 4 or other.dtype.kind in "biu" else other
    power = xp.power(number(2, wide), wide)
    if other.dtype.kind not in "biu":
        power = power.astype(other.dtype)
    return self * power.astype(self.dtype)


# -- Of two arrays -------------------------------------------------------------------------------------------


def hypot(self: Array, other: Array) -> Array:
    return xp.hypot(self, other)


def atan2(self: Array, other: Array) -> Array:
    return xp.arctan2(self, other)


def logaddexp(self: Array, other: Array) -> Array:
    """``log(exp(self) + exp(other))``, of complex numbers too."""
    if self.dtype.kind != "c":
        return xp.logaddexp(self, other)
    smaller = (self.real < other.real) | ((self.real == other.real) & (self.imag < other.imag))
    low, high = xp.where(smaller, self, other), xp.where(smaller, other, self)
    infinite = ~xp.isfinite(low.real) & (low.real == high.real)
    limit = xp.where(low.real < 0, low, xp.log(xp.exp(low) + xp.exp(high)))
    return xp.where(infinite, limit, high + xp.log1p(xp.exp(low - high)))


def logaddexp2(self: Array, other: Array) -> Array:
    """``log2(2 ** self + 2 ** other)``."""
    # In double precision, for torch rounds product and sum together.
    more = xp.log1p(xp.exp2(-xp.abs(self - other))) * xp.float64(self.dtype.type(1 / math.log(2)))
    whole = (xp.maximum(self, other) + more).astype(self.dtype)
    return xp.where(xp.isinf(self) & (self == other), self, whole)


def xlogy(self: Array, other: Array) -> Array:
    """``self * log(other)``, the logarithm rounded to their type, 0 where ``self`` is 0 and ``other`` is not NaN."""
    return xp.where((self == 0) & ~xp.isnan(other), number(0, self), self * xp.log(other))


def xlog1py(self: Array, other: Array) -> Array:
    """``self * log1p(other)``, the logarithm rounded to their type, 0 where ``self`` is 0 and ``other`` is not NaN."""
    return xp.where((self == 0) & ~xp.isnan(other), number(0, self), self * xp.log1p(other))


def xlogy_scalar(self: Array, other: complex) -> Array:
    return xlogy(self, number(other, self))


def xlogy_of_scalar(self: complex, other: Array) -> Array:
    return xlogy(number(self, other), other)


def xlog1py_scalar(self: Array, other: complex) -> Array:
    return xlog1py(self, number(other, self))


def xlog1py_of_scalar(self: complex, other: Array) -> Array:
    return xlog1py(number(self, other), other)


def copysign_scalar(self: Array, other: complex) -> Array:
    return xp.copysign(self, number(other, self))


def heaviside(self: Array, values: Array) -> Array:
    """0 for negative elements, 1 for positive ones, ``values`` for zeros."""
    return xp.where(self == 0, values, (self > 0).astype(self.dtype))


# -- Of three arrays -----------------------------------------------------------------------------------------


def lerp(self: Array, end: Array, weight: Array) -> Array:
    """A part ``weight`` of the way from ``self`` to ``end``, exact at both."""
    step = end - self
    return xp.where(xp.abs(weight) < 0.5, self + weight * step, end - step * (number(1, weight) - weight))


def lerp_scalar(self: Array, end: Array, weight: complex) -> Array:
    return lerp(self, end, checked(weight, self))


def times_value(self: Array, tensor1: Array, value: complex) -> Array:
    """``value * tensor1``; of complex numbers a product with 1 is one too, which at infinities is NaN."""
    if self.dtype.kind == "c":
        return self.dtype.type(value) * tensor1
    return tensor1 if value == 1 else checked(value, self) * tensor1


def addcmul(self: Array, tensor1: Array, tensor2: Array, value: complex) -> Array:
    """``self + value * tensor1 * tensor2``."""
    return self + times_value(self, tensor1, value) * tensor2


def addcdiv(self: Array, tensor1: Array, tensor2: Array, value: complex) -> Array:
    """``self + value * tensor1 / tensor2``."""
    return self + times_value(self, tensor1, value) / tensor2


def clamp(self: Array, min: complex | None, max: complex | None) -> Array:
    """``self`` no lower than ``min`` and no higher than ``max``, two numbers; NaN in any of them stays."""
    lowest = None if min is None else checked(min, self)
    return clamp_tensor(self, lowest, None if max is None else checked(max, self))


def clamp_tensor(self: Array, min: Any, max: Any) -> Array:
    if min is not None:
        self = xp.maximum(self, min)
    return self if max is None else xp.minimum(self, max)


def clamp_min(self: Array, min: complex) -> Array:
    return clamp(self, min, None)


def clamp_max(self: Array, max: complex) -> Array:
    return clamp(self, None, max)


# -- Of one array --------------------------------------------------------------------------------------------


def abs(self: Array) -> Array:
    if self.dtype.kind == "c":  # rounded once, as numpy's own is not
        return xp.hypot(self.real, self.imag)
    return xp.absolute(self)


def sign(self: Array) -> Array:
    """-1, 0 or 1; of bools themselves, of NaN 0."""
    if self.dtype.kind == "b":
        return self.copy()
    return ((self > 0).astype(xp.int8) - (self < 0)).astype(self.dtype)


def sgn(self: Array) -> Array:
    """``self`` divided by its absolute value, 0 for 0."""
    if self.dtype.kind != "c":
        return sign(self)
    size = abs(self)
    return xp.where(size == 0, number(0, self), self / xp.where(size == 0, number(1, size), size))


def frexp(self: Array) -> tuple[Array, Array]:
    """Mantissas of at least 1/2 and less than 1 in size, and powers of two."""
    mantissa, exponent = xp.frexp(self)
    strides = layout_of_cast(self)[1]
    return restrided(xp.asarray(mantissa), strides), restrided(xp.asarray(exponent), strides)
