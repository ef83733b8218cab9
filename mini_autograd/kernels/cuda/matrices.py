"""Batches of matrices on a GPU: triangular systems, exchanges of rows, reflections; nothing waits for the device."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import backend, module
from mini_autograd.kernels.cuda.instance import current

Array = Any


def lapack() -> Any:
    """The shared functions about how matrices lie, for the device."""
    return current().module("lapack")


def allocate(shape: tuple[int, ...], dtype: Any) -> Array:
    return current().module("memory").allocate(shape, np.dtype(dtype))


def turned(array: Array) -> Array:
    """The conjugate transposes; of reals a view."""
    return lapack().adjoint(array) if array.dtype.kind == "c" else array.swapaxes(-1, -2)


def flat(array: Array) -> Array:
    """A batch of one dimension; a matrix alone stays one."""
    return array if array.ndim == 2 else array.reshape(-1, *array.shape[-2:])


def solved(factors: Array, right: Array, lower: bool, unit: bool = False, trans: str = "N") -> Array:
    """Solutions of triangular systems, for matrices of one batch."""
    library = backend.load()
    assert library is not None
    solve = library.modules["scipy.linalg"].solve_triangular
    made = solve(flat(factors), flat(right), trans, lower, unit, check_finite=False)
    return made.reshape(right.shape)


def order_of_rows(pivots: Array, rows: int) -> Array:
    """Which row of the matrix each row of the permuted one is."""
    xp = module.device_module()
    batch, steps = pivots.shape[:-1], pivots.shape[-1]
    order = xp.empty((*batch, rows), np.int64)
    count = order.size // max(rows, 1)
    if count:
        run = module.kernel("pivots", "order_of_rows", pivots.dtype)
        given = xp.ascontiguousarray(pivots), order, np.int64(count), np.int64(steps), np.int64(rows)
        run(module.blocks_for(count, 64), (64,), given)
    return order


def first(condition: Array) -> Array:
    """The place in the last dimension, counted from 1, of the first that holds; 0 for none."""
    xp = module.device_module()
    if not condition.shape[-1]:
        return xp.zeros(condition.shape[:-1], np.int32)
    return xp.where(condition.any(-1), condition.argmax(-1) + 1, 0)


def diagonal(array: Array) -> Array:
    return module.device_module().diagonal(array, axis1=-2, axis2=-1)


def reflected(vectors: Array, factors: Array, start: Array, transpose: bool) -> Array:
    """The product of reflections, or its conjugate transpose, times ``start``; the vectors stand below the diagonal."""
    xp = module.device_module()
    count = factors.shape[-1]
    below = xp.tril(vectors[..., :count], -1)
    below[..., xp.arange(count), xp.arange(count)] = 1
    factors = factors.conj() if transpose else factors
    for at in range(count) if transpose else reversed(range(count)):
        vector = below[..., at : at + 1]
        start = start - factors[..., at, None, None] * (vector * (turned(vector) @ start))
    return start
