"""Comparisons, tests of single elements, logic and bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.arithmetic import number
from mini_autograd.kernels.shared.choice import choose

Array = np.ndarray[Any, Any]

eq = np.equal
ne = np.not_equal
lt = np.less
le = np.less_equal
gt = np.greater
ge = np.greater_equal
logical_and = np.logical_and
logical_or = np.logical_or
logical_xor = np.logical_xor
logical_not = np.logical_not
bitwise_and = np.bitwise_and
bitwise_or = np.bitwise_or
bitwise_xor = np.bitwise_xor
bitwise_not = np.bitwise_not
isnan = np.isnan
where = choose


def eq_scalar(self: Array, other: complex) -> Array:
    return np.equal(self, number(other, self))


def ne_scalar(self: Array, other: complex) -> Array:
    return np.not_equal(self, number(other, self))


def lt_scalar(self: Array, other: float) -> Array:
    return np.less(self, number(other, self))


def le_scalar(self: Array, other: float) -> Array:
    return np.less_equal(self, number(other, self))


def gt_scalar(self: Array, other: float) -> Array:
    return np.greater(self, number(other, self))


def ge_scalar(self: Array, other: float) -> Array:
    return np.greater_equal(self, number(other, self))


def isposinf(self: Array) -> Array:
    return np.equal(self, np.inf)


def isneginf(self: Array) -> Array:
    return np.equal(self, -np.inf)


def signbit(self: Array) -> Array:
    """Whether elements are negative, -0 and negative NaN included."""
    return np.less(self, number(0, self)) if self.dtype.kind in "iub" else np.signbit(self.astype(np.float64))


def equal(self: Array, other: Array) -> Array:
    """Whether all elements are equal, as a 0-d array."""
    return np.asarray(self.shape == other.shape and bool(np.equal(self, other).all()))


# -- Bits ----------------------------------------------------------------------------------------------------


def bitwise_left_shift(self: Array, other: Array) -> Array:
    """``self << other``; 0 for shifts that no bit survives, negative ones among them."""
    bits = self.dtype.itemsize * 8
    within = (other >= 0) & (other < bits)
    return np.where(within, np.left_shift(self, np.where(within, other, number(0, other))), number(0, self))


def bitwise_right_shift(self: Array, other: Array) -> Array:
    """``self >> other``; only the sign is left of shifts past the last bit and of negative ones."""
    last = self.dtype.itemsize * 8 - (self.dtype.kind == "i")
    within = (other >= 0) & (other < last)
    shifted = np.right_shift(self, np.where(within, other, number(0, other)))
    gone = (
        np.where(self < 0, number(-1, self), number(0, self)) if self.dtype.kind == "i" else number(0, self)
    )
    return np.where(within, shifted, gone)


def bitwise_and_scalar(self: Array, other: int) -> Array:
    return np.bitwise_and(self, number(other, self))


def bitwise_or_scalar(self: Array, other: int) -> Array:
    return np.bitwise_or(self, number(other, self))


def bitwise_xor_scalar(self: Array, other: int) -> Array:
    return np.bitwise_xor(self, number(other, self))


def bitwise_left_shift_scalar(self: Array, other: int) -> Array:
    return bitwise_left_shift(self, np.asarray(number(other, self)))


def bitwise_right_shift_scalar(self: Array, other: int) -> Array:
    return bitwise_right_shift(self, np.asarray(number(other, self)))


def bitwise_left_shift_of_scalar(self: int, other: Array) -> Array:
    return bitwise_left_shift(np.full_like(other, number(self, other)), other)


def bitwise_right_shift_of_scalar(self: int, other: Array) -> Array:
    return bitwise_right_shift(np.full_like(other, number(self, other)), other)


def bitwise_and_of_scalar(self: int, other: Array) -> Array:
    return np.bitwise_and(other, number(self, other))


def bitwise_or_of_scalar(self: int, other: Array) -> Array:
    return np.bitwise_or(other, number(self, other))


def bitwise_xor_of_scalar(self: int, other: Array) -> Array:
    return np.bitwise_xor(other, number(self, other))
