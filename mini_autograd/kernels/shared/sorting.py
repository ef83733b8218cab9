"""Sorting and selection by rank. NaN ranks above everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import layout_of_cast, restrided
from mini_autograd.kernels.shared.reduction import plain, selected
from mini_autograd.kernels.shared.selection import SHORT_SORT, first_of, nth_element, quickselect, sort_all

MANY = 1024


def arranged_like(self: Array, result: Array) -> Array:
    """``result`` with its dimensions in memory in the order of those of ``self``."""
    return restrided(result, layout_of_cast(self)[1])


def ranking(self: Array, dim: int, descending: bool) -> Array:
    """The indices that sort along ``dim``, equal elements in their order."""
    if self.dtype == xp.float32 and self.size > MANY and self.shape[dim] < 1 << 31:
        return ranking_at_once(self, dim, descending)
    if descending:
        last = self.shape[dim] - 1
        return xp.flip(last - xp.argsort(xp.flip(self, dim), axis=dim, kind="stable"), dim)
    return xp.argsort(self, axis=dim, kind="stable")


def ranking_at_once(self: Array, dim: int, descending: bool) -> Array:
    """The same of float32, by sorting numbers of which one half orders as the elements do and the other is the index:
    that needs no look at an element for each comparison, and no two are equal."""
    rows = xp.ascontiguousarray(xp.moveaxis(self, dim, -1)) + xp.float32(0)  # no zero is -0
    bits = rows.view(xp.int32)
    keys = bits ^ ((bits >> 31) & xp.int32(0x7FFFFFFF))
    keys[xp.isnan(rows)] = 0x7FFFFFFF
    numbers = (~keys if descending else keys).astype(xp.int64) << 32
    numbers |= xp.arange(rows.shape[-1])
    numbers.sort(axis=-1)
    numbers &= 0xFFFFFFFF
    return xp.moveaxis(numbers, -1, dim)


def sort(self: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    order = ranking(self, dim, descending)
    return arranged_like(self, xp.take_along_axis(self, order, dim)), arranged_like(self, order)


def sort_stable(self: Array, stable: bool | None, dim: int, descending: bool) -> tuple[Array, Array]:
    return sort(self, dim, descending)


def topk(self: Array, k: int, dim: int, largest: bool, sorted: bool) -> tuple[Array, Array]:
    """The ``k`` largest or smallest, in order, those among equal ones that torch gives."""
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    if k and not (sorted and are_distinct(self, dim)):
        order = xp.apply_along_axis(selection, dim, self, k, largest, sorted)
    else:
        order = xp.take(ranking(self, dim, largest), range(k), axis=dim)
    return plain(xp.take_along_axis(self, order, dim)), plain(order)


def are_distinct(self: Array, dim: int) -> bool:
    """Whether no two elements along ``dim`` are equal, of which NaNs are."""
    ordered = xp.moveaxis(xp.sort(self, axis=dim), dim, -1)
    one, other = ordered[..., 1:], ordered[..., :-1]
    return not xp.any((one == other) | ((one != one) & (other != other)))


def selection(row: Array, k: int, largest: bool, ordered: bool) -> Array:
    """The places in a row of its ``k`` largest or smallest."""
    ranks = xp.unique(row, return_inverse=True)[1]
    return xp.array(first_of((-ranks if largest else ranks).tolist(), k, ordered), xp.int64)


def kthvalue(self: Array, k: int, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return ranked(self, k - 1, dim, keepdim, quickselect)


Chosen = Callable[[list[int], int], int]


def ranked(
    self: Array, rank: Any, dim: int, keepdim: bool, choose: Chosen | None = None
) -> tuple[Array, Array]:
    """The element of a rank along ``dim``, one for all or one for each, and its index, among equal ones that which is
    chosen, the first in their order by default."""
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    if choose is None:
        return selected(self, place_of_rank(self, rank, dim), dim, keepdim)
    shape = list(self.shape)
    shape[dim] = 1
    rank = xp.full(shape, rank)
    if are_distinct(self, dim):
        places = xp.take_along_axis(ranking(self, dim, False), rank, dim)
    else:
        places = chosen(self, rank, dim, choose)
    return selected(self, places, dim, keepdim)


def place_of_rank(self: Array, rank: Any, dim: int) -> Array:
    """Where the elements of a rank are if equal ones keep their order, found by their value: that needs no indices
    sorted."""
    rows = xp.ascontiguousarray(xp.moveaxis(self, dim, -1))
    if xp.ndim(rank):
        rank = xp.moveaxis(rank, dim, -1)
        values = xp.take_along_axis(xp.sort(rows, axis=-1), rank, -1)
    else:
        values = xp.partition(rows, rank, axis=-1)[..., rank : rank + 1]
    alike, less = rows == values, rows < values
    if (values != values).any():
        holes, nothing = rows != rows, values != values
        alike, less = xp.where(nothing, holes, alike), xp.where(nothing, ~holes, less)
    before = rank - less.sum(axis=-1, keepdims=True)
    if before.any():
        alike = xp.cumsum(alike, axis=-1) > before
    return xp.moveaxis(alike.argmax(axis=-1, keepdims=True), -1, dim)


def chosen(self: Array, rank: Array, dim: int, choose: Chosen) -> Array:
    """The places of the elements of a rank in rows in which some are equal."""
    rows = xp.moveaxis(self, dim, -1)
    ranks = xp.moveaxis(rank, dim, -1)
    places = xp.empty(ranks.shape, xp.int64)
    for at in xp.ndindex(*ranks.shape[:-1]):
        places[at] = choose(xp.unique(rows[at], return_inverse=True)[1].tolist(), int(ranks[at][0]))
    return xp.moveaxis(places, -1, dim)


def median_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements; the first NaN where there is one."""
    rank = (self.shape[dim] - 1) // 2 if self.ndim else 0
    if self.ndim == 0 or self.dtype.kind in "biu" or not (holes := xp.isnan(self)).any():
        return ranked(self, rank, dim, keepdim)
    first_hole = self.shape[dim] - holes.sum(axis=dim, keepdims=True)
    return ranked(self, xp.where(holes.any(axis=dim, keepdims=True), first_hole, rank), dim, keepdim)


