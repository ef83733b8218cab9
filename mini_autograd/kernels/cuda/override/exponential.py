"""The exponential of matrices: all of a batch at once, each squared as often as it was halved."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.cuda.instance import current
from mini_autograd.kernels.cuda.matrices import allocate

Array = Any


def matrix_exp(self: Array) -> Array:
    made = allocate(self.shape, self.dtype)
    if not made.size:
        return made
    xp, shared = module.device_module(), current().module("exponential")
    norm = xp.abs(self).sum(-2).max(-1)
    finite = xp.isfinite(norm)
    ratio = xp.where(finite, norm, 1) / shared.LARGEST
    halvings = xp.maximum(xp.ceil(xp.log2(xp.maximum(ratio, 1))), 0)[..., None, None]
    # As in torch the host must know how often, once for the batch.
    most = int(halvings.max())
    wide = self.astype(np.result_type(self.dtype, np.float64)) if self.shape[-1] <= shared.SMALL else self
    result = _series(wide * (0.5**halvings).astype(wide.real.dtype), shared.DEGREE, shared.BLOCK)
    for done in range(most):
        result = xp.where(halvings > done, result @ result, result)
    made[...] = xp.where(finite[..., None, None], result, xp.nan)
    return made


def _series(matrix: Array, degree: int, block: int) -> Array:
    """The terms up to a degree, a few powers at a time."""
    xp = module.device_module()
    powers = [xp.broadcast_to(xp.eye(matrix.shape[-1], dtype=matrix.dtype), matrix.shape), matrix]
    while len(powers) <= block:
        powers.append(powers[-1] @ matrix)
    result = xp.zeros_like(matrix)
    for start in range(degree - degree % block, -1, -block):
        terms = [powers[at] / math.factorial(start + at) for at in range(block) if start + at <= degree]
        result = sum(reversed(terms), result @ powers[block])
    return result
