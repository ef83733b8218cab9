"""Factorizations of small real matrices with every rounding of torch's LAPACK.

NOTE [Roundings]: a system that is nearly singular makes much of the last digits of its factors. Up to this size the
library that torch is built with eliminates column by column, and multiplies each by the reciprocal of its pivot; but
the last of a small square matrix it divides. See G. Golub and C. Van Loan, "Matrix computations", section 3.4.
"""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp

LARGEST, DIVIDED = 16, 4


def is_small(matrix: Array) -> bool:
    return matrix.dtype.kind != "c" and max(matrix.shape[-2:]) <= LARGEST


def eliminate(matrices: Array) -> tuple[Array, Array, Array]:
    """Of each matrix both factors in one, the row that each was exchanged with, and the first pivot that is 0, from
    1."""
    made = matrices.copy()
    number, rows, count = made.shape
    every, one = xp.arange(number), made.dtype.type(1)
    pivots, failed = xp.empty((number, min(rows, count)), xp.int64), xp.zeros(number, xp.int64)
    for at in range(pivots.shape[1]):
        other = pivots[:, at] = xp.abs(made[:, at:, at]).argmax(1) + at
        pivot = made[every, other, at]
        if not pivot.all():  # then the column is 0 as it is, and keeps its place
            failed[(pivot == 0) & (failed == 0)] = at + 1
            pivot = xp.where(pivot == 0, one, pivot)
        made[:, at], made[every, other] = made[every, other], made[:, at].copy()
        below = made[:, at + 1 :, at]
        if rows == count <= DIVIDED and at == count - 2:
            below /= pivot[:, None]
        else:
            below *= (one / pivot)[:, None]
        made[:, at + 1 :, at + 1 :] -= below[:, :, None] * made[:, at, None, at + 1 :]
    return made, pivots, failed
