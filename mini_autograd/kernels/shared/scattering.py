"""Elements gathered and scattered along a dimension by an index for each, and reductions of what is scattered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import memory_order
from mini_autograd.kernels.shared.indexing import add_at
from mini_autograd.kernels.shared.memory import allocate, contiguous, contiguous_copy
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.overlap import check_disjoint, check_single
from mini_autograd.kernels.shared.part import along
from mini_autograd.kernels.shared.view import position

# Loops that a compiled one can stand in for: NOTE [Places].
Pick = Callable[[Array, int, Array], Array]
Combine = Callable[[Any, Array, int, Array, Any], None]
LONG = (xp.int64, xp.int32)


def copying(write: Callable[..., Array]) -> Callable[..., Array]:
    """The kernel that does on a copy what ``write`` does in place."""

    @functools.wraps(write)
    def kernel(self: Array, *rest: Any, **options: Any) -> Array:
        return write(contiguous_copy(self), *rest, **options)

    return kernel


def legacy(array: Array) -> str:
    return dtypes.of_numpy(array.dtype).legacy


def at_least_1d(array: Array) -> Array:
    return array.reshape(1) if array.ndim == 0 else array


# NOTE [Places]: ``places`` along ``dim`` have as many dimensions as the tensor that they are of, one place for each
# element, or are a vector, one for each slice. They were checked.


def place_of(target: Array, dim: int, places: Array) -> tuple:
    """The places as numpy's index."""
    if places.ndim == target.ndim:
        return places_along(dim, places)
    return along(target.ndim, dim, places)


def pick_at(source: Array, dim: int, places: Array) -> Array:
    """The elements at the places."""
    picked: Array = source[place_of(source, dim, places)]
    return picked


def combine_at(ufunc: Any, target: Array, dim: int, places: Array, values: Any) -> None:
    """Combine each value with what is at its place, one after the other where places repeat; write it if the function
    is None."""
    place = place_of(target, dim, places)
    if ufunc is None:
        target[place] = values
    elif ufunc is xp.add:
        add_at(target, place, values)
    else:
        reduce_at(ufunc, target, place, values)


# Gather and scatter: one index for each element -----------------------------------------------------------


def places_along(dim: int, index: Array) -> tuple:
    """An index of numpy's: ``index`` along ``dim``, each element's own position along the others."""
    ndim = index.ndim
    places: list[Any] = []
    for at, size in enumerate(index.shape):
        if at == dim:
            places.append(index)
        else:
            places.append(xp.arange(size).reshape((size,) + (1,) * (ndim - at - 1)))
    return tuple(places)


def check_index(name: str, index: Array, self: Array, dim: int) -> None:
    if index.size and index.dtype not in LONG:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")


def check_range(index: Array, dim: int, size: int, others: tuple[Array | None, ...] = ()) -> None:
    """RuntimeError for the first index out of range that torch comes upon as it goes through ``others``, None for one
    to be made, and it."""
    if index.size and (index.min() < 0 or index.max() >= size):
        made = [allocate(index.shape, index.dtype) if one is None else one for one in others]
        flat = index.transpose(loops(index, dim, made)).reshape(-1)
        first = flat[(flat < 0) | (flat >= size)][0]
        raise RuntimeError(f"index {first} is out of bounds for dimension {dim} with size {size}")


def loops(index: Array, dim: int, others: list[Array]) -> list[int]:
    """The dimensions of ``index`` from the outermost loop of torch's over them to the innermost.

    Those other than ``dim`` are gone through as those of an elementwise op; ``dim`` comes last if it is the last one,
    else before the innermost, and those which with it are one stretch in all of the arrays.
    """
    shape = tuple([1 if at == dim else size for at, size in enumerate(index.shape)])
    layouts = [one.strides for one in (*others, index)]
    order = [at for at in memory_order(shape, layouts) if at != dim]
    if dim == index.ndim - 1:
        return [*order, dim]
    moving = [at for at in order if shape[at] > 1]
    inner = moving[-1:]
    while len(inner) < len(moving):
        at, following = moving[-len(inner) - 1], inner[0]
        if any(steps[at] != steps[following] * shape[following] for steps in layouts):
            break
        inner.insert(0, at)
    return [*[at for at in order if at not in inner], dim, *inner]


