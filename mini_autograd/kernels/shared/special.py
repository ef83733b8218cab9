"""Special functions that scipy has, in torch's order of arguments."""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.elementary import lgamma
from mini_autograd.kernels.shared.memory import contiguous


def igamma(self: Array, other: Array) -> Array:
    """The regularized lower incomplete gamma function."""
    from scipy import special

    return special.gammainc(self, other)


def igammac(self: Array, other: Array) -> Array:
    from scipy import special

    return special.gammaincc(self, other)


def mvlgamma(self: Array, p: int) -> Array:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    kind = self.dtype.type
    places = xp.arange(-p / 2 + 0.5, 0.5, 0.5, dtype=self.dtype)
    total = lgamma(self[..., None] + places).sum(-1)
    return contiguous(xp.asarray(total + kind(p * p - p) * kind(math.log(math.pi) / 4)))


def zeta(self: Array, other: Array) -> Array:
    """Hurwitz's zeta function."""
    from scipy import special

    return special.zeta(self, other)


def zeta_of_scalar(self: float, other: Array) -> Array:
    return zeta(other.dtype.type(self), other)


def zeta_scalar(self: Array, other: float) -> Array:
    return zeta(self, self.dtype.type(other))
