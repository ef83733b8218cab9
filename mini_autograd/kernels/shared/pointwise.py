"""Elementwise arithmetic and elementary functions."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

mul = np.multiply
neg = np.negative
exp = np.exp
log = np.log
sin = np.sin
cos = np.cos
tanh = np.tanh
sqrt = np.sqrt


def add(self: Array, other: Array, alpha: complex = 1) -> Array:
    """``self + alpha * other``."""
    return np.add(self, other if alpha == 1 else other * other.dtype.type(alpha))


def sub(self: Array, other: Array, alpha: complex = 1) -> Array:
    """``self - alpha * other``."""
    return np.subtract(self, other if alpha == 1 else other * other.dtype.type(alpha))


def div(self: Array, other: Array) -> Array:
    return np.true_divide(self, other)


def conj_physical(self: Array) -> Array:
    return np.conjugate(self)


def tanh_backward(grad: Array, output: Array) -> Array:
    """``grad * conj(1 - output ** 2)``."""
    return grad * np.conjugate(1 - output * output)
