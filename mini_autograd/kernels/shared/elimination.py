"""Factorizations of small real matrices with every rounding of torch's LAPACK.

NOTE [Roundings]: a system that is nearly singular makes much of the last digits of its factors. Up to this size the
library that torch is built with eliminates column by column, and multiplies each by the reciprocal of its pivot; but
the last of a small square matrix it divides. See G. Golub and C. Van Loan, "Matrix computations", section 3.4.
"""

from __future__ import annotations

import numpy as np

from mini_autograd.kernels.shared.lapack import Array

LARGEST, DIVIDED = 16, 4


def is_small(matrix: Array) -> bool:
    return matrix.dtype.kind != "c" and max(matrix.shape[-2:]) <= LARGEST


def eliminate(matrix: Array) -> tuple[Array, Array, int]:
    """Both factors in one matrix, the row that each was exchanged with, and the first pivot that is 0, from 1."""
    made = matrix.copy()
    rows, count = made.shape
    pivots, failed = np.arange(min(rows, count)), 0
    for at in range(len(pivots)):
        other = pivots[at] = at + int(np.argmax(np.abs(made[at:, at])))
        pivot = made[other, at]
        if pivot == 0:
            failed = failed or at + 1
        else:
            made[[at, other]] = made[[other, at]]
            if rows == count <= DIVIDED and at == count - 2:
                made[at + 1 :, at] /= pivot
            else:
                made[at + 1 :, at] *= made.dtype.type(1) / pivot
        made[at + 1 :, at + 1 :] -= np.multiply.outer(made[at + 1 :, at], made[at, at + 1 :])
    return made, pivots, failed
