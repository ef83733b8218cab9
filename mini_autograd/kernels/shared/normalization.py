"""Layer normalization: rows to mean 0 and variance 1, and its gradients.

Half types are computed in float32. Results are contiguous.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.moments import LANES, moments
from mini_autograd.kernels.shared.reduction import add_up, plain


def native_layer_norm(
    input: Array, normalized_shape: tuple, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """The normalized elements, and mean and reciprocal deviation over the last dimensions, kept with size 1."""
    count, kept = math.prod(normalized_shape), len(normalized_shape)
    rows = opened(input).reshape(-1, count) if count else xp.zeros((outer_size(input, kept), 0), xp.float32)
    kind = rows.dtype.type
    mean = add_up(rows, (1,), True) / kind(max(count, 1))
    result = rows - mean
    variance = add_up(result * result, (1,), True) / kind(count)
    # No square that torch takes on its way is more than this.
    most = (mean * mean + variance) * kind(4 * count)
    odd = xp.flatnonzero(~xp.isfinite(most)) if count else ()
    for at in odd:
        mean[at], variance[at] = moments(rows[at], LANES // input.itemsize)
    if len(odd):
        result = rows - mean
    deviation = kind(1) / xp.sqrt(variance + kind(eps))
    result *= deviation
    if weight is not None:
        result *= opened(weight).reshape(count)
    if bias is not None:
        result += opened(bias).reshape(count)
    outer = input.shape[: input.ndim - kept] + (1,) * kept
    affine = weight if weight is not None else bias
    statistics = input.dtype if affine is None else affine.dtype
    return (
        closed(result, input.shape, input.dtype),
        closed(mean, outer, statistics),
        closed(deviation, outer, statistics),
    )


def native_layer_norm_backward(
    grad_out: Array,
    input: Array,
    normalized_shape: tuple,
    mean: Array,
    rstd: Array,
    weight: Array | None,
    bias: Array | None,
    output_mask: tuple,
) -> tuple[Array | None, Array | None, Array | None]:
    """The gradients of input, weight and bias that ``output_mask`` asks for."""
    count = math.prod(normalized_shape)
    if not input.size:
        return nothing(input, normalized_shape, weight, bias, output_mask)
    grad, rows = opened(grad_out).reshape(-1, count), opened(input).reshape(-1, count)
    scale = opened(rstd).reshape(-1, 1)
    result: list[Array | None] = [None, None, None]
    normal = rows - opened(mean).reshape(-1, 1)
    normal *= scale
    if output_mask[1]:
        result[1] = closed(add_up(grad * normal, (0,), False), normalized_shape, kind_of(weight, input))
    if output_mask[2]:
        result[2] = closed(add_up(grad, (0,), False), normalized_shape, kind_of(bias, input))
    if output_mask[0]:
        inner = grad if weight is None else grad * opened(weight).reshape(count)
        size = inner.dtype.type(count)
        along = add_up(inner * normal, (1,), True) / size
        across = add_up(inner, (1,), True) / size
        normal *= along
        normal += across
        slope = xp.subtract(inner, normal, out=normal)
        slope *= scale
        odd = ~xp.isfinite(along + across)[:, 0]
        if odd.any():
            slope[odd] = unbounded(inner[odd], rows[odd], opened(mean).reshape(-1, 1)[odd], scale[odd])
        result[0] = closed(slope, input.shape, input.dtype)
    return result[0], result[1], result[2]


def unbounded(inner: Array, rows: Array, mean: Array, scale: Array) -> Array:
    """The gradient of rows with infinities, in torch's order: where two of them meet, all of the row is NaN."""
    size = inner.dtype.type(inner.shape[1])
    total, along = add_up(inner, (1,), True), add_up(inner * rows, (1,), True)
    factor = (total * mean - along) * scale * scale * scale / size
    shift = -factor * mean - total * scale / size
    return scale * inner + factor * rows + shift


def nothing(
    input: Array, shape: tuple, weight: Array | None, bias: Array | None, mask: tuple
) -> tuple[Array | None, Array | None, Array | None]:
    """Gradients of no elements."""
    given = ((input, input.shape), (weight, shape), (bias, shape))
    made = [
        plain(xp.zeros(size, kind_of(one, input))) if asked else None
        for (one, size), asked in zip(given, mask, strict=True)
    ]
    return made[0], made[1], made[2]


def kind_of(array: Array | None, input: Array) -> Any:
    return input.dtype if array is None else array.dtype


def outer_size(array: Array, kept: int) -> int:
    return math.prod(array.shape[: array.ndim - kept])


def opened(array: Array) -> Array:
    """The array in the type that it is computed in."""
    return array.astype(xp.float32) if array.itemsize == 2 else array


def closed(array: Any, shape: tuple, dtype: Any) -> Array:
    """The array in its shape and in the type of its memory."""
    result = xp.asarray(array).reshape(shape)
    return plain(result if result.dtype == dtype else result.astype(dtype))
