"""Slices and single elements selected, added, copied and filled by an index for each."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import clone
from mini_autograd.kernels.shared.indexing import add_at
from mini_autograd.kernels.shared.memory import allocate, contiguous
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.overlap import check_disjoint, check_single, warn_expanded
from mini_autograd.kernels.shared.part import along
from mini_autograd.kernels.shared.scattering import (
    LONG,
    Combine,
    Pick,
    at_least_1d,
    check_range,
    combine_at,
    copying,
    legacy,
    reduce_all,
    rounded_once,
)
from mini_autograd.kernels.shared.view import as_strided, position

# One index for a whole slice ------------------------------------------------------------------------------


def index_select(self: Array, dim: int, index: Array, pick: Pick | None = None) -> Array:
    """The slices of dimension ``dim`` that the vector ``index`` names."""
    dim = position(dim, self.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype not in LONG:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if self.ndim == 0 and index.size != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {index.size} value(s)"
        )
    source, places = at_least_1d(self), at_least_1d(index)
    size = source.shape[dim]
    if not is_within(places, size):
        raise out_of_range(source, dim, places)
    shape = (*source.shape[:dim], places.size, *source.shape[dim + 1 :])
    if pick is not None and 0 not in shape:
        result = contiguous(pick(source, dim, places))
    else:
        result = allocate(shape, self.dtype)
        if result.size:
            xp.take(source, places, axis=dim, out=result, mode="clip")
    return result if self.ndim else result.reshape(())


def is_within(index: Array, size: int) -> bool:
    return not index.size or (index.min() >= 0 and index.max() < size)


def out_of_range(self: Array, dim: int, index: Array) -> Exception:
    """What torch says of an index, which depends on the loop that comes upon it."""
    size = self.shape[dim]
    if self.ndim < 2 or (self.size and dim != 1):
        return IndexError("index out of range in self")
    if not size:
        return RuntimeError("index_select(): self indexing axis dim should be positive")
    first = index[(index < 0) | (index >= size)][0]
    return RuntimeError(f"INDICES element is out of DATA bounds, id={first} axis_dim={size}")


def index_add_into(
    self: Array, dim: int, index: Array, source: Array, alpha: Any = 1, combine: Combine = combine_at
) -> Array:
    """Add the slices of ``source``, times ``alpha``, to those that ``index`` names."""
    at = position(dim, self.ndim)
    check_slices("index_add_", self, at, index, source)
    check_disjoint(self, index, source)
    if self.ndim > 1 and not self.size:
        return self
    scattered = self.ndim > 1 and at in (0, self.ndim - 1)  # which torch has ``scatter_add`` do
    if scattered:
        check_range(index, at, self.shape[at])
    elif not is_within(index, self.shape[at] if self.ndim else 1):
        raise IndexError("index out of range in self")
    check_single(self)
    target, added = at_least_1d(self), at_least_1d(source)
    places = at_least_1d(index)
    if alpha != 1 and self.ndim > 1 and self.dtype == xp.float32:
        add_multiples(target, at, places, added, xp.float64(xp.float32(alpha)))
        return self
    if alpha != 1:
        added = added * element(alpha, dtypes.of_numpy(self.dtype))
    with rounded_once(target) if scattered and alpha == 1 else nullcontext(target) as sums:
        combine(xp.add, sums, at, places, added)
    return self


def add_multiples(target: Array, dim: int, index: Array, source: Array, alpha: xp.float64) -> None:
    """Add ``alpha`` times each slice, product and sum rounded together."""
    for at_source, at_target in enumerate(index.tolist()):
        part = along(target.ndim, dim, at_target)
        multiple = source[along(target.ndim, dim, at_source)].astype(xp.float64) * alpha
        target[part] = target[part] + multiple


def check_slices(name: str, self: Array, dim: int, index: Array, source: Array) -> None:
    if index.dtype not in LONG:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index but got: {legacy(index)}")
    if source.dtype != self.dtype:
        raise RuntimeError(
            f"{name}(): self ({legacy(self)}) and source ({legacy(source)}) must have the same scalar type"
        )
    if index.ndim > 1:
        raise IndexError(
            f"{name}(): Index is supposed to be a vector, but got dim: {index.ndim} with type: {legacy(index)} and "
            f"size: {list(index.shape)}"
        )
    length = source.shape[dim] if source.ndim > dim else 1
    if source.ndim and index.size != length:
        raise RuntimeError(
            f"{name}(): Number of indices ({index.size}) should be equal to source.size(dim): ({length}), for dim: "
            f"{dim}"
        )
    others = [shape[:dim] + shape[dim + 1 :] for shape in (self.shape, source.shape)]
    if self.ndim != source.ndim or others[0] != others[1]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(self.shape)} source.shape = {list(source.shape)}"
        )


index_add = copying(index_add_into)


def index_reduce_into(
    self: Array,
    dim: int,
    index: Array,
    source: Array,
    reduce: str,
    include_self: bool = True,
    combine: Combine = combine_at,
) -> Array:
    """Reduce the slices of ``source`` that go to one place, with what is there unless ``include_self`` is False."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )
    at = position(dim, self.ndim)
    check_slices("index_reduce_", self, at, index, source)
    check_single(self)
    check_disjoint(self, index, source)
    warnings.warn("index_reduce() is in beta and the API may change at any time.", UserWarning, stacklevel=7)
    size = self.shape[at] if self.ndim else 1
    if self.ndim > 1 and index.size and not size:
        raise IndexError(
            f"select(): index 0 out of range for tensor of size {list(self.shape)} at dimension {at}"
        )
    if not is_within(index, size):
        raise IndexError("index out of range in self")
    if reduce in ("amax", "amin") and self.dtype.kind == "c":
        kernel = "maximum_cpu" if reduce == "amax" else "minimum_cpu"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{legacy(self)}'")
    target = at_least_1d(self)
    reduce_all(target, at, at_least_1d(index), at_least_1d(source), reduce, include_self, combine)
    return self


