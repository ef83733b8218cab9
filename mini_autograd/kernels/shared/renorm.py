"""Parts of an array shortened to a norm."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import contiguous
from mini_autograd.kernels.shared.norm import vector_norm


def renorm(self: Array, p: float, dim: int, maxnorm: float) -> Array:
    """Every part along ``dim`` whose norm is larger than ``maxnorm`` times their quotient, which of half types is
    rounded once it is computed."""
    others = tuple(one for one in range(self.ndim) if one != dim % self.ndim)
    length = vector_norm(self.astype(xp.float32) if self.dtype.itemsize == 2 else self, p, others, True)
    most, small, one = (length.dtype.type(number) for number in (maxnorm, 1e-7, 1))
    factor = xp.where(length > most, most / (length + small), one)
    return contiguous(self * factor.astype(self.dtype))
