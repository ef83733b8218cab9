"""Sorting and selection on a GPU: of equal elements the first in their order is taken, as nothing says which; the host
looks at no element."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current

Array = Any
instance: Any = current()
xp = instance.xp
sorting: Any = instance.module("sorting")


def topk(self: Array, k: int, dim: int, largest: bool, sorted: bool) -> tuple[Array, Array]:
    """The ``k`` largest or smallest, in order."""
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    order = sorting.ranking(self, dim, largest)[along(self, dim, slice(k))]
    return sorting.plain(xp.take_along_axis(self, order, dim)), sorting.plain(order.copy())


def along(self: Array, dim: int, index: Any) -> tuple:
    """An index along one dimension alone."""
    return (*(slice(None),) * (dim % self.ndim), index)


def ranked(self: Array, rank: Any, dim: int, keepdim: bool, choose: Any = None) -> tuple[Array, Array]:
    """The element of a rank along ``dim``, one for all or one for each, and its index."""
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    order = sorting.ranking(self, dim, False)
    one = not xp.ndim(rank)
    places = order[along(self, dim, slice(rank, rank + 1))] if one else xp.take_along_axis(order, rank, dim)
    return sorting.selected(self, places.copy(), dim, keepdim)


def median_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements; the first NaN where there is one."""
    middle = (self.shape[dim] - 1) // 2 if self.ndim else 0
    if self.ndim == 0 or self.dtype.kind in "biu":
        return ranked(self, middle, dim, keepdim)
    holes = xp.isnan(self)
    first_hole = self.shape[dim] - holes.sum(axis=dim, keepdims=True)
    return ranked(self, xp.where(holes.any(axis=dim, keepdims=True), first_hole, middle), dim, keepdim)


def nanmedian_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements that are not NaN; the first of none but NaNs."""
    if self.ndim == 0 or self.dtype.kind in "biu":
        return median_dim(self, dim, keepdim)
    count = (~xp.isnan(self)).sum(axis=dim, keepdims=True)
    return ranked(self, xp.where(count != 0, (count - 1) // 2, 0), dim, keepdim)


def sorted_places(self: Array, dim: int) -> Array:
    return sorting.ranking(self, dim, False)
