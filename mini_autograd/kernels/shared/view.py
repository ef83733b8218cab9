"""Views: arrays that look into the memory of another, with torch's shapes and strides."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.memory import address, memory_of, strided

Array = np.ndarray[Any, Any]


def as_strided(self: Array, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None) -> Array:
    """Any elements of the memory of ``self``; strides and offset in elements, the offset from the memory's start."""
    memory = memory_of(self)
    offset = address(self) - address(memory) if storage_offset is None else storage_offset * self.itemsize
    return np.ndarray(size, self.dtype, memory, offset, tuple([step * self.itemsize for step in stride]))


def expand(self: Array, size: tuple[int, ...], implicit: bool = False) -> Array:
    """``self`` repeated along its dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    added = len(size) - self.ndim
    shape, strides = [], []
    for dim, wanted in enumerate(size):
        have = self.shape[dim - added] if dim >= added else 1
        wanted = have if wanted == -1 and dim >= added else wanted
        shape.append(wanted)
        if dim < added or (have == 1 and wanted != 1):
            strides.append(0)
        else:
            strides.append(self.strides[dim - added])
    return strided(self, tuple(shape), tuple(strides))


def view_strides(self: Array, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The byte strides with which ``self`` can be looked at in another shape; None where it takes a copy."""
    if self.size == 0 and self.shape == shape:
        return self.strides
    if self.flags.c_contiguous:
        return contiguous_strides(shape, self.itemsize)
    strides = [0] * len(shape)
    at = len(shape) - 1
    chunk_stride = self.strides[-1] if self.ndim else self.itemsize
    count = have = 1
    for dim in range(self.ndim - 1, -1, -1):
        have *= self.shape[dim]
        if dim == 0 or (self.shape[dim - 1] != 1 and self.strides[dim - 1] != have * chunk_stride):
            while at >= 0 and (count < have or shape[at] == 1):
                strides[at] = count * chunk_stride
                count *= shape[at]
                at -= 1
            if count != have:
                return None
            if dim > 0:
                chunk_stride = self.strides[dim - 1]
                count = have = 1
    return tuple(strides) if at == -1 else None


def contiguous_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The byte strides of a contiguous tensor; a dimension of size 0 counts as 1."""
    strides = [0] * len(shape)
    step = itemsize
    for dim in range(len(shape) - 1, -1, -1):
        strides[dim] = step
        step *= max(shape[dim], 1)
    return tuple(strides)


def view(self: Array, size: tuple[int, ...]) -> Array:
    """``self`` in another shape of as many elements, sharing memory; RuntimeError where strides forbid it."""
    shape = infer_size(size, self.size)
    strides = view_strides(self, shape)
    if strides is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return strided(self, shape, strides)


def infer_size(size: tuple[int, ...], count: int) -> tuple[int, ...]:
    """``size`` with its -1 replaced; RuntimeError where ``count`` elements do not fit it."""
    known = 1
    unknown = None
    for dim, wanted in enumerate(size):
        if wanted == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = dim
        elif wanted < 0:
            raise RuntimeError(f"invalid shape dimension {wanted} at index {dim} of shape {list(size)}")
        else:
            known *= wanted
    if known == count and unknown is None:
        return tuple(size)
    if unknown is None or known == 0 or count % known:
        if unknown is not None and known == 0 and count == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified dimension size "
                "-1 can be any value and is ambiguous"
            )
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {count}")
    return (*size[:unknown], count // known, *size[unknown + 1 :])


def unsqueeze(self: Array, dim: int) -> Array:
    """A dimension of size 1 before dimension ``dim``; its stride is that of a step over what follows."""
    at = dim % (self.ndim + 1)
    step = self.shape[at] * self.strides[at] if at < self.ndim else self.itemsize
    return strided(self, (*self.shape[:at], 1, *self.shape[at:]), (*self.strides[:at], step, *self.strides[at:]))
