"""Tensors to call ops on, of every kind of shape, stride and dtype, and their mini_autograd twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import mini_autograd
from mini_autograd import dtypes
from mini_autograd.tensor import TensorBase, wrap

FLOATING = ("float32", "float64", "float16", "bfloat16")
COMPLEX = ("complex64", "complex128")
INTEGER = ("uint8", "int8", "int16", "int32", "int64")
EVERY = (*FLOATING, *COMPLEX, *INTEGER, "bool")


def make(
    *shape: int, dtype: str = "float32", low: float = -2.0, high: float = 2.0, seed: int = 0
) -> torch.Tensor:
    """A contiguous tensor of uniform random numbers; also integers or bools."""
    rng = np.random.default_rng((seed, *shape))
    kind = getattr(torch, dtype)
    if dtype == "bool":
        return filled(rng.random(shape) < 0.5, kind)
    if dtype in INTEGER:
        low = max(low, 0) if dtype == "uint8" else low
        return filled(rng.integers(int(low), int(high) + 1, shape), kind)
    values = rng.uniform(low, high, shape)
    if dtype in COMPLEX:
        values = values + 1j * rng.uniform(low, high, shape)
    return filled(values, kind)


def filled(values: Any, dtype: torch.dtype) -> torch.Tensor:
    """A new contiguous tensor; an array of no elements has strides that torch's own tensors have not."""
    array = np.asarray(values)
    return torch.empty(array.shape, dtype=dtype).copy_(torch.from_numpy(array))


def of(*values: Any, dtype: str = "float32") -> torch.Tensor:
    """A one-dimensional tensor of the values."""
    return torch.tensor(values, dtype=getattr(torch, dtype))


def layouts(dtype: str = "float32", **bounds: Any) -> dict[str, torch.Tensor]:
    """Tensors of every kind of shape and stride, by the name of the kind."""
    return {
        "0-d": make(dtype=dtype, **bounds),
        "1-d": make(5, dtype=dtype, **bounds),
        "empty": make(0, dtype=dtype, **bounds),
        "empty 2-d": make(2, 0, dtype=dtype, **bounds),
        "contiguous": make(2, 3, dtype=dtype, **bounds),
        "transposed": make(3, 2, dtype=dtype, **bounds).t(),
        "strided": make(4, 6, dtype=dtype, **bounds)[::2, 1::2],
        "expanded": make(2, 1, dtype=dtype, **bounds).expand(2, 3),
        "permuted": make(2, 3, 4, dtype=dtype, **bounds).permute(2, 0, 1),
    }


def pairs(dtype: str = "float32", other: str | None = None, **bounds: Any) -> dict[str, tuple]:
    """Two tensors of shapes and strides that broadcast with each other in every kind of way."""
    other = other or dtype
    one = layouts(dtype, **bounds)
    two = layouts(other, seed=1, **bounds)
    made = {name: (one[name], two[name]) for name in one}
    made["row"] = (one["contiguous"], make(3, dtype=other, seed=2, **bounds))
    made["column"] = (make(2, 1, dtype=dtype, **bounds), two["transposed"])
    made["scalar right"] = (one["transposed"], two["0-d"])
    made["scalar left"] = (one["0-d"], two["permuted"])
    made["outer"] = (make(3, 1, dtype=dtype, **bounds), make(1, 4, dtype=other, seed=2, **bounds))
    made["mixed strides"] = (one["contiguous"], two["transposed"])
    return made


def mirror(value: Any) -> Any:
    """The mini_autograd counterpart of a value: tensors with the same bytes and strides, dtypes by name."""
    if isinstance(value, torch.Tensor):
        return mirror_tensor(value)
    if isinstance(value, torch.dtype):
        return getattr(mini_autograd, str(value).removeprefix("torch."))
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, (list, tuple)):
        return type(value)([mirror(one) for one in value])
    if isinstance(value, dict):
        return {name: mirror(one) for name, one in value.items()}
    return value


def mirror_tensor(tensor: torch.Tensor) -> TensorBase:
    """A tensor over a copy of the other's memory, that requires a gradient if the other does."""
    dtype = dtypes.BY_NAME[str(tensor.dtype).removeprefix("torch.")]
    plain = torch.view_as_real(tensor.detach().resolve_conj()) if tensor.is_conj() else None
    source = tensor.detach() if plain is None else torch.view_as_complex(plain)
    memory = np.frombuffer(bytes(source.untyped_storage()), np.uint8).copy()
    strides = tuple([stride * dtype.itemsize for stride in source.stride()])
    offset = source.storage_offset() * dtype.itemsize
    array = np.ndarray(tuple(source.shape), dtype.numpy, memory, offset, strides)
    made = wrap(array, dtype)
    made._requires = tensor.requires_grad
    return made
