"""Softmax, its logarithm and their gradients: a warp for each short row, a block for each long one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.cuda.instance import shared_kernel

# Rows of at most so many elements stay in the registers of a warp, 32 of them in each lane.
WARP_MOST = 1024


def softmax(self: Any, dim: int, half_to_float: bool = False) -> Any:
    return _forward("softmax", False, self, dim, half_to_float)


def log_softmax(self: Any, dim: int, half_to_float: bool = False) -> Any:
    return _forward("log_softmax", True, self, dim, half_to_float)


def softmax_backward_data(grad_output: Any, output: Any, dim: int, input_dtype: object) -> Any:
    return _backward("softmax_backward_data", False, grad_output, output, dim, input_dtype)


def log_softmax_backward_data(grad_output: Any, output: Any, dim: int, input_dtype: object) -> Any:
    return _backward("log_softmax_backward_data", True, grad_output, output, dim, input_dtype)


def _forward(name: str, logarithmic: bool, self: Any, dim: int, half_to_float: bool) -> Any:
    if self.dtype not in module.FLOATS or not self.size:
        return shared_kernel("softmax", name)(self, dim, half_to_float)
    xp = module.device_module()
    x = xp.ascontiguousarray(self)
    result = xp.empty(self.shape, np.float32 if half_to_float else self.dtype)
    _launch("softmax", logarithmic, [x, result], x.dtype, result.dtype, _extents(self.shape, dim))
    return result


def _backward(name: str, logarithmic: bool, grad: Any, output: Any, dim: int, input_dtype: Any) -> Any:
    if grad.dtype != output.dtype or output.dtype not in module.FLOATS or not output.size:
        return shared_kernel("softmax", name)(grad, output, dim, input_dtype)
    xp = module.device_module()
    up, y = xp.ascontiguousarray(grad), xp.ascontiguousarray(output)
    wanted = getattr(input_dtype, "numpy", output.dtype)
    result = xp.empty(output.shape, wanted)
    _launch("softmax_backward", logarithmic, [up, y, result], wanted, y.dtype, _extents(output.shape, dim))
    return result


def _extents(shape: tuple[int, ...], dim: int) -> tuple[int, int, int]:
    """The number of elements before, along and after ``dim``."""
    if not shape:
        return 1, 1, 1
    dim %= len(shape)
    return math.prod(shape[:dim]), shape[dim], math.prod(shape[dim + 1 :])


def _launch(
    name: str, logarithmic: bool, arrays: list[Any], inner: Any, outer: Any, sizes: tuple[int, int, int]
) -> None:
    """Run the kernel that suits rows of this length; ``inner`` and ``outer`` are the types of input and result."""
    before, width, after = sizes
    rows = np.int64(before)
    if after > 1:
        run = module.kernel("softmax", f"{name}_columns", inner, outer, logarithmic)
        tiles = before * -(-after // 32)
        run(module.blocks_for(tiles, 1), (32, 8), (*arrays, rows, np.int64(width), np.int64(after)))
    elif width <= WARP_MOST:
        each = 1 << max(0, (width - 1).bit_length() - 5)
        run = module.kernel("softmax", f"{name}_warp", inner, outer, logarithmic, each)
        run((-(-before // 4),), (32, 4), (*arrays, rows, np.int32(width)))
    else:
        vector = module.lanes(*arrays, width=width)
        run = module.kernel("softmax", f"{name}_block", inner, outer, logarithmic, vector)
        threads = 512 if width >= 4096 else 256
        run(module.blocks_for(before, 1), (threads,), (*arrays, rows, np.int64(width)))