index_reduce = copying(index_reduce_into)


def index_copy_into(self: Array, dim: int, index: Array, source: Array) -> Array:
    """Write the slices of ``source`` over those that ``index`` names."""
    check_disjoint(self, index, source)
    at = position(dim, self.ndim)
    check_index_copy(self, at, index, source)
    check_single(self)
    target = at_least_1d(self)
    values = source.reshape(1) if source.ndim == 0 else source
    if self.size:
        target[along(target.ndim, at, at_least_1d(index))] = values
    return self


def check_index_copy(self: Array, dim: int, index: Array, source: Array) -> None:
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if source.ndim == 0 and index.size != 1:
        raise IndexError(
            f"index_copy_(): When source is scalar, index should have one element (got {index.size})"
        )
    if source.ndim != self.ndim and source.ndim and self.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({source.ndim}), destination dimensionality ({self.ndim})"
        )
    if index.dtype != xp.int64:
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {legacy(index)}")
    if self.dtype != source.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{legacy(self)} and (source) {legacy(source)}"
        )
    one, two = (shape[:dim] + shape[dim + 1 :] for shape in (self.shape, source.shape))
    if one != two:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, one))} at dimension {dim} and source slice shape: {' '.join(map(str, two))} at "
            f"dimension 0."
        )
    if source.ndim and index.size != source.shape[dim]:
        raise IndexError(
            f"index_copy_(): Number of indices ({index.size}) should be equal to source.size(dim) "
            f"({source.shape[dim]})"
        )
    if covers(self, dim, index):
        check_places(index, dim, 0, self.shape[dim] if self.ndim else 1, "index_copy_(): ")


def check_places(index: Array, dim: int, least: int, size: int, name: str = "") -> None:
    """IndexError for the first place that is less than ``least`` or not below ``size``."""
    for place in index.reshape(-1).tolist():
        if not least <= place < size:
            raise IndexError(f"{name}index {place} is out of bounds for dimension {dim} with size {size}")


