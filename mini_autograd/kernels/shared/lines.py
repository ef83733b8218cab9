"""Sums over the rows of a matrix and what rows are made into, in float64, with a number for each row.

Rows are contiguous, of float32 or float64; what is made is rounded once, to the type that is asked for.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp


def wide(array: Array) -> Array:
    return array.astype(xp.float64)


def total(rows: Array) -> Array:
    return rows[:, 0] + 0.0 if rows.shape[1] == 1 else rows.sum(1)


def sums(rows: Array) -> Array:
    return total(wide(rows))


def squares(rows: Array, center: Array) -> Array:
    """The sums of squared distances from the centers."""
    return total(xp.square(rows - center[:, None]))


def products(rows: Array, others: Array, center: Array) -> Array:
    """The sums of products with distances from the centers."""
    return total(rows * (others - center[:, None]))


def affine(rows: Array, factor: Array, term: Array | None, kind: Any) -> Array:
    """``rows * factor + term``, in the type of the factors."""
    result = rows.astype(factor.dtype, copy=False) * factor[:, None]
    if term is not None:
        result += term[:, None]
    return result.astype(kind, copy=False)


def blend(rows: Array, others: Array, factor: Array, other_factor: Array, term: Array, kind: Any) -> Array:
    """``rows * factor + others * other_factor + term``."""
    result = factor[:, None] * rows + other_factor[:, None] * others + term[:, None]
    return result.astype(kind, copy=False)


def project(
    rows: Array, others: Array, center: Array, mean: Array, along: Array, scale: Array, kind: Any
) -> Array:
    """``rows`` less a mean and a share of the distances of others from the centers, scaled."""
    result = wide(rows) - mean[:, None]
    result -= (others - center[:, None]) * along[:, None]
    return (result * scale[:, None]).astype(kind, copy=False)
