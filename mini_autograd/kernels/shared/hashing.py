"""One number for many: their bits, combined by exclusive or."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.memory import allocate_zeros

Array = np.ndarray[Any, Any]


def hash_tensor(self: Array, dim: Any, keepdim: bool, mode: int) -> Array:
    """The bits of floating numbers as float64, of integers as int64."""
    kind = np.int64 if self.dtype.kind in "biu" else np.float64
    bits = np.ascontiguousarray(self.astype(kind)).view(np.uint64).reshape(self.shape)
    dims = tuple(dim) if dim and self.ndim else tuple(range(self.ndim))
    reduced = np.bitwise_xor.reduce(bits, axis=dims, keepdims=keepdim)
    result = allocate_zeros(np.shape(reduced), np.uint64)
    result[...] = reduced
    return result