def covers(self: Array, dim: int, index: Array) -> bool:
    """Whether there is an element to write; torch walks over ``self`` with as many places along ``dim`` as ``index``
    has, for which it asks the memory."""
    if not self.ndim:
        return True
    size = (*self.shape[:dim], index.size, *self.shape[dim + 1 :])
    if 0 in self.shape and 0 not in size:
        steps = [step // self.itemsize for step in self.strides]
        as_strided(self, size, (*steps[:dim], 0, *steps[dim + 1 :]), None)
    return 0 not in size


index_copy = copying(index_copy_into)


def index_fill_into(self: Array, dim: int, index: Array, value: Any) -> Array:
    """Write ``value``, a number or a 0-d array, over the slices that ``index`` names, from either end."""
    at = position(dim, self.ndim)
    if index.dtype != xp.int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if isinstance(value, xp.ndarray):
        if value.ndim:
            raise RuntimeError(
                "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        value = value.item() if value.dtype.kind != "V" else float(value)
    if isinstance(value, complex) and self.dtype.kind != "c":
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    size = self.shape[at] if self.ndim else 1
    if covers(self, at, index):
        check_places(index, at, -size, size)
    warn_expanded("index_fill_", self, "tensor[mask] = scalar")
    target = at_least_1d(self)
    if not self.size:
        return self
    target[along(target.ndim, at, at_least_1d(index))] = element(value, dtypes.of_numpy(self.dtype))
    return self


def index_fill(self: Array, dim: int, index: Array, value: Any) -> Array:
    return index_fill_into(clone(self), dim, index, value)


# Elements by their number ---------------------------------------------------------------------------------


def check_numbers(name: str, index: Array, size: int) -> None:
    if index.dtype != xp.int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {legacy(index)}")


def check_taken(index: Array, size: int) -> None:
    if index.size and (index.min() < -size or index.max() >= size):
        flat = index.reshape(-1)
        first = flat[(flat < -size) | (flat >= size)][0]
        raise IndexError(f"out of range: tried to access index {first} on a tensor of {size} elements.")


def take(self: Array, index: Array) -> Array:
    """The elements that ``index`` numbers, as if ``self`` were one list, from either end."""
    check_numbers("take", index, self.size)
    if not self.size and index.size:
        raise IndexError("take(): tried to take from an empty tensor")
    check_taken(index, self.size)
    result = allocate(index.shape, self.dtype)
    if index.size:
        result[...] = self.reshape(-1)[index]
    return result


def put_into(self: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    """Write, or with ``accumulate`` add, the elements of ``source`` where ``index`` numbers."""
    check_numbers("put_", index, self.size)
    if self.dtype != source.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {legacy(self)} and "
            f"source.dtype = {legacy(source)}"
        )
    if index.size != source.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.size}, index.numel() = {index.size}"
        )
    if not self.size and index.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    check_taken(index, self.size)
    check_single(self)
    check_disjoint(self, index, source)
    places = index.reshape(-1) % max(self.size, 1)
    place = xp.unravel_index(places, self.shape) if self.ndim else ()
    if self.ndim == 0:
        return put_into(self.reshape(1), index, source, accumulate).reshape(()) if index.size else self
    if accumulate:
        add_at(self, place, source.reshape(-1))
    else:
        self[place] = source.reshape(-1)
    return self


def put(self: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    return put_into(clone(self), index, source, accumulate)


def distinct(self: Array) -> Array:
    return xp.unique(self)


def broadcast_except(one: tuple[int, ...], two: tuple[int, ...], dim: int) -> tuple[int, ...]:
    """Two shapes broadcast, but for ``dim``, which need not agree; RuntimeError where others do not."""
    ndim = len(one)
    if ndim == 0:
        raise errors.no_dimensions(dim)
    dim = position(dim, ndim)
    shape = [0] * ndim
    for at in reversed(range(ndim)):
        if at != dim and one[at] != two[at] and 1 not in (one[at], two[at]):
            raise errors.no_broadcast(one[at], two[at], at)
        shape[at] = two[at] if one[at] == 1 else one[at]
    return tuple(shape)
