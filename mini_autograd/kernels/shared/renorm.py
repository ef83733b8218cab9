"""Parts of an array shortened to a norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.memory import contiguous
from mini_autograd.kernels.shared.norm import vector_norm

Array = np.ndarray[Any, Any]


def renorm(self: Array, p: float, dim: int, maxnorm: float) -> Array:
    """Every part along ``dim`` whose norm is larger than ``maxnorm`` times their quotient."""
    others = tuple(one for one in range(self.ndim) if one != dim % self.ndim)
    length = vector_norm(self, p, others, True, self.dtype)
    one = length.dtype.type(1)
    factor = np.where(length > maxnorm, length.dtype.type(maxnorm) / (length + length.dtype.type(1e-7)), one)
    return contiguous(self * factor)
