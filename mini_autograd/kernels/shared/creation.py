"""New arrays: of one value, like another array, and the simplest matrices."""

from __future__ import annotations

from typing import Any

from mini_autograd.errors import not_implemented
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import strides_like
from mini_autograd.kernels.shared.filling import empty_strided
from mini_autograd.kernels.shared.memory import contiguous_strides, of_nothing
from mini_autograd.kernels.shared.number import element


def new_array(size: tuple[int, ...], dtype: Any) -> Array:
    """An uninitialised contiguous array; its strides are torch's also where a dimension is 0."""
    if size and min(size) < 1:
        check_size(size)
    array = xp.empty(size, dtype.numpy)
    if array.size:
        return array
    return of_nothing(size, dtype.numpy, contiguous_strides(size, dtype.itemsize))


def check_size(size: tuple[int, ...]) -> None:
    """RuntimeError for a negative size."""
    for length in size:
        if length < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {length}: {list(size)}")


def zeros_checked(size: tuple[int, ...], dtype: Any) -> Array:
    """``zeros`` with the message that only the function of that name has for a negative size."""
    if size and min(size) < 0:
        raise RuntimeError("zeros: Dimension size must be non-negative.")
    return zeros(size, dtype)


def zeros(size: tuple[int, ...], dtype: Any) -> Array:
    if size and min(size) < 1:
        return new_array(size, dtype)
    return xp.zeros(size, dtype.numpy)


def all_ones(size: tuple[int, ...], dtype: Any) -> Array:
    array = new_array(size, dtype)
    array.fill(1)
    return array


def full(size: tuple[int, ...], fill_value: complex, dtype: Any) -> Array:
    array = new_array(size, dtype)
    array[...] = element(fill_value, dtype)
    return array


def empty(size: tuple[int, ...], memory_format: Any, dtype: Any) -> Array:
    name = "contiguous_format" if memory_format is None else memory_format.name
    if name == "preserve_format":
        raise RuntimeError("unsupported memory format Preserve")
    if name == "channels_last":
        check_size(size)
        return empty_strided(size, channels_last_strides(size), dtype)
    return new_array(size, dtype)


def empty_strided_checked(size: tuple[int, ...], stride: tuple[int, ...], dtype: Any) -> Array:
    """``empty_strided``; RuntimeError for strides that are negative or not as many as the sizes."""
    if len(size) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})"
        )
    check_size(size)
    if any(step < 0 for step in stride):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}"
        )
    return empty_strided(size, stride, dtype)


def empty_permuted(size: tuple[int, ...], physical_layout: tuple[int, ...], dtype: Any) -> Array:
    """An uninitialised array whose dimensions lie in memory as ``physical_layout`` says, outermost first."""
    if len(physical_layout) != len(size):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(size)} is not equal to len(physical_layout) = {len(physical_layout)}"
        )
    for dim in physical_layout:
        if not 0 <= dim < len(size):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(size) - 1}, but got {dim} at "
                f"index {physical_layout.index(dim)}).  NB: negative dims not currently supported; file an "
                "issue if you want it."
            )
        if physical_layout.count(dim) > 1:
            raise RuntimeError("Duplicate dim not allowed")
    strides = [0] * len(size)
    step = 1
    for dim in physical_layout[::-1]:
        strides[dim] = step
        step *= max(size[dim], 1)
    return empty_strided(size, tuple(strides), dtype)


def scalar_tensor(s: complex, dtype: Any) -> Array:
    return element(s, dtype)


# Arrays like another.


def empty_like(self: Array, memory_format: Any, dtype: Any) -> Array:
    """An uninitialised array in the shape of ``self``, its dimensions ordered in memory alike by default."""
    if memory_format is not None and memory_format.name == "channels_last":
        return empty_strided(self.shape, channels_last_strides(self.shape), dtype)
    if memory_format is not None and memory_format.name == "contiguous_format":
        return new_array(self.shape, dtype)
    if not self.flags.c_contiguous:
        return empty_strided(self.shape, strides_in_elements(self, strides_like(self)), dtype)
    if self.ndim and (1 in self.shape or not self.size):
        # Contiguous memory may still have its own strides along dimensions of size 1 or, empty, along any.
        return empty_strided(self.shape, strides_in_elements(self, self.strides), dtype)
    return xp.empty(self.shape, dtype.numpy)


def zeros_like(self: Array, memory_format: Any, dtype: Any) -> Array:
    array = empty_like(self, memory_format, dtype)
    array.fill(0)
    return array


def ones_like(self: Array, memory_format: Any, dtype: Any) -> Array:
    array = empty_like(self, memory_format, dtype)
    array.fill(1)
    return array


def full_like(self: Array, fill_value: complex, memory_format: Any, dtype: Any) -> Array:
    array = empty_like(self, memory_format, dtype)
    array[...] = element(fill_value, dtype)
    return array


def new_zeros(self: Array, size: tuple[int, ...], dtype: Any) -> Array:
    return zeros(size, dtype)


def new_ones(self: Array, size: tuple[int, ...], dtype: Any) -> Array:
    return all_ones(size, dtype)


def new_empty(self: Array, size: tuple[int, ...], dtype: Any) -> Array:
    return new_array(size, dtype)


def new_full(self: Array, size: tuple[int, ...], fill_value: complex, dtype: Any) -> Array:
    return full(size, fill_value, dtype)


def new_empty_strided(self: Array, size: tuple[int, ...], stride: tuple[int, ...], dtype: Any) -> Array:
    return empty_strided_checked(size, stride, dtype)


def strides_in_elements(self: Array, strides: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([step // self.itemsize for step in strides])


def channels_last_strides(size: tuple[int, ...]) -> tuple[int, ...]:
    if len(size) != 4:
        raise RuntimeError("required rank 4 tensor to use channels_last format")
    _, channels, height, width = size
    return (max(height * width * channels, 1), 1, max(width * channels, 1), max(channels, 1))


# Matrices.


def eye(n: int, m: int | None, dtype: Any) -> Array:
    """Ones on the diagonal of an ``n`` by ``m`` matrix of zeros."""
    if n < 0:
        raise RuntimeError(f"n must be greater or equal to 0, got {n}")
    m = n if m is None else m
    if m < 0:
        raise RuntimeError(f"m must be greater or equal to 0, got {m}")
    if dtype.name in ("uint16", "uint32", "uint64"):
        raise not_implemented("eye", dtype)
    array = zeros((n, m), dtype)
    diagonal = xp.arange(min(n, m))
    array[diagonal, diagonal] = 1
    return array


def tril_indices(row: int, col: int, offset: int, dtype: Any) -> Array:
    return triangle("tril_indices", xp.tril, row, col, offset, dtype)


def triu_indices(row: int, col: int, offset: int, dtype: Any) -> Array:
    return triangle("triu_indices", xp.triu, row, col, offset, dtype)


def triangle(name: str, cut: Any, row: int, col: int, offset: int, dtype: Any) -> Array:
    """The two coordinates, a row each, of the elements of a triangle in the order of memory."""
    for axis, length in (("row", row), ("col", col)):
        if length < 0:
            raise RuntimeError(f"{axis} must be non-negative, got{length}")
    if dtype.name not in ("int32", "int64"):
        raise not_implemented(name, dtype)
    found = xp.nonzero(cut(xp.ones((row, col), xp.bool_), offset))
    array = new_array((2, len(found[0])), dtype)
    array[...] = found
    return array
