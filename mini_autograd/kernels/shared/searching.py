"""Unique elements, binary search and counting."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.reduction import plain

Array = np.ndarray[Any, Any]

# Unique elements.


def unique2(self: Array, sorted: bool, return_inverse: bool, return_counts: bool) -> tuple[Array, ...]:
    """The different elements in order, where each went, and how often each was met."""
    order = np.argsort(self.reshape(-1), kind="stable")
    values, inverse, counts = runs(self.reshape(-1)[order])
    positions = np.empty(self.size, np.int64)
    positions[order] = inverse
    return outputs(self, values, positions, counts, return_inverse or return_counts, return_counts)


def unique_consecutive(self: Array, return_inverse: bool, return_counts: bool) -> tuple[Array, ...]:
    """As ``unique2``, but an element counts again after others came in between."""
    values, inverse, counts = runs(self.reshape(-1))
    room = self.size
    return outputs(self, cut(values, room), inverse, cut(counts, room), return_inverse, return_counts)


def cut(values: Array, room: int) -> Array:
    """``values`` in memory with room for as many as there might have been."""
    memory = np.empty(room, values.dtype)
    memory[: len(values)] = values
    return memory[: len(values)]


def unique_dim_consecutive(
    self: Array, dim: int, return_inverse: bool, return_counts: bool
) -> tuple[Array, ...]:
    if self.ndim == 1:
        return unique_consecutive(self, True, True)
    return along_dim(self, dim, None)


def unique_dim(
    self: Array, dim: int, sorted: bool, return_inverse: bool, return_counts: bool
) -> tuple[Array, ...]:
    """The different slices along ``dim``, in lexicographic order."""
    rows = np.moveaxis(self, dim, 0)
    rows = rows.reshape(len(rows), rows[:1].size)
    order = np.lexsort(rows.T[::-1]) if rows.shape[1] else np.arange(len(rows))
    return along_dim(self, dim, order)


def along_dim(self: Array, dim: int, order: Array | None) -> tuple[Array, ...]:
    slices = np.moveaxis(self, dim, 0)
    order = np.arange(len(slices)) if order is None else order
    chosen = slices[order]
    differ = (chosen[1:] != chosen[:-1]).reshape(max(len(chosen) - 1, 0), chosen[:1].size).any(axis=1)
    starts = np.concatenate([np.ones(min(len(chosen), 1), np.bool_), differ])
    inverse = np.empty(len(chosen), np.int64)
    inverse[order] = np.cumsum(starts) - 1
    counts = np.diff(np.append(np.flatnonzero(starts), len(chosen)))
    values = plain(np.ascontiguousarray(chosen[starts]))
    if self.ndim > 1:
        values = np.moveaxis(values, 0, dim)
    return values if self.size else plain(values), plain(inverse), plain(counts.astype(np.int64))


def runs(ordered: Array) -> tuple[Array, Array, Array]:
    """The first of each run of equal elements, the number of its run for every element, and their lengths."""
    starts = np.ones(ordered.size, np.bool_)
    starts[1:] = ordered[1:] != ordered[:-1]
    counts = np.diff(np.append(np.flatnonzero(starts), ordered.size))
    return ordered[starts], np.cumsum(starts) - 1, counts.astype(np.int64)


def outputs(
    self: Array, values: Array, inverse: Array, counts: Array, with_inverse: bool, with_counts: bool
) -> tuple[Array, Array, Array]:
    none = np.empty(0, np.int64)
    found = plain(inverse.reshape(self.shape)) if with_inverse else none
    return plain(values), plain(found), plain(counts if with_counts else none)


# Binary search and counting.


def searchsorted(
    sorted_sequence: Array, self: Array, out_int32: bool, right: bool, side: str | None, sorter: Array | None
) -> Array:
    """Where each element of ``self`` would go in the last dimension of the sequence; NaN after everything."""
    if sorter is not None:
        sorted_sequence = np.take_along_axis(sorted_sequence, sorter, -1)
    right = right or side == "right"
    found = plain(np.zeros(self.shape, np.int32 if out_int32 else np.int64))
    if sorted_sequence.ndim == 1:
        found[...] = bisect(sorted_sequence, self, right)
        return found
    for index in np.ndindex(self.shape[:-1]):
        found[index] = bisect(sorted_sequence[index], self[index], right)
    return found


def bisect(sequence: Array, values: Array, right: bool) -> Array:
    odd = sequence.dtype.kind not in "iu" and np.isnan(values).any()
    if not odd and np.all(sequence[:-1] <= sequence[1:]):
        found = np.asarray(np.searchsorted(sequence, values, "right" if right else "left"))
        return found if sequence.dtype.kind in "iu" else np.where(np.isnan(values), len(sequence), found)
    # Which way each step goes counts where the sequence is not sorted; a NaN in it is above everything.
    low, high = np.zeros(values.shape, np.int64), np.full(values.shape, len(sequence))
    while (low < high).any():
        middle = (low + high) // 2
        at = sequence[np.minimum(middle, len(sequence) - 1)]
        beyond = ~(at > values) if right else ~(at >= values)
        active = low < high
        low, high = np.where(active & beyond, middle + 1, low), np.where(active & ~beyond, middle, high)
    return low


def bincount(self: Array, weights: Array | None, minlength: int) -> Array:
    """How often each integer occurs, or the sum of its weights."""
    if weights is None:
        return plain(np.bincount(self, None, minlength).astype(np.int64))
    counts = np.bincount(self, weights, minlength)
    return plain(counts.astype(np.float32 if weights.dtype == np.float32 else np.float64))


def histc(self: Array, bins: int, min: float, max: float) -> Array:
    """How many elements lie in each of ``bins`` equal intervals; the last includes its end."""
    if min == max and self.size:
        min, max = float(self.min()), float(self.max())
    if min == max:
        min, max = min - 1, max + 1
    inside = self[(self >= min) & (self <= max)]
    at = ((inside - self.dtype.type(min)) * bins / self.dtype.type(max - min)).astype(np.int64)
    return np.bincount(np.minimum(at, bins - 1), minlength=bins).astype(self.dtype)
