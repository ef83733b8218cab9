"""Reading and writing by few places on a GPU, where no place may wait to know whether it is one."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current
from mini_autograd.kernels.shared.window import OUTSIDE


def read(self: Any, dim: int, places: Any, weights: Any) -> Any:
    """For each row of ``places`` the sum along ``dim`` of the elements there by their weights, or the one without."""
    xp = current().xp
    if weights is None:
        return self.take(places[:, 0], dim)
    shape = (-1,) + (1,) * (self.ndim - dim - 1)
    total: Any = 0
    for at in range(places.shape[1]):
        part = self.take(places[:, at], dim) * weights[:, at].reshape(shape)
        total = total + xp.where((places[:, at] != OUTSIDE).reshape(shape), part, part.dtype.type(0))
    return total.astype(self.dtype, copy=False)


def written(grad: Any, dim: int, size: int, places: Any, weights: Any) -> Any:
    """Each element added, by its weights, to where it was read from."""
    xp = current().xp
    result = xp.zeros((*grad.shape[:dim], size, *grad.shape[dim + 1 :]), grad.dtype)
    shape = (-1,) + (1,) * (grad.ndim - dim - 1)
    combine = current().module("scattering").combine_at
    for at in range(places.shape[1]):
        inside = places[:, at] != OUTSIDE
        share = grad if weights is None else grad * weights[:, at].astype(grad.dtype).reshape(shape)
        share = xp.where(inside.reshape(shape), share, share.dtype.type(0))
        index = xp.broadcast_to(xp.where(inside, places[:, at], 0).reshape(shape), share.shape)
        combine(xp.add, result, dim, index, share)
    return result