def nanmedian_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements that are not NaN; the first of none but NaNs."""
    if self.ndim == 0 or self.dtype.kind in "biu" or not (holes := xp.isnan(self)).any():
        return median_dim(self, dim, keepdim)
    count = (~holes).sum(axis=dim, keepdims=True)
    # NaNs have no order, not even that in which they stand.
    first = 0 if count.all() else nth_element([0] * self.shape[dim], 0)
    return ranked(self, xp.where(count, (count - 1) // 2, first), dim, keepdim)


def median(self: Array) -> Array:
    return middle_of(self, median_dim)


def nanmedian(self: Array) -> Array:
    return middle_of(self, nanmedian_dim)


def middle_of(self: Array, along: Any) -> Array:
    if self.size:
        return along(self.reshape(-1), 0, False)[0]
    return xp.asarray(xp.iinfo(self.dtype).min if self.dtype.kind in "iu" else xp.nan, self.dtype)


def sorted_places(self: Array, dim: int) -> Array:
    """The indices that sort along ``dim``, equal elements as C++ leaves them."""
    if self.shape[dim] <= SHORT_SORT or are_distinct(self, dim):
        return ranking(self, dim, False)
    return xp.apply_along_axis(
        lambda row: xp.array(sort_all(xp.unique(row, return_inverse=True)[1].tolist())), dim, self
    )


def mode(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The most frequent element, the smallest of several, and the last index at which it stands."""
    if self.ndim == 0:
        return self.copy(), xp.zeros((), xp.int64)
    order = xp.moveaxis(sorted_places(self, dim), dim, -1)
    ordered = xp.take_along_axis(xp.moveaxis(self, dim, -1), order, -1)
    count = ordered.shape[-1]
    starts = xp.ones(ordered.shape, xp.bool_)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    at = xp.arange(count)
    run = at - xp.maximum.accumulate(xp.where(starts, at, 0), axis=-1)
    found = xp.take_along_axis(order, xp.argmax(run, axis=-1)[..., None], -1)
    return selected(self, xp.moveaxis(found, -1, dim), dim, keepdim)
