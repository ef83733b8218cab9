"""Singular vectors of real matrices that are not square with the signs that torch's LAPACK gives them.

NOTE [Ways to reduce]: a matrix with more rows is reduced to a triangle first where it has half as many again, one with
more columns never is, whatever its shape; scipy's LAPACK has other limits, and the signs follow from what is done. See
T. Chan, "An improved algorithm for computing the singular value decomposition" (1982), and of complex matrices, which
both reduce alike, nothing is written here.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.lapack import routine


def whole(matrix: Array, full: bool) -> tuple[Array, Array, Array]:
    """As scipy's LAPACK goes about it."""
    left, values, right, _ = routine("gesdd", matrix)(matrix, compute_uv=1, full_matrices=full)
    return left, values, right


def svd_tall(matrix: Array, full: bool) -> tuple[Array, Array, Array]:
    """By the triangle, where there are half as many rows again as columns."""
    rows, count = matrix.shape
    if rows < 3 * count // 2:
        return whole(matrix, full)
    packed, tau, _, _ = routine("geqrf", matrix)(matrix)
    inner, values, right = whole(xp.triu(packed[:count]), True)
    start = xp.zeros((rows, rows if full else count), matrix.dtype)
    start[:, :count] = packed
    left = xp.array(routine("orgqr", matrix)(start, tau)[0])
    left[:, :count] = left[:, :count] @ inner
    return left, values, right


def svd_wide(matrix: Array, full: bool) -> tuple[Array, Array, Array]:
    """By two diagonals, which the rows of ``matrix`` are reduced to as they are."""
    rows, count = matrix.shape
    if count < rows * 11 // 6:  # scipy's LAPACK reduces it so, too
        return whole(matrix, full)
    diagonal, beside, left, right = reduced(matrix)
    for at in range(rows - 1):
        raise_element(diagonal, beside, left, at)
    upper = xp.diag(diagonal) + xp.diag(beside, 1)
    inner, values, outer = whole(upper, True)
    right[:rows] = outer @ right[:rows]
    return left @ inner, values, right if full else right[:rows]


def reduced(matrix: Array) -> tuple[Array, Array, Array, Array]:
    """The diagonal and the one below it, and the products of the reflections on both sides."""
    rest = matrix.copy()
    rows, count = rest.shape
    left, right = xp.eye(rows, dtype=rest.dtype), xp.eye(count, dtype=rest.dtype)
    diagonal, beside = xp.zeros(rows, rest.dtype), xp.zeros(rows - 1, rest.dtype)
    for at in range(rows):
        diagonal[at], vector, tau = reflection(rest[at, at:])
        rest[at + 1 :, at:] -= tau * xp.outer(rest[at + 1 :, at:] @ vector, vector)
        right[:, at:] -= tau * xp.outer(right[:, at:] @ vector, vector)
        if at < rows - 1:
            beside[at], vector, tau = reflection(rest[at + 1 :, at])
            rest[at + 1 :, at + 1 :] -= tau * xp.outer(vector, vector @ rest[at + 1 :, at + 1 :])
            left[:, at + 1 :] -= tau * xp.outer(left[:, at + 1 :] @ vector, vector)
    return diagonal, beside, left, right.T.copy()


def reflection(column: Array) -> tuple[Any, Array, Any]:
    """What is left of the first element, and the vector and the factor of the reflection that takes the rest to 0."""
    first, size = column[0], xp.linalg.norm(column[1:])
    vector = column.copy()
    if size == 0:
        vector[0] = 1
        return first, vector, first * 0
    left = -xp.copysign(xp.hypot(first, size), first)
    vector /= first - left
    vector[0] = 1
    return left, vector, (left - first) / left


def raise_element(diagonal: Array, beside: Array, left: Array, at: int) -> None:
    """Rotate an element from below the diagonal to above it."""
    f, g = diagonal[at], beside[at]
    if g == 0:
        cosine, sine, length = f * 0 + 1, f * 0, f
    elif f == 0:
        cosine, sine, length = f, xp.sign(g), abs(g)
    else:
        length = xp.copysign(xp.hypot(f, g), f)
        cosine, sine = f / length, g / length
    diagonal[at], beside[at] = length, sine * diagonal[at + 1]
    diagonal[at + 1] *= cosine
    one, two = left[:, at].copy(), left[:, at + 1].copy()
    left[:, at], left[:, at + 1] = cosine * one + sine * two, cosine * two - sine * one
