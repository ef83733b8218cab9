"""Views of a part of an array, and a part's gradient put back into zeros of the whole."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import clone
from mini_autograd.kernels.shared.memory import (
    address,
    allocate,
    allocate_zeros,
    contiguous_copy,
    memory_of,
    placed,
    strided,
)
from mini_autograd.kernels.shared.view import as_strided, position


def along(ndim: int, dim: int, index: Any) -> tuple:
    """An index that takes ``index`` along ``dim`` and everything along the rest; never a numpy scalar."""
    return (slice(None),) * dim + (index, Ellipsis)


# Views ----------------------------------------------------------------------------------------------------


def select(self: Array, dim: int, index: int) -> Array:
    """The part at ``index`` of dimension ``dim``, without that dimension."""
    if self.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = position(dim, self.ndim)
    size = self.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(self.shape)} at dimension {dim}"
        )
    return self[along(self.ndim, dim, index)]


def slice_bounds(size: int, start: int | None, end: int | None) -> tuple[int, int]:
    """``start`` and ``end`` counted from the front and kept inside, ``end`` not before ``start``."""
    start = 0 if start is None else start
    end = size if end is None else end
    start = min(max(start + size if start < 0 else start, 0), size)
    end = min(max(end + size if end < 0 else end, start), size)
    return start, end


def slice_tensor(self: Array, dim: int, start: int | None, end: int | None, step: int) -> Array:
    """Every ``step``-th part of dimension ``dim`` from ``start`` up to ``end``."""
    if self.ndim == 0:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    dim = position(dim, self.ndim)
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    first, last = slice_bounds(self.shape[dim], start, end)
    strides = self.strides
    if first < last:
        return self[along(self.ndim, dim, slice(first, last, step))]
    shape = (*self.shape[:dim], 0, *self.shape[dim + 1 :])
    steps = (*strides[:dim], strides[dim] * step, *strides[dim + 1 :])
    return strided(self, shape, steps, first * strides[dim])


def diagonal(self: Array, offset: int, dim1: int, dim2: int) -> Array:
    """The elements of which the index in ``dim2`` is that in ``dim1`` plus ``offset``, as a new last dimension."""
    first, second = position(dim1, self.ndim), position(dim2, self.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, columns = self.shape[first], self.shape[second]
    length = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
    start = 0
    if length:
        start = offset * self.strides[second] if offset >= 0 else -offset * self.strides[first]
    kept = [dim for dim in range(self.ndim) if dim not in (first, second)]
    shape = (*[self.shape[dim] for dim in kept], length)
    step = self.strides[first] + self.strides[second]
    return strided(self, shape, (*[self.strides[dim] for dim in kept], step), start)


def unfold(self: Array, dimension: int, size: int, step: int) -> Array:
    """All slices of ``size`` along ``dimension``, ``step`` apart, each as a new last dimension."""
    dim = position(dimension, self.ndim)
    length = self.shape[dim] if self.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > length:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {length} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if self.ndim == 0:
        return strided(self, (size,), (self.itemsize,))
    stride = self.strides[dim]
    shape = (*self.shape[:dim], (length - size) // step + 1, *self.shape[dim + 1 :], size)
    return strided(self, shape, (*self.strides[:dim], stride * step, *self.strides[dim + 1 :], stride))


def unbind(self: Array, dim: int) -> list[Array]:
    """The parts along ``dim``, each without that dimension."""
    dim = position(dim, self.ndim)
    if self.ndim == 0:
        raise errors.no_dimensions(dim)
    return [self[along(self.ndim, dim, index)] for index in range(self.shape[dim])]


def split(self: Array, split_size: int, dim: int) -> list[Array]:
    """Parts of ``split_size`` along ``dim``, the last one perhaps smaller."""
    if self.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    dim = position(dim, self.ndim)
    size = self.shape[dim]
    if split_size == 0:
        if size:
            raise RuntimeError(
                f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}"
            )
        return [slice_tensor(self, dim, 0, 0, 1)]
    starts = range(0, max(size, 1), split_size)
    return [slice_tensor(self, dim, start, start + split_size, 1) for start in starts]


def split_with_sizes(self: Array, split_sizes: tuple[int, ...], dim: int) -> list[Array]:
    """Parts of the given sizes along ``dim``."""
    if self.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    given, dim = dim, position(dim, self.ndim)
    if any(size < 0 for size in split_sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes="
            f"{list(split_sizes)}"
        )
    if sum(split_sizes) != self.shape[dim]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {self.shape[dim]} (input tensor's size at "
            f"dimension {given}), but got split_sizes={list(split_sizes)}"
        )
    parts, start = [], 0
    for size in split_sizes:
        parts.append(slice_tensor(self, dim, start, start + size, 1))
        start += size
    return parts


# Gradients of parts: zeros of the whole with the part filled in -------------------------------------------


def select_backward(grad: Array, input_sizes: tuple[int, ...], dim: int, index: int) -> Array:
    whole = allocate_zeros(input_sizes, grad.dtype)
    select(whole, dim, index)[...] = grad
    return whole


def slice_backward(
    grad: Array, input_sizes: tuple[int, ...], dim: int, start: int, end: int, step: int
) -> Array:
    whole = allocate_zeros(input_sizes, grad.dtype)
    slice_tensor(whole, dim, start, end, step)[...] = grad
    return whole


def diagonal_backward(grad: Array, input_sizes: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    whole = allocate_zeros(input_sizes, grad.dtype)
    diagonal(whole, offset, dim1, dim2)[...] = grad
    return whole


def unfold_backward(grad: Array, input_sizes: tuple[int, ...], dim: int, size: int, step: int) -> Array:
    """Slices may overlap: each position gets the sum of the gradients of all slices that it is in."""
    whole = allocate_zeros(input_sizes, grad.dtype)
    if not input_sizes:
        whole[...] = grad.sum(axis=-1)
        return whole
    dim = position(dim, len(input_sizes))
    count = grad.shape[dim]
    for at in range(size):
        reach = slice(at, at + (count - 1) * step + 1, step)
        whole[along(whole.ndim, dim, reach)] += grad[..., at]
    return whole


# A whole with a part of it replaced -----------------------------------------------------------------------


def with_part(whole: Array, part: Array, src: Array) -> Array:
    if src.shape != part.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = "
            f"{list(part.shape)}"
        )
    part[...] = src
    return whole


def copied_with_memory(self: Array) -> Array:
    """A copy of all the memory with ``self`` in its place there, unless elements of ``self`` share theirs."""
    if any(step == 0 and size > 1 for step, size in zip(self.strides, self.shape, strict=True)) and self.size:
        return clone(self)
    memory = memory_of(self)
    whole = allocate((memory.size,), xp.dtype(xp.uint8))
    whole[...] = memory
    return placed(whole, self.dtype, self.shape, self.strides, address(self) - address(memory))


def select_scatter(self: Array, src: Array, dim: int, index: int) -> Array:
    whole = copied_with_memory(self)
    return with_part(whole, select(whole, dim, index), src)


def slice_scatter(self: Array, src: Array, dim: int, start: int | None, end: int | None, step: int) -> Array:
    whole = copied_with_memory(self)
    return with_part(whole, slice_tensor(whole, dim, start, end, step), src)


def as_strided_scatter(
    self: Array, src: Array, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None
) -> Array:
    """A copy of ``self``, gaps in memory included, with ``src`` where an ``as_strided`` of it looks."""
    whole = copied_with_memory(self)
    return with_part(whole, as_strided(whole, size, stride, storage_offset), src)


def diagonal_scatter(self: Array, src: Array, offset: int, dim1: int, dim2: int) -> Array:
    whole = copied_with_memory(self)
    return with_part(whole, diagonal(whole, offset, dim1, dim2), src)


# Copies of a part -----------------------------------------------------------------------------------------


def narrow_copy(self: Array, dim: int, start: int, length: int) -> Array:
    """A copy of ``length`` parts of dimension ``dim`` from ``start``; errors are those of ``narrow``."""
    size = self.shape[position(dim, self.ndim)]
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return contiguous_copy(slice_tensor(self, dim, start, start + length, 1))
