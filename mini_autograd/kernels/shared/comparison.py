"""Comparisons, tests of single elements, logic and bits."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arithmetic import number
from mini_autograd.kernels.shared.choice import choose

eq = xp.equal
ne = xp.not_equal
lt = xp.less
le = xp.less_equal
gt = xp.greater
ge = xp.greater_equal
logical_and = xp.logical_and
logical_or = xp.logical_or
logical_xor = xp.logical_xor
logical_not = xp.logical_not
bitwise_and = xp.bitwise_and
bitwise_or = xp.bitwise_or
bitwise_xor = xp.bitwise_xor
bitwise_not = xp.bitwise_not
isnan = xp.isnan
where = choose


def eq_scalar(self: Array, other: complex) -> Array:
    return xp.equal(self, number(other, self))


def ne_scalar(self: Array, other: complex) -> Array:
    return xp.not_equal(self, number(other, self))


def lt_scalar(self: Array, other: float) -> Array:
    return xp.less(self, number(other, self))


def le_scalar(self: Array, other: float) -> Array:
    return xp.less_equal(self, number(other, self))


def gt_scalar(self: Array, other: float) -> Array:
    return xp.greater(self, number(other, self))


def ge_scalar(self: Array, other: float) -> Array:
    return xp.greater_equal(self, number(other, self))


def isposinf(self: Array) -> Array:
    return xp.equal(self, xp.inf)


def isneginf(self: Array) -> Array:
    return xp.equal(self, -xp.inf)


def signbit(self: Array) -> Array:
    """Whether elements are negative, -0 and negative NaN included."""
    return xp.less(self, number(0, self)) if self.dtype.kind in "iub" else xp.signbit(self.astype(xp.float64))


def equal(self: Array, other: Array) -> Array:
    """Whether all elements are equal, as a 0-d array."""
    return xp.asarray(self.shape == other.shape and bool(xp.equal(self, other).all()))


# -- Bits ----------------------------------------------------------------------------------------------------


def bitwise_left_shift(self: Array, other: Array) -> Array:
    """``self << other``; 0 for shifts that no bit survives, negative ones among them."""
    bits = self.dtype.itemsize * 8
    within = (other >= 0) & (other < bits)
    return xp.where(within, xp.left_shift(self, xp.where(within, other, number(0, other))), number(0, self))


def bitwise_right_shift(self: Array, other: Array) -> Array:
    """``self >> other``; only the sign is left of shifts past the last bit and of negative ones."""
    last = self.dtype.itemsize * 8 - (self.dtype.kind == "i")
    within = (other >= 0) & (other < last)
    shifted = xp.right_shift(self, xp.where(within, other, number(0, other)))
    gone = (
        xp.where(self < 0, number(-1, self), number(0, self)) if self.dtype.kind == "i" else number(0, self)
    )
    return xp.where(within, shifted, gone)


def bitwise_and_scalar(self: Array, other: int) -> Array:
    return xp.bitwise_and(self, number(other, self))


def bitwise_or_scalar(self: Array, other: int) -> Array:
    return xp.bitwise_or(self, number(other, self))


def bitwise_xor_scalar(self: Array, other: int) -> Array:
    return xp.bitwise_xor(self, number(other, self))


def bitwise_left_shift_scalar(self: Array, other: int) -> Array:
    return bitwise_left_shift(self, xp.asarray(number(other, self)))


def bitwise_right_shift_scalar(self: Array, other: int) -> Array:
    return bitwise_right_shift(self, xp.asarray(number(other, self)))


def bitwise_left_shift_of_scalar(self: int, other: Array) -> Array:
    return bitwise_left_shift(xp.full_like(other, number(self, other)), other)


def bitwise_right_shift_of_scalar(self: int, other: Array) -> Array:
    return bitwise_right_shift(xp.full_like(other, number(self, other)), other)


def bitwise_and_of_scalar(self: int, other: Array) -> Array:
    return xp.bitwise_and(other, number(self, other))


def bitwise_or_of_scalar(self: int, other: Array) -> Array:
    return xp.bitwise_or(other, number(self, other))


def bitwise_xor_of_scalar(self: int, other: Array) -> Array:
    return xp.bitwise_xor(other, number(self, other))