def gather(self: Array, dim: int, index: Array, sparse_grad: bool = False, pick: Pick = pick_at) -> Array:
    """``self[i][index[i][j][k]][k]`` for ``dim`` 1, in the shape of ``index``."""
    dim = position(dim, self.ndim)
    if not index.size:
        return allocate(index.shape, self.dtype)
    check_index("gather", index, self, dim)
    source = at_least_1d(self)
    places = at_least_1d(index)
    if source.ndim != places.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    for other, (length, bound) in enumerate(zip(places.shape, source.shape, strict=True)):
        if other != dim and length > bound:
            raise RuntimeError(
                f"Size does not match at dimension {other} expected index {list(index.shape)} to be no larger than "
                f"self {list(self.shape)} apart from dimension {dim}"
            )
    check_range(places, dim, source.shape[dim], (None, source))
    return contiguous(pick(source, dim, places).reshape(index.shape))


def prepared(self: Array, dim: int, index: Array, src: Array | None) -> tuple[int, Array, Array, Any]:
    """Checked arguments of a scatter: the dimension, ``self`` and ``index`` with one at least, part of ``src``."""
    dim = position(dim, self.ndim)
    if index.dtype not in LONG and index.size:
        raise RuntimeError("scatter(): Expected dtype int32/int64 for index")
    if src is not None and src.dtype != self.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    target, places = at_least_1d(self), at_least_1d(index)
    values = None if src is None or not index.size else at_least_1d(src)
    if index.size:
        check_extent(dim, index, self, src, places, target, values)
    check_single(self)
    check_disjoint(self, index, src)
    if not index.size:
        return dim, target, places, None
    check_range(places, dim, target.shape[dim], (target,) if values is None else (target, values))
    if values is not None:
        values = values[tuple([slice(size) for size in places.shape])]
    return dim, target, places, values


def size_at(array: Array, dim: int) -> int:
    """1 along any dimension of a 0-d array; IndexError for one that another does not have."""
    return array.shape[position(dim, array.ndim)] if array.ndim else 1


def check_extent(
    dim: int, index: Array, self: Array, src: Any, places: Array, target: Array, values: Any
) -> None:
    if places.ndim != target.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as self tensor")
    outside = any(
        length > bound
        for at, (length, bound) in enumerate(zip(places.shape, target.shape, strict=True))
        if at != dim
    )
    beyond = (
        values is not None
        and not outside
        and any(length > size_at(src, at) for at, length in enumerate(places.shape))
    )
    if values is not None and places.ndim != values.ndim:
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    if outside or beyond:
        rest = "" if src is None else f" and to be no larger size than src {list(src.shape)}"
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(self.shape)} apart from dimension "
            f"{dim}{rest}"
        )


def scatter_into(self: Array, dim: int, index: Array, src: Any, combine: Combine = combine_at) -> Array:
    """Write ``src``, an array or a number, where ``index`` says; the last one counts where places repeat."""
    source = src if isinstance(src, xp.ndarray) else None
    dim, target, places, values = prepared(self, dim, index, source)
    value = values if source is not None else element(src, dtypes.of_numpy(self.dtype))
    if index.size:
        combine(None, target, dim, places, value)
    return self


scatter = copying(scatter_into)


def scatter_add_into(self: Array, dim: int, index: Array, src: Array, combine: Combine = combine_at) -> Array:
    dim, target, places, values = prepared(self, dim, index, src)
    if index.size:
        with rounded_once(target) as sums:
            combine(xp.add, sums, dim, places, values)
    return self


