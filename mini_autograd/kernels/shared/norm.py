"""Vector norms over dimensions."""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arithmetic import abs as magnitude
from mini_autograd.kernels.shared.reduction import Dims, add_up, axes_of, plain


def vector_norm(self: Array, ord: float, dim: Dims, keepdim: bool, dtype: object = None) -> Array:
    """``sum(abs(self) ** ord) ** (1 / ord)`` and its limits: largest, smallest, how many are not 0."""
    axes = axes_of(self, dim)
    if ord == 2 and self.dtype.kind != "c":
        return plain(xp.sqrt(add_up(self * self, axes, keepdim)))
    size = magnitude(self)
    if ord == math.inf:
        return plain(xp.maximum.reduce(size, axis=axes, keepdims=keepdim))
    if ord == -math.inf:
        return plain(xp.minimum.reduce(size, axis=axes, keepdims=keepdim))
    if ord == 0:
        return plain(xp.asarray(add_up((size != 0).astype(size.dtype), axes, keepdim)))
    if ord == 1:
        return plain(add_up(size, axes, keepdim))
    if ord == 2:
        return plain(xp.sqrt(add_up(self.real * self.real + self.imag * self.imag, axes, keepdim)))
    kind = size.dtype.type
    return plain(xp.power(add_up(xp.power(size, kind(ord)), axes, keepdim), kind(1 / ord)))


def dist(self: Array, other: Array, p: float) -> Array:
    return vector_norm(xp.subtract(self, other), p, None, False)
