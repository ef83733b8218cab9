"""Advanced indexing: elements picked and put by tensors of indices and masks.

NOTE [Strides of picked elements]: torch orders the dimensions of what it picks in memory as an elementwise op on the
tensor and on the indices would, with a stride of 0 for the tensor along indexed dimensions; numpy does otherwise.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import Layout, elementwise_strides, layout_of, restrided
from mini_autograd.kernels.shared.memory import contiguous_strides
from mini_autograd.kernels.shared.view import view_strides

Indices = list[Array | None]

INDEX_TYPES = ("int64", "int32", "uint8", "bool")


def index(self: Array, indices: Indices) -> Array:
    """The elements at ``indices``, broadcast together; None takes all of a dimension."""
    if self.flags.c_contiguous and (self.ndim == 1 or 1 not in self.shape):
        taken = take_along_one(self, indices)
        if taken is not None:
            return taken
    expanded = expand_indices(self, indices)
    check_bounds(self, expanded)
    chosen = [dim for dim, one in enumerate(expanded) if one is not None]
    shape = indexed_shape(self, expanded)
    picked = xp.empty(shape, self.dtype) if 0 in shape else self[numpy_index(expanded)]
    return ordered(picked, self, expanded, chosen)


def take_along_one(self: Array, indices: Indices) -> Array | None:
    """The common case, a single tensor of numbers, at numpy's speed; None for the others."""
    last = len(indices) - 1
    places = indices[last] if indices else None
    if places is None or places.dtype not in (xp.int64, xp.int32) or not places.flags.c_contiguous:
        return None
    if (
        last >= self.ndim
        or (places.ndim > 1 and 1 in places.shape)
        or any(one is not None for one in indices[:last])
        or not (places.size and self.size)
    ):
        return None
    try:
        return self.take(places, axis=last)
    except IndexError:
        check_bounds(self, indices)
        raise


def numpy_index(expanded: Indices) -> tuple:
    return (*[slice(None) if one is None else one for one in expanded], Ellipsis)


