"""Elements of the result of one dimension made of few others: places to read, with a weight for each."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.window import OUTSIDE


def read(self: Array, dim: int, places: Array, weights: Array | None) -> Array:
    """For each row of ``places`` the sum along ``dim`` of the elements there by their weights, or the one without."""
    if weights is None:
        return self.take(places[:, 0], dim)
    shape = (-1,) + (1,) * (self.ndim - dim - 1)
    total: Any = 0
    for at in range(places.shape[1]):
        part = self.take(places[:, at], dim) * weights[:, at].reshape(shape)
        inside = places[:, at] != OUTSIDE
        total = total + (part if inside.all() else xp.where(inside.reshape(shape), part, 0))
    return xp.asarray(total, self.dtype)


def written(grad: Array, dim: int, size: int, places: Array, weights: Array | None) -> Array:
    """Each element added, by its weights, to where it was read from."""
    result = xp.zeros((*grad.shape[:dim], size, *grad.shape[dim + 1 :]), grad.dtype)
    target, given = xp.moveaxis(result, dim, 0), xp.moveaxis(grad, dim, 0)
    shape = (-1,) + (1,) * (grad.ndim - 1)
    for at in range(places.shape[1]):
        share = given if weights is None else given * weights[:, at].astype(grad.dtype).reshape(shape)
        inside = places[:, at] != OUTSIDE
        xp.add.at(target, places[inside, at], share[inside])
    return result
