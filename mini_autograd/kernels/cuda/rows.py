"""Rows to mean 0 and variance 1: what layer and group normalization launch."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module

# The number of groups, of channels in each, and of elements of a channel; 0 of them where each element has its own.
Groups = tuple[int, int, int]


def takes(input: Any, weight: Any, bias: Any) -> bool:
    """Whether the kernels are for these types: floats, with factors of one type."""
    given = [one for one in (weight, bias) if one is not None]
    floats = all(one.dtype in module.FLOATS and one.flags.c_contiguous for one in given)
    return input.dtype in module.FLOATS and floats and all(one.dtype == given[0].dtype for one in given)


def threads_for(packs: int) -> int:
    """As many threads as have something to do, in whole warps."""
    return min(512, max(32, -(-packs // 32) * 32)) if packs <= 2048 else 512


def normalized(
    input: Any, width: int, weight: Any, bias: Any, eps: float, groups: Groups
) -> tuple[Any, Any, Any]:
    """The normalized elements, mean and reciprocal deviation of each row."""
    xp = module.device_module()
    x = xp.ascontiguousarray(input)
    affine = weight if weight is not None else bias
    kind = x.dtype if affine is None else affine.dtype
    count = x.size // width
    result = xp.empty(x.shape, x.dtype)
    mean, deviation = xp.empty(count, kind), xp.empty(count, kind)
    vector = module.lanes(x, result, width=width)
    run = module.kernel("normalization", "normalize_rows", x.dtype, kind, vector)
    numbers = [np.int64(one) for one in (count, width, *groups)]
    args = (
        x,
        module.or_null(weight),
        module.or_null(bias),
        result,
        mean,
        deviation,
        *numbers,
        module.number(eps, x.dtype),
    )
    run((min(count, 1 << 20),), (threads_for(width // vector),), args)
    return result, mean, deviation


def backward(grad: Any, x: Any, width: int, weight: Any, mean: Any, rstd: Any, groups: Groups) -> Any:
    """The gradient of the input, of contiguous arrays."""
    result = module.device_module().empty(x.shape, x.dtype)
    vector = module.lanes(grad, x, result, width=width)
    run = module.kernel("normalization", "normalize_rows_backward", x.dtype, mean.dtype, vector)
    numbers = [np.int64(one) for one in (x.size // width, width, *groups)]
    args = (grad, x, module.or_null(weight), mean, rstd, result, *numbers)
    run((min(x.size // width, 1 << 20),), (threads_for(width // vector),), args)
    return result
