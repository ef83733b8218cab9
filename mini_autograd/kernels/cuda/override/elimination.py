"""Elimination in all matrices of a batch at once, without looking at the pivots on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import matrices, module


def eliminate(given: Any) -> tuple[Any, Any, Any]:
    xp = module.device_module()
    made = given.copy()
    number, rows, count = made.shape
    every, one = xp.arange(number), made.dtype.type(1)
    pivots = xp.empty((number, min(rows, count)), np.int64)
    for at in range(pivots.shape[1]):
        other = _size(xp, made[:, at:, at]).argmax(1) + at
        pivots[:, at] = other
        pivot = made[every, other, at]
        upper = made[:, at].copy()
        made[:, at] = made[every, other]
        made[every, other] = upper
        below = made[:, at + 1 :, at]
        below *= (one / xp.where(pivot == 0, one, pivot))[:, None]
        made[:, at + 1 :, at + 1 :] -= below[:, :, None] * made[:, at, None, at + 1 :]
    return made, pivots, matrices.first(matrices.diagonal(made) == 0)


def _size(xp: Any, column: Any) -> Any:
    """What pivots are chosen by: of complex numbers the sum of both parts."""
    return xp.abs(column.real) + xp.abs(column.imag) if column.dtype.kind == "c" else xp.abs(column)
