"""Eigenvectors, each of which stands for the space that it spans, with the others of a repeated eigenvalue.

NOTE [Eigenspaces]: an eigenvector is determined but for its sign, and where eigenvalues are equal but for rounding, any
orthonormal basis of their common space is as good as another (the reference's documentation of `linalg.eigh` says so).
Which of them comes out is up to the LAPACK that computes it. So the projectors onto the spaces are compared, each up to
rounding; where they agree the subject is given the reference's vectors, so that what follows is the same on both sides.
Where they do not, vectors are compared as any other values.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy

from .overwriting import overwrite
from .reading import array_of, dtype_name
from .tolerance import EPSILON, FLOAT64_ULP, Array
from .twin import read

NODES = ("LinalgEighBackward0",)
NAME = "_saved_eigenvectors"
REAL = ("float32", "float64")  # others are determined but for a complex factor, and are compared as they are


def turn_alike(node: Any, name: str, expected: Any, got: Any, module: Any) -> None:
    """Give the saved eigenvectors `got` the bits of `expected` where the two span the same spaces, those that belong to
    the eigenvalues of the `node`."""
    if name != NAME or node.name() not in NODES or expected.shape != got.shape:
        return
    dtype = dtype_name(expected.dtype)
    if dtype not in REAL or dtype_name(got.dtype) != dtype:
        return
    eigenvalues, problem = read(node, "_saved_eigenvalues")
    if problem or 0 in expected.shape:
        return
    values = array_of(eigenvalues, dtype)
    left, right = array_of(expected, dtype), array_of(got, dtype)
    size = left.shape[-1]
    rows = zip(
        left.reshape(-1, size, size), right.reshape(-1, size, size), values.reshape(-1, size), strict=True
    )
    rounding = FLOAT64_ULP * EPSILON[dtype]
    if all(same_spaces(one, other, row, rounding) for one, other, row in rows):
        overwrite(left, right, dtype, got, module)


def same_spaces(expected: Array, got: Array, values: Array, rounding: float) -> bool:
    """Whether the vectors of each eigenvalue span the same space."""
    largest = float(numpy.abs(values).max())
    starts = [0, *(numpy.flatnonzero(numpy.diff(values) > rounding * largest) + 1), len(values)]
    for start, end in itertools.pairwise(starts):
        one: Array = expected[:, start:end].astype(numpy.float64)
        other: Array = got[:, start:end].astype(numpy.float64)
        if (numpy.abs(one @ one.T - other @ other.T) > rounding).any():
            return False
    return True
