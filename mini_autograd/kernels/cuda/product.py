"""Products of matrices of half types by cuBLAS, which adds up in float32; CuPy's own go by way of float32 arrays."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from mini_autograd.kernels.cuda import backend, module

Array = Any
# As cublas_api.h and library_types.h number them.
PLAIN, TRANSPOSED, COMPUTE_32F, DEFAULT = 0, 1, 68, -1
KINDS = {np.dtype(np.float16): 2, np.dtype(ml_dtypes.bfloat16): 14}


def takes(*arrays: Array) -> bool:
    return arrays[0].dtype in KINDS and all(one.dtype == arrays[0].dtype for one in arrays)


def product(left: Array, right: Array, alpha: float = 1, added: Array = None, beta: float = 0) -> Array:
    """``beta * added + alpha * left @ right``, rounded once; matrices, or batches of as many."""
    library = backend.load()
    assert library is not None
    xp = library.xp
    shape = (*left.shape[:-1], right.shape[-1])
    if beta == 0 or added is None:
        beta, out = 0, xp.empty(shape, left.dtype)
    else:
        out = xp.ascontiguousarray(xp.broadcast_to(added, shape))
        out = out.copy() if out is added or out.base is not None else out
    if not out.size:
        return out
    if library.emulated:
        wide = [one.astype(np.float32) for one in (left, right, out)]
        total = np.float32(alpha) * xp.matmul(wide[0], wide[1])
        out[...] = (total + np.float32(beta) * wide[2] if beta else total).astype(out.dtype)
        return out
    multiply(left, right, out, alpha, beta)
    return out


def multiply(left: Array, right: Array, out: Array, alpha: float, beta: float) -> None:
    """Write to ``out``, whose rows are the columns that cuBLAS sees: to it the factors change places."""
    from cupy.cuda import device
    from cupy_backends.cuda.libs import cublas

    kind = KINDS[out.dtype]
    rows, columns = out.shape[-2:]
    batch = out.shape[0] if out.ndim == 3 else 1
    numbers = np.array([alpha, beta], np.float32)
    first, second = operand(right), operand(left)
    cublas.gemmStridedBatchedEx(
        device.get_cublas_handle(), first[0], second[0], columns, rows, left.shape[-1],
        numbers.ctypes.data, first[1].data.ptr, kind, first[2], first[3],
        second[1].data.ptr, kind, second[2], second[3],
        numbers.ctypes.data + 4, out.data.ptr, kind, columns, rows * columns, batch, COMPUTE_32F, DEFAULT,
    )  # fmt: skip


def operand(array: Array) -> tuple[int, Array, int, int]:
    """How cuBLAS is to take a factor: turned or not, its memory, the steps between its rows and between matrices."""
    rows, columns = array.shape[-2:]
    step, across = (stride // array.itemsize for stride in array.strides[-2:])
    between = array.strides[0] // array.itemsize if array.ndim == 3 else 0
    if (across == 1 or columns == 1) and (step >= columns or rows == 1):
        return PLAIN, array, max(step, columns, 1), between
    if (step == 1 or rows == 1) and (across >= rows or columns == 1):
        return TRANSPOSED, array, max(across, rows, 1), between
    array = module.device_module().ascontiguousarray(array)
    return PLAIN, array, max(columns, 1), rows * columns
