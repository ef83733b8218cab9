"""The exponential of matrices, by its series.

N. Higham and A. Al-Mohy, "Computing matrix functions" (2010): a matrix is scaled down until few terms do, and the
result is squared as often; M. Paterson and L. Stockmeyer, "On the number of nonscalar multiplications necessary to
evaluate polynomials" (1973).
"""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.lapack import each
from mini_autograd.kernels.shared.memory import allocate

DEGREE, BLOCK = 18, 4
# What the norm may be for so many terms to give double precision.
LARGEST = 1.09
# Up to which size matrices are squared in the widest type there is, for every square doubles the error.
SMALL = 32


def matrix_exp(self: Array) -> Array:
    made = allocate(self.shape, self.dtype)
    for at in each(self.shape[:-2]) if made.size else ():
        made[at] = exp_of(self[at])
    return made


def exp_of(matrix: Array) -> Array:
    norm = float(xp.abs(matrix).sum(axis=0).max())
    if not math.isfinite(norm):
        return xp.full_like(matrix, xp.nan)
    halvings = max(0, math.ceil(math.log2(norm / LARGEST))) if norm > LARGEST else 0
    wide = matrix.astype(xp.result_type(matrix, xp.longdouble)) if len(matrix) <= SMALL else matrix
    result = series(wide / wide.dtype.type(2**halvings))
    for _ in range(halvings):
        result = result @ result
    return result.astype(matrix.dtype)


def series(matrix: Array) -> Array:
    """The terms up to DEGREE, a few powers at a time."""
    powers = [xp.eye(len(matrix), dtype=matrix.dtype), matrix]
    while len(powers) <= BLOCK:
        powers.append(powers[-1] @ matrix)
    result = xp.zeros_like(matrix)
    for start in range(DEGREE - DEGREE % BLOCK, -1, -BLOCK):
        terms = [powers[at] / math.factorial(start + at) for at in range(BLOCK) if start + at <= DEGREE]
        result = sum(reversed(terms), result @ powers[BLOCK])
    return result
