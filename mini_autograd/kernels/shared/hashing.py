"""One number for many: their bits, combined by exclusive or."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import allocate_zeros


def hash_tensor(self: Array, dim: Any, keepdim: bool, mode: int) -> Array:
    """The bits of floating numbers as float64, of integers as int64."""
    kind = xp.int64 if self.dtype.kind in "biu" else xp.float64
    bits = xp.ascontiguousarray(self.astype(kind)).view(xp.uint64).reshape(self.shape)
    dims = tuple(dim) if dim and self.ndim else tuple(range(self.ndim))
    reduced = xp.bitwise_xor.reduce(bits, axis=dims, keepdims=keepdim)
    result = allocate_zeros(xp.shape(reduced), xp.uint64)
    result[...] = reduced
    return result
