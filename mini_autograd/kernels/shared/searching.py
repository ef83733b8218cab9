"""Unique elements, binary search and counting."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.reduction import plain

# Unique elements.


def unique2(self: Array, sorted: bool, return_inverse: bool, return_counts: bool) -> tuple[Array, ...]:
    """The different elements in order, where each went, and how often each was met."""
    order = xp.argsort(self.reshape(-1), kind="stable")
    values, inverse, counts = runs(self.reshape(-1)[order])
    positions = xp.empty(self.size, xp.int64)
    positions[order] = inverse
    return outputs(self, values, positions, counts, return_inverse or return_counts, return_counts)


def unique_consecutive(self: Array, return_inverse: bool, return_counts: bool) -> tuple[Array, ...]:
    """As ``unique2``, but an element counts again after others came in between."""
    values, inverse, counts = runs(self.reshape(-1))
    room = self.size
    return outputs(self, cut(values, room), inverse, cut(counts, room), return_inverse, return_counts)


def cut(values: Array, room: int) -> Array:
    """``values`` in memory with room for as many as there might have been."""
    memory = xp.empty(room, values.dtype)
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
    rows = xp.moveaxis(self, dim, 0)
    rows = rows.reshape(len(rows), rows[:1].size)
    order = xp.lexsort(rows.T[::-1]) if rows.shape[1] else xp.arange(len(rows))
    return along_dim(self, dim, order)


def along_dim(self: Array, dim: int, order: Array | None) -> tuple[Array, ...]:
    slices = xp.moveaxis(self, dim, 0)
    order = xp.arange(len(slices)) if order is None else order
    chosen = slices[order]
    differ = (chosen[1:] != chosen[:-1]).reshape(max(len(chosen) - 1, 0), chosen[:1].size).any(axis=1)
    starts = xp.concatenate([xp.ones(min(len(chosen), 1), xp.bool_), differ])
    inverse = xp.empty(len(chosen), xp.int64)
    inverse[order] = xp.cumsum(starts) - 1
    counts = xp.diff(xp.append(xp.flatnonzero(starts), len(chosen)))
    values = plain(xp.ascontiguousarray(chosen[starts]))
    if self.ndim > 1:
        values = xp.moveaxis(values, 0, dim)
    return values if self.size else plain(values), plain(inverse), plain(counts.astype(xp.int64))


def runs(ordered: Array) -> tuple[Array, Array, Array]:
    """The first of each run of equal elements, the number of its run for every element, and their lengths."""
    starts = xp.ones(ordered.size, xp.bool_)
    starts[1:] = ordered[1:] != ordered[:-1]
    counts = xp.diff(xp.append(xp.flatnonzero(starts), ordered.size))
    return ordered[starts], xp.cumsum(starts) - 1, counts.astype(xp.int64)


def outputs(
    self: Array, values: Array, inverse: Array, counts: Array, with_inverse: bool, with_counts: bool
) -> tuple[Array, Array, Array]:
    none = xp.empty(0, xp.int64)
    found = plain(inverse.reshape(self.shape)) if with_inverse else none
    return plain(values), plain(found), plain(counts if with_counts else none)


# Binary search and counting.


def searchsorted(
    sorted_sequence: Array, self: Array, out_int32: bool, right: bool, side: str | None, sorter: Array | None
) -> Array:
    """Where each element of ``self`` would go in the last dimension of the sequence; NaN after everything."""
    if sorter is not None:
        sorted_sequence = xp.take_along_axis(sorted_sequence, sorter, -1)
    right = right or side == "right"
    found = plain(xp.zeros(self.shape, xp.int32 if out_int32 else xp.int64))
    if sorted_sequence.ndim == 1:
        found[...] = bisect(sorted_sequence, self, right)
        return found
    for index in xp.ndindex(self.shape[:-1]):
        found[index] = bisect(sorted_sequence[index], self[index], right)
    return found


def bisect(sequence: Array, values: Array, right: bool) -> Array:
    odd = sequence.dtype.kind not in "iu" and xp.isnan(values).any()
    if not odd and xp.all(sequence[:-1] <= sequence[1:]):
        found = xp.asarray(xp.searchsorted(sequence, values, "right" if right else "left"))
        return found if sequence.dtype.kind in "iu" else xp.where(xp.isnan(values), len(sequence), found)
    # Which way each step goes counts where the sequence is not sorted; a NaN in it is above everything.
    low, high = xp.zeros(values.shape, xp.int64), xp.full(values.shape, len(sequence))
    while (low < high).any():
        middle = (low + high) // 2
        at = sequence[xp.minimum(middle, len(sequence) - 1)]
        beyond = ~(at > values) if right else ~(at >= values)
        active = low < high
        low, high = xp.where(active & beyond, middle + 1, low), xp.where(active & ~beyond, middle, high)
    return low


def bincount(self: Array, weights: Array | None, minlength: int) -> Array:
    """How often each integer occurs, or the sum of its weights."""
    if weights is None:
        return plain(xp.bincount(self, None, minlength).astype(xp.int64))
    counts = xp.bincount(self, weights, minlength)
    return plain(counts.astype(xp.float32 if weights.dtype == xp.float32 else xp.float64))


def histc(self: Array, bins: int, min: float, max: float) -> Array:
    """How many elements lie in each of ``bins`` equal intervals; the last includes its end."""
    if min == max and self.size:
        min, max = float(self.min()), float(self.max())
    if min == max:
        min, max = min - 1, max + 1
    inside = self[(self >= min) & (self <= max)]
    at = ((inside - self.dtype.type(min)) * bins / self.dtype.type(max - min)).astype(xp.int64)
    return xp.bincount(xp.minimum(at, bins - 1), minlength=bins).astype(self.dtype)