@contextmanager
def rounded_once(target: Array) -> Iterator[Array]:
    """What to combine elements in, one after the other: ``target`` or, of a half type, its numbers in float32."""
    if not (target.itemsize == 2 and target.dtype.kind in "fV"):
        yield target
        return
    wide = target.astype(xp.float32)
    yield wide
    target[...] = wide


scatter_add = copying(scatter_add_into)


LIMITED = {"add": xp.add, "multiply": xp.multiply}


def scatter_combined_into(self: Array, dim: int, index: Array, src: Any, reduce: str) -> Array:
    """``scatter`` that adds to or multiplies what is there."""
    if reduce not in LIMITED:
        raise RuntimeError("reduce argument must be either add or multiply.")
    source = src if isinstance(src, xp.ndarray) else None
    dim, target, places, values = prepared(self, dim, index, source)
    value = values if source is not None else element(src, dtypes.of_numpy(self.dtype))
    if index.size:
        with rounded_once(target) as combined:
            reduce_at(LIMITED[reduce], combined, places_along(dim, places), value)
    return self


scatter_combined = copying(scatter_combined_into)


REDUCTIONS = {"sum": xp.add, "mean": xp.add, "prod": xp.multiply, "amax": xp.maximum, "amin": xp.minimum}


def scatter_reduce_into(
    self: Array,
    dim: int,
    index: Array,
    src: Array,
    reduce: str,
    include_self: bool = True,
    combine: Combine = combine_at,
) -> Array:
    """Reduce what is scattered to one place, with what is there unless ``include_self`` is False."""
    check_reduction(self, reduce)
    dim, target, places, values = prepared(self, dim, index, src)
    if not index.size:
        return self
    reduce_all(target, dim, places, values, reduce, include_self, combine)
    return self


def check_reduction(self: Array, reduce: str) -> None:
    if reduce not in REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    kind = dtypes.of_numpy(self.dtype)
    ordered = reduce in ("amax", "amin")
    if (reduce == "mean" and kind is dtypes.bool) or (ordered and kind.is_complex):
        raise NotImplementedError(
            f"\"scatter_gather_tensor_cpu_reduce_{reduce}\" not implemented for '{kind.legacy}'"
        )


def reduce_all(
    target: Array, dim: int, places: Array, values: Any, reduce: str, include_self: bool, combine: Combine
) -> None:
    with rounded_once(target) as combined:
        if not include_self:
            combined[place_of(combined, dim, places)] = identity(reduce, combined.dtype)
        combine(
            REDUCTIONS[reduce], combined, dim, places, xp.asarray(values).astype(combined.dtype, copy=False)
        )
    if reduce == "mean":
        counts = xp.full(target.shape, 1 if include_self else 0, xp.int64)
        shape = target.shape[:dim] + places.shape + target.shape[dim + 1 :]
        ones = xp.broadcast_to(xp.int64(1), places.shape if places.ndim == target.ndim else shape)
        combine(xp.add, counts, dim, places, ones)
        counts[counts == 0] = 1
        wide = (
            target.astype(xp.float32) if target.dtype.itemsize == 2 and target.dtype.kind in "fV" else target
        )
        target[...] = wide // counts if target.dtype.kind in "iu" else wide / counts.astype(wide.real.dtype)


def identity(reduce: str, dtype: Any) -> Any:
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    lowest = reduce == "amax"
    if dtype.kind == "b":
        return not lowest
    if dtype.kind in "iu":
        limits = xp.iinfo(dtype)
        return limits.min if lowest else limits.max
    return -xp.inf if lowest else xp.inf


def reduce_at(ufunc: Any, target: Array, place: Any, values: Any) -> None:
    """Apply ``ufunc`` at each place, one after the other where places repeat."""
    ufunc.at(target, place, xp.asarray(values).astype(target.dtype, copy=False))


scatter_reduce = copying(scatter_reduce_into)
