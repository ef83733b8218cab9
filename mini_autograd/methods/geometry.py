"""The methods that tell a tensor's shape, strides and place in memory."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors, layouts
from mini_autograd.kernels.by_array import address
from mini_autograd.kernels.lookup import on_host
from mini_autograd.kernels.transfer import hold_for
from mini_autograd.op.binding import CONVERTERS, UNBOUND
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.storage import UntypedStorage
from mini_autograd.size import Size
from mini_autograd.tensor import ZERO_BIT, Tensor, TensorBase, storage_of
from mini_autograd.tensor import storage_offset as offset_of
from mini_autograd.typename import type_name


def size(self: TensorBase, dim: int | None = None) -> Any:
    """The shape, or the size of dimension ``dim``."""
    if dim is None:
        return Size(self._array.shape)
    return self._array.shape[existing_dim("size", dim, self._array.ndim)]


def stride(self: TensorBase, dim: int | None = None) -> Any:
    """The steps in elements between neighbours along each dimension, or along ``dim``."""
    itemsize = self._dtype.itemsize
    if dim is None:
        return tuple([step // itemsize for step in self._array.strides])
    return self._array.strides[existing_dim("stride", dim, self._array.ndim)] // itemsize


def existing_dim(name: str, dim: Any, ndim: int) -> int:
    place = CONVERTERS["int"](dim)
    if place is UNBOUND:
        raise TypeError(f"{name}(): argument 'dim' (position 1) must be int, not {type_name(dim)}")
    if ndim == 0:
        raise errors.no_dimensions(place)
    return wrap_dim(place, ndim)


def dim(self: TensorBase) -> int:
    return self._array.ndim


def numel(self: TensorBase) -> int:
    return self._array.size


def element_size(self: TensorBase) -> int:
    return self._dtype.itemsize


def record_stream(self: TensorBase, s: Any) -> None:
    """Have the memory stay for as long as what stream ``s`` has been given to do by the time that it is let go."""
    if not hasattr(s, "cuda_stream"):
        raise RuntimeError("unknown parameter type")
    if on_host(self._array):
        raise NotImplementedError(
            "Could not run 'aten::record_stream' with arguments from the 'CPU' backend."
        )
    hold_for(self._array, s)


def storage_offset(self: TensorBase) -> int:
    return offset_of(self)


def data_ptr(self: TensorBase) -> int:
    return address(self._array) if self._array.size and not self._marks & ZERO_BIT else 0


def is_contiguous(self: TensorBase, *, memory_format: Any = layouts.contiguous_format) -> bool:
    return bool(self._array.flags.c_contiguous)


def is_floating_point(self: TensorBase) -> bool:
    return self._dtype.is_floating_point


def is_signed(self: TensorBase) -> bool:
    return self._dtype.is_signed


def untyped_storage(self: TensorBase) -> UntypedStorage:
    """The memory that the tensor looks into."""
    return UntypedStorage(storage_of(self))


METHODS = (
    size,
    stride,
    dim,
    numel,
    element_size,
    storage_offset,
    record_stream,
    data_ptr,
    is_contiguous,
    is_floating_point,
    is_signed,
    untyped_storage,
)
SYNONYMS = {"ndimension": dim, "nelement": numel}


def attach() -> None:
    for method in METHODS:
        setattr(Tensor, method.__name__, method)
    for name, method in SYNONYMS.items():
        setattr(Tensor, name, method)
