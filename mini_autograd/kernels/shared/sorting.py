"""Sorting and selection by rank. NaN ranks above everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd.kernels.shared.arrangement import layout_of_cast, restrided
from mini_autograd.kernels.shared.reduction import plain, selected
from mini_autograd.kernels.shared.selection import SHORT_SORT, first_of, nth_element, quickselect, sort_all

Array = np.ndarray[Any, Any]
MANY = 1024


def arranged_like(self: Array, result: Array) -> Array:
    """``result`` with its dimensions in memory in the order of those of ``self``."""
    return restrided(result, layout_of_cast(self)[1])


def ranking(self: Array, dim: int, descending: bool) -> Array:
    """The indices that sort along ``dim``, equal elements in their order."""
    if self.dtype == np.float32 and self.size > MANY and self.shape[dim] < 1 << 31:
        return ranking_at_once(self, dim, descending)
    if descending:
        last = self.shape[dim] - 1
        return np.flip(last - np.argsort(np.flip(self, dim), axis=dim, kind="stable"), dim)
    return np.argsort(self, axis=dim, kind="stable")


def ranking_at_once(self: Array, dim: int, descending: bool) -> Array:
    """The same of float32, by sorting numbers of which one half orders as the elements do and the other is the index:
    that needs no look at an element for each comparison, and no two are equal."""
    rows = np.ascontiguousarray(np.moveaxis(self, dim, -1)) + np.float32(0)  # no zero is -0
    bits = rows.view(np.int32)
    keys = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    keys[np.isnan(rows)] = 0x7FFFFFFF
    numbers = (~keys if descending else keys).astype(np.int64) << 32
    numbers |= np.arange(rows.shape[-1])
    numbers.sort(axis=-1)
    numbers &= 0xFFFFFFFF
    return np.moveaxis(numbers, -1, dim)


def sort(self: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    if self.ndim == 0:
        return self.copy(), np.zeros((), np.int64)
    order = ranking(self, dim, descending)
    return arranged_like(self, np.take_along_axis(self, order, dim)), arranged_like(self, order)


def sort_stable(self: Array, stable: bool | None, dim: int, descending: bool) -> tuple[Array, Array]:
    return sort(self, dim, descending)


def topk(self: Array, k: int, dim: int, largest: bool, sorted: bool) -> tuple[Array, Array]:
    """The ``k`` largest or smallest, in order, those among equal ones that torch gives."""
    if self.ndim == 0:
        return self.copy(), np.zeros((), np.int64)
    if k and not (sorted and are_distinct(self, dim)):
        order = np.apply_along_axis(selection, dim, self, k, largest, sorted)
    else:
        order = np.take(ranking(self, dim, largest), range(k), axis=dim)
    return plain(np.take_along_axis(self, order, dim)), plain(order)


def are_distinct(self: Array, dim: int) -> bool:
    """Whether no two elements along ``dim`` are equal, of which NaNs are."""
    ordered = np.moveaxis(np.sort(self, axis=dim), dim, -1)
    one, other = ordered[..., 1:], ordered[..., :-1]
    return not np.any((one == other) | ((one != one) & (other != other)))


def selection(row: Array, k: int, largest: bool, ordered: bool) -> Array:
    """The places in a row of its ``k`` largest or smallest."""
    ranks = np.unique(row, return_inverse=True)[1]
    return np.array(first_of((-ranks if largest else ranks).tolist(), k, ordered), np.int64)


def kthvalue(self: Array, k: int, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return ranked(self, k - 1, dim, keepdim, quickselect)


Chosen = Callable[[list[int], int], int]


def ranked(
    self: Array, rank: Any, dim: int, keepdim: bool, choose: Chosen | None = None
) -> tuple[Array, Array]:
    """The element of a rank along ``dim``, one for all or one for each, and its index, among equal ones that which is
    chosen, the first in their order by default."""
    if self.ndim == 0:
        return self.copy(), np.zeros((), np.int64)
    if choose is None:
        return selected(self, place_of_rank(self, rank, dim), dim, keepdim)
    shape = list(self.shape)
    shape[dim] = 1
    rank = np.full(shape, rank)
    if are_distinct(self, dim):
        places = np.take_along_axis(ranking(self, dim, False), rank, dim)
    else:
        places = chosen(self, rank, dim, choose)
    return selected(self, places, dim, keepdim)


def place_of_rank(self: Array, rank: Any, dim: int) -> Array:
    """Where the elements of a rank are if equal ones keep their order, found by their value: that needs no indices
    sorted."""
    rows = np.ascontiguousarray(np.moveaxis(self, dim, -1))
    if np.ndim(rank):
        rank = np.moveaxis(rank, dim, -1)
        values = np.take_along_axis(np.sort(rows, axis=-1), rank, -1)
    else:
        values = np.partition(rows, rank, axis=-1)[..., rank : rank + 1]
    alike, less = rows == values, rows < values
    if (values != values).any():
        holes, nothing = rows != rows, values != values
        alike, less = np.where(nothing, holes, alike), np.where(nothing, ~holes, less)
    before = rank - np.count_nonzero(less, axis=-1, keepdims=True)
    if before.any():
        alike = np.cumsum(alike, axis=-1) > before
    return np.moveaxis(alike.argmax(axis=-1, keepdims=True), -1, dim)


def chosen(self: Array, rank: Array, dim: int, choose: Chosen) -> Array:
    """The places of the elements of a rank in rows in which some are equal."""
    rows = np.moveaxis(self, dim, -1)
    ranks = np.moveaxis(rank, dim, -1)
    places = np.empty(ranks.shape, np.int64)
    for at in np.ndindex(*ranks.shape[:-1]):
        places[at] = choose(np.unique(rows[at], return_inverse=True)[1].tolist(), int(ranks[at][0]))
    return np.moveaxis(places, -1, dim)


def median_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements; the first NaN where there is one."""
    rank = (self.shape[dim] - 1) // 2 if self.ndim else 0
    if self.ndim == 0 or self.dtype.kind in "biu" or not (holes := np.isnan(self)).any():
        return ranked(self, rank, dim, keepdim)
    first_hole = self.shape[dim] - holes.sum(axis=dim, keepdims=True)
    return ranked(self, np.where(holes.any(axis=dim, keepdims=True), first_hole, rank), dim, keepdim)