def ordered(picked: Array, self: Array, expanded: Indices, chosen: list[int]) -> Array:
    """``picked`` with torch's strides: NOTE [Strides of picked elements]."""
    places = [one for one in expanded if one is not None]
    ndim = max((one.ndim for one in places), default=0)
    adjacent = not chosen or chosen[-1] - chosen[0] == len(chosen) - 1
    at = chosen[0] if adjacent and chosen else 0
    kept = [dim for dim in range(self.ndim) if dim not in chosen]
    before, after = [dim for dim in kept if dim < at], [dim for dim in kept if dim >= at]
    together = picked.shape[len(before) : len(before) + ndim]
    source = layout_of(self)[1]
    kept_steps = [source[dim] for dim in before], [source[dim] for dim in after]
    operands: list[Layout] = [(picked.shape, (*kept_steps[0], *(0,) * ndim, *kept_steps[1]))]
    seen = (1,) * len(before) + together + (1,) * len(after)
    for one in places:
        whole = xp.broadcast_to(one, together) if one.shape != together else one
        steps = view_strides(whole, seen) or contiguous_strides(seen, one.itemsize)
        operands.append((seen, tuple([step // one.itemsize for step in steps])))
    wanted = elementwise_strides(picked.shape, operands)
    if picked.size and picked.base is not None:
        picked = picked.copy(order="K")
    return restrided(picked, wanted)


def expand_indices(self: Array, indices: Indices) -> Indices:
    """Masks replaced by the places that they hold; IndexError for what is no index."""
    check_count(self, indices)
    expanded: Indices = []
    for one in indices:
        if one is None:
            expanded.append(None)
            continue
        kind = dtypes.of_numpy(one.dtype).name
        if kind not in INDEX_TYPES:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if kind in ("uint8", "bool"):
            expanded += places_of(self, one, len(expanded))
        else:
            expanded.append(one)
    check_count(self, expanded)
    check_together([one for one in expanded if one is not None])
    return expanded


def check_count(self: Array, indices: Indices) -> None:
    if len(indices) > self.ndim:
        raise IndexError(f"too many indices for tensor of dimension {self.ndim} (got {len(indices)})")


def places_of(self: Array, mask: Array, start: int) -> list[Array]:
    """Where the mask is set, along each of its dimensions, which are those of ``self`` from ``start`` on."""
    for dim in range(mask.ndim):
        if start + dim >= self.ndim or mask.shape[dim] != self.shape[start + dim]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {dim} does not match the shape of the indexed "
                f"tensor {list(self.shape)} at index {start + dim}"
            )
    if mask.ndim == 0:
        return [xp.zeros(int(bool(mask)), xp.int64)]
    return list(xp.nonzero(mask))


def check_together(places: list[Array]) -> None:
    if len(places) < 2 or all(one.shape == places[0].shape for one in places):
        return
    try:
        xp.broadcast_shapes(*[one.shape for one in places])
    except ValueError:
        shapes = ", ".join(str(list(one.shape)) for one in places)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None


def check_empty(self: Array, expanded: Indices) -> None:
    """IndexError for places in a dimension that has none."""
    for places, size in zip(expanded, self.shape, strict=False):
        if places is not None and size == 0 and places.size:
            raise IndexError("index is out of bounds for dimension with size 0")


def check_bounds(self: Array, expanded: Indices) -> None:
    """IndexError for the first place that is outside its dimension, counted from either end; torch numbers those only
    that have places, and looks at no place where there is nothing to be had."""
    check_empty(self, expanded)
    sized = [(one, size) for one, size in zip(expanded, self.shape, strict=False) if one is not None]
    if 0 in indexed_shape(self, expanded):
        return
    if any(places.size and (places.min() < -size or places.max() >= size) for places, size in sized):
        raise first_outside(sized)


def first_outside(sized: list[tuple[Array, int]]) -> IndexError:
    """Of the first element that has a place outside of its dimension, the first such place."""
    together = xp.broadcast_arrays(*[places for places, _ in sized])
    outside = xp.stack(
        [(one < -size) | (one >= size) for one, (_, size) in zip(together, sized, strict=True)], -1
    )
    at, number = divmod(int(xp.argmax(outside)), len(sized))
    place, size = together[number].reshape(-1)[at], sized[number][1]
    return IndexError(f"index {place} is out of bounds for dimension {number} with size {size}")


def index_of_sequence(values: Any) -> Array:
    """Indices written as a list or an array: bools make a mask, other numbers become int64."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(values).__name__}'")
    array = xp.asarray(values)
    if not array.size:
        return xp.zeros(array.shape[:1], xp.int64)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"new(): invalid data type '{type(array.flat[0]).__name__}'")
    return array if array.dtype.kind == "b" else array.astype(xp.int64)


def put_at(self: Array, indices: Indices, values: Array, accumulate: bool) -> Array:
    """Write ``values`` at ``indices``, or with ``accumulate`` add them up."""
    expanded = expand_indices(self, indices)
    check_empty(self, expanded)
    fitted = fit_values(self, expanded, values)
    if values.dtype != self.dtype:
        to, of = (dtypes.of_numpy(array.dtype).legacy for array in (self, values))
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {to} for the destination and {of} for "
            "the source."
        )
    check_bounds(self, expanded)
    place = numpy_index(expanded)
    if 0 in indexed_shape(self, expanded):
        return self
    if accumulate:
        add_at(self, place, fitted)
    else:
        self[place] = fitted
    return self


def fit_values(self: Array, expanded: Indices, values: Array) -> Array:
    """``values``; RuntimeError where they do not broadcast to what is indexed."""
    shape = indexed_shape(self, expanded)
    suits = values.ndim <= len(shape) and all(
        size in (1, wanted) for size, wanted in zip(values.shape[::-1], shape[::-1], strict=False)
    )
    if not suits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        )
    return values


def indexed_shape(self: Array, expanded: Indices) -> tuple[int, ...]:
    chosen = [dim for dim, one in enumerate(expanded) if one is not None]
    together = xp.broadcast_shapes(*[one.shape for one in expanded if one is not None])
    kept = [size for dim, size in enumerate(self.shape) if dim not in chosen]
    adjacent = not chosen or chosen[-1] - chosen[0] == len(chosen) - 1
    at = chosen[0] if adjacent and chosen else 0
    return (*kept[:at], *together, *kept[at:])


def add_at(self: Array, place: Any, values: Array) -> None:
    """Add each value at its place, one after the other where places repeat."""
    if self.dtype.kind == "V":
        # What numpy does not know as a number it cannot add in place; each sum is rounded, as torch rounds it.
        wide = self.astype(xp.float32)
        spread = xp.broadcast_to(values.astype(xp.float32), wide[place].shape)
        flat = xp.arange(self.size).reshape(self.shape)[place].reshape(-1)
        sums = wide.reshape(-1)
        for at, value in zip(flat.tolist(), spread.reshape(-1).tolist(), strict=True):
            sums[at] = xp.float32(self.dtype.type(sums[at] + xp.float32(value)))
        self[...] = sums.reshape(self.shape)
    else:
        xp.add.at(self, place, values)
