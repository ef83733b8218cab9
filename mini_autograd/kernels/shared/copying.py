"""Copies, casts and writes of whole arrays."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros, owns_memory
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.overlap import check_apart, check_single, is_tangled, places


def clone(self: Array, memory_format: object = None) -> Array:
    """A copy; by default one whose dimensions are ordered in memory as those of ``self``."""
    if self.flags.c_contiguous and memory_format is None and self.size and 1 not in self.shape:
        # Of sizes from 2 on there is one way to be contiguous, numpy's.
        return self.copy()
    result = empty_like(self, memory_format, dtypes.of_numpy(self.dtype))
    result[...] = self
    return result


def to_copy(self: Array, dtype: Any, non_blocking: bool = False, memory_format: object = None) -> Array:
    """A copy with elements of ``dtype``."""
    simple = self.dtype.kind == dtype.numpy.kind == "f" and dtype.itemsize > 2
    if simple and self.flags.c_contiguous and memory_format is None and self.size and 1 not in self.shape:
        return self.astype(dtype.numpy)
    result = empty_like(self, memory_format, dtype)
    assign(result, self)
    return result


def assign(target: Array, src: Array) -> None:
    """Write ``src`` into ``target`` of the same shape, its elements converted as C++ does."""
    if src.dtype == target.dtype:
        target[...] = src
    elif target.dtype.kind in "iu":
        target[...] = whole_numbers(src.real if src.dtype.kind == "c" else src, target.dtype)
    elif src.dtype.kind == "c" and target.dtype.kind not in "cb":
        target[...] = src.real
    elif src.dtype == xp.float64 and target.itemsize == 2 and target.dtype.kind != "b":
        # To a half type there is no way but through float32.
        target[...] = src.astype(xp.float32)
    else:
        target[...] = src


def whole_numbers(src: Array, dtype: Any) -> Array:
    """``src`` in a type of integers: the smaller ones take the low bits of the number as int32 or int64."""
    if src.dtype.kind in "iub":
        return src
    if src.dtype.kind == "V":
        src = src.astype(xp.float32)
    if dtype.itemsize < 4:
        return src.astype(xp.int64 if dtype.kind == "u" else xp.int32).astype(dtype)
    return src.astype(dtype)


def copy(self: Array, src: Array, non_blocking: bool = False) -> Array:
    """``src`` in the shape and type of ``self``."""
    result = allocate(self.shape, self.dtype)
    assign(result, spread(src, self.shape))
    return result


def copy_into(self: Array, src: Array, non_blocking: bool = False) -> Array:
    """Write ``src`` into ``self``; RuntimeError for shapes that do not fit or memory that is written twice."""
    if src is self:
        return self
    check_single(self)
    check_apart(self, src)
    source = spread(src, self.shape)
    if not (owns_memory(self) and owns_memory(src)) and is_tangled(self, src):
        for index in places(self, source):
            assign(self[(*index, None)], source[(*index, None)])
    else:
        assign(self, source)
    return self


def spread(src: Array, shape: tuple[int, ...]) -> Array:
    """``src`` broadcast to ``shape``; RuntimeError in torch's words where it cannot be."""
    if src.shape == shape:
        return src
    missing = len(shape) - src.ndim
    for dim in range(-1, -min(len(shape), src.ndim) - 1, -1):
        if src.shape[dim] != shape[dim] and 1 not in (src.shape[dim], shape[dim]):
            at = max(len(shape), src.ndim) + dim
            raise errors.no_broadcast(shape[dim], src.shape[dim], at)
    if missing < 0 or any(size != 1 and size != shape[dim + missing] for dim, size in enumerate(src.shape)):
        together = xp.broadcast_shapes(src.shape, shape)
        raise RuntimeError(
            f"output with shape {list(shape)} doesn't match the broadcast shape {list(together)}"
        )
    return xp.broadcast_to(src, shape)


def zero(self: Array) -> Array:
    return allocate_zeros(self.shape, self.dtype)


def zero_into(self: Array) -> Array:
    self.fill(0)
    return self


def fill(self: Array, value: Any) -> Array:
    """``value``, a number or a 0-d array, everywhere in the shape of ``self``."""
    return fill_into(empty_like(self, None, dtypes.of_numpy(self.dtype)), value)


def fill_into(self: Array, value: Any) -> Array:
    if isinstance(value, xp.ndarray):
        if value.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions."
            )
        check_single(self)
        one = xp.empty((), self.dtype)
        assign(one, value)
        self[...] = one
    else:
        self[...] = element(value, dtypes.of_numpy(self.dtype))
    return self


def is_channels_last(self: Array) -> bool:
    return self.ndim == 4 and self.transpose(0, 2, 3, 1).flags.c_contiguous