def nanmedian_dim(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The lower of the middle elements that are not NaN; the first of none but NaNs."""
    if self.ndim == 0 or self.dtype.kind in "biu" or not (holes := np.isnan(self)).any():
        return median_dim(self, dim, keepdim)
    count = (~holes).sum(axis=dim, keepdims=True)
    # NaNs have no order, not even that in which they stand.
    first = 0 if count.all() else nth_element([0] * self.shape[dim], 0)
    return ranked(self, np.where(count, (count - 1) // 2, first), dim, keepdim)


def median(self: Array) -> Array:
    return middle_of(self, median_dim)


def nanmedian(self: Array) -> Array:
    return middle_of(self, nanmedian_dim)


def middle_of(self: Array, along: Any) -> Array:
    if self.size:
        return along(self.reshape(-1), 0, False)[0]
    return np.asarray(np.iinfo(self.dtype).min if self.dtype.kind in "iu" else np.nan, self.dtype)


def sorted_places(self: Array, dim: int) -> Array:
    """The indices that sort along ``dim``, equal elements as C++ leaves them."""
    if self.shape[dim] <= SHORT_SORT or are_distinct(self, dim):
        return ranking(self, dim, False)
    return np.apply_along_axis(
        lambda row: np.array(sort_all(np.unique(row, return_inverse=True)[1].tolist())), dim, self
    )


def mode(self: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The most frequent element, the smallest of several, and the last index at which it stands."""
    if self.ndim == 0:
        return self.copy(), np.zeros((), np.int64)
    order = np.moveaxis(sorted_places(self, dim), dim, -1)
    ordered = np.take_along_axis(np.moveaxis(self, dim, -1), order, -1)
    count = ordered.shape[-1]
    starts = np.ones(ordered.shape, np.bool_)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    at = np.arange(count)
    run = at - np.maximum.accumulate(np.where(starts, at, 0), axis=-1)
    found = np.take_along_axis(order, np.argmax(run, axis=-1)[..., None], -1)
    return selected(self, np.moveaxis(found, -1, dim), dim, keepdim)
