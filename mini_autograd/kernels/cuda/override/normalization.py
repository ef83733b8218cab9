"""Layer normalization: a block for each row, and for the gradients of its factors sums over columns in two passes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module, rows
from mini_autograd.kernels.cuda.instance import shared_kernel


def native_layer_norm(input: Any, normalized_shape: tuple, weight: Any, bias: Any, eps: float) -> Any:
    if not input.size or not rows.takes(input, weight, bias):
        return shared_kernel("normalization", "native_layer_norm")(input, normalized_shape, weight, bias, eps)
    width, kept = math.prod(normalized_shape), len(normalized_shape)
    result, mean, deviation = rows.normalized(input, width, weight, bias, eps, (1, 1, 0))
    outer = input.shape[: input.ndim - kept] + (1,) * kept
    return result, mean.reshape(outer), deviation.reshape(outer)


def native_layer_norm_backward(
    grad_out: Any,
    input: Any,
    normalized_shape: tuple,
    mean: Any,
    rstd: Any,
    weight: Any,
    bias: Any,
    output_mask: tuple,
) -> Any:
    if not input.size or grad_out.dtype != input.dtype or not rows.takes(input, weight, bias):
        kernel = shared_kernel("normalization", "native_layer_norm_backward")
        return kernel(grad_out, input, normalized_shape, mean, rstd, weight, bias, output_mask)
    xp = module.device_module()
    width = math.prod(normalized_shape)
    grad, x = xp.ascontiguousarray(grad_out), xp.ascontiguousarray(input)
    slope = rows.backward(grad, x, width, weight, mean, rstd, (1, 1, 0)) if output_mask[0] else None
    of_weight = of_bias = None
    if output_mask[1] or output_mask[2]:
        across, along = _columns(grad, x, mean, rstd, width)
        kind = input.dtype if weight is None else weight.dtype
        of_weight = along.sum(0).astype(kind).reshape(normalized_shape) if output_mask[1] else None
        of_bias = across.sum(0).astype(kind).reshape(normalized_shape) if output_mask[2] else None
    return slope, of_weight, of_bias


def _columns(grad: Any, x: Any, mean: Any, rstd: Any, width: int) -> tuple[Any, Any]:
    """For parts of the rows the sums of the gradient, and of it times the normalized elements."""
    count = x.size // width
    tiles = -(-width // 32)
    parts = max(1, min(-(-count // 64), 1024 // tiles))
    wide = np.float32 if x.dtype.itemsize == 2 else x.dtype
    across, along = (module.device_module().empty((parts, width), wide) for _ in range(2))
    run = module.kernel("normalization", "column_sums", x.dtype, mean.dtype)
    run((tiles, parts), (32, 8), (grad, x, mean, rstd, across, along, np.int64(count), np.int64(width)))
    return across, along
