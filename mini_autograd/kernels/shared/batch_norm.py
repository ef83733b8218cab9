"""Batch and group normalization: channels, or groups of them, to mean 0 and variance 1, and their gradients.

S. Ioffe and C. Szegedy, "Batch Normalization" (2015), algorithm 1 and the gradients in section 3; Y. Wu and K. He,
"Group Normalization" (2018). Half types are computed in float32, statistics of float32 in float64.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd import dtypes
from mini_autograd.kernels.shared.copying import is_channels_last
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros
from mini_autograd.kernels.shared.moments import LANES, moments
from mini_autograd.kernels.shared.normalization import closed, opened
from mini_autograd.layouts import channels_last, contiguous_format

Array = np.ndarray[Any, Any]
Given = Array | None


def channel_dims(array: Array) -> tuple[int, ...]:
    """All dimensions but that of channels, the second."""
    return (0, *range(2, array.ndim))


def spread(values: Any, ndim: int) -> Any:
    """A value for each channel in a shape that broadcasts."""
    return values.reshape(1, -1, *(1,) * (ndim - 2))


def room_like(array: Array) -> Array:
    """Memory for as many elements, channels last if those of ``array`` are, else contiguous."""
    order = channels_last if is_channels_last(array) else contiguous_format
    return empty_like(array, order, dtypes.of_numpy(array.dtype))


def wide(array: Array) -> Array:
    return array.astype(np.float64)


def native_batch_norm(
    input: Array,
    weight: Given,
    bias: Given,
    running_mean: Given,
    running_var: Given,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Array, Array, Array]:
    """The normalized elements, and in training mean and reciprocal deviation; running statistics are moved on."""
    kind = (running_mean if weight is None else weight) if input.itemsize == 2 else input
    statistics = input.dtype if kind is None else kind.dtype
    if training:
        mean, deviation = collected(wide(input), running_mean, running_var, momentum, eps)
        saved = mean.astype(statistics), deviation.astype(statistics)
    else:
        assert running_mean is not None
        assert running_var is not None
        mean, deviation = wide(running_mean), 1 / np.sqrt(wide(running_var) + eps)
        saved = allocate((0,), statistics), allocate((0,), statistics)
    rows = opened(input)
    scale = deviation if weight is None else deviation * wide(weight)
    shift = -mean * scale if bias is None else wide(bias) - mean * scale
    result = room_like(input)
    factor, term = (spread(one.astype(rows.dtype), input.ndim) for one in (scale, shift))
    result[...] = rows * factor + term
    return result, *saved


def collected(
    rows: Array, running_mean: Given, running_var: Given, momentum: float, eps: float
) -> tuple[Array, Array]:
    """Mean and reciprocal deviation of channels, with which the running ones are moved on."""
    dims = channel_dims(rows)
    count = math.prod([rows.shape[dim] for dim in dims])
    mean = rows.mean(dims)
    variance = np.square(rows - spread(mean, rows.ndim)).mean(dims)
    if running_mean is not None:
        running_mean[...] = momentum * mean + (1 - momentum) * wide(running_mean)
    if running_var is not None:
        unbiased = variance * count / np.float64(count - 1)
        running_var[...] = momentum * unbiased + (1 - momentum) * wide(running_var)
    return mean, 1 / np.sqrt(variance + eps)


def native_batch_norm_legit(
    input: Array, weight: Given, bias: Given, training: bool, momentum: float, eps: float
) -> tuple[Array, Array, Array]:
    """Batch normalization that keeps no running statistics."""
    return native_batch_norm(input, weight, bias, None, None, training, momentum, eps)


def native_batch_norm_backward(
    grad_out: Array,
    input: Array,
    weight: Given,
    running_mean: Given,
    running_var: Given,
    save_mean: Given,
    save_invstd: Given,
    train: bool,
    eps: float,
    output_mask: tuple,
) -> tuple[Given, Given, Given]:
    """The gradients of input, weight and bias that ``output_mask`` asks for."""
    dims, ndim = channel_dims(input), input.ndim
    count = math.prod([input.shape[dim] for dim in dims])
    if train:
        assert save_mean is not None
        assert save_invstd is not None
        mean, deviation = wide(save_mean), wide(save_invstd)
    else:
        assert running_mean is not None
        assert running_var is not None
        mean, deviation = wide(running_mean), 1 / np.sqrt(wide(running_var) + eps)
    grad, apart = wide(grad_out), wide(input) - spread(mean, ndim)
    total, along = grad.sum(dims), (grad * apart).sum(dims)
    result: list[Given] = [None, None, None]
    if output_mask[0]:
        slope = grad
        if train:
            slope = grad - spread(total / count, ndim)
            slope -= apart * spread(along * deviation * deviation / count, ndim)
        scale = deviation if weight is None else deviation * wide(weight)
        of_input = result[0] = room_like(input)
        of_input[...] = slope * spread(scale, ndim)
    kind = input.dtype if weight is None else weight.dtype
    if output_mask[1]:
        result[1] = (along * deviation).astype(kind)
    if output_mask[2]:
        result[2] = total.astype(kind)
    return result[0], result[1], result[2]


def native_group_norm(
    input: Array, weight: Given, bias: Given, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Array, Array, Array]:
    """The normalized elements, and mean and reciprocal deviation of each example's groups of channels."""
    rows = wide(input).reshape(N, group, -1) if input.size else np.zeros((N, group, 0))
    affine = weight if weight is not None else bias
    statistics = input.dtype if affine is None else affine.dtype
    mean = rows.mean(2) if rows.size else np.zeros((N, group))
    apart = rows - mean[:, :, None]
    variance = np.square(apart).mean(2) if rows.size else np.full((N, group), np.nan)
    kind = opened(input).dtype
    # No square that torch takes on its way is more than this.
    most = (np.square(mean) + variance) * (4 * rows.shape[2])
    odd = np.argwhere(~np.isfinite(most.astype(kind))) if rows.size else ()
    for example, at in odd:
        row = rows[example, at].astype(kind)
        mean[example, at], variance[example, at] = moments(row, LANES // input.itemsize)
    deviation = 1 / np.sqrt(variance + eps)
    scale = np.repeat(deviation, C // group, 1)[:, :, None]
    scale = scale if weight is None else scale * wide(weight).reshape(1, C, 1)
    scale = wide(scale.astype(kind))  # where it overflows in torch, there is no element left
    shift = -scale * np.repeat(mean, C // group, 1)[:, :, None]
    if bias is not None:
        shift += wide(bias).reshape(1, C, 1)
    result = wide(input).reshape(N, C, HxW) * scale + shift
    kept = closed(mean, (N, group), statistics), closed(deviation, (N, group), statistics)
    return closed(result, input.shape, input.dtype), *kept


def native_group_norm_backward(
    grad_out: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    weight: Given,
    N: int,
    C: int,
    HxW: int,
    group: int,
    output_mask: tuple,
) -> tuple[Given, Given, Given]:
    """The gradients of input, weight and bias that ``output_mask`` asks for."""
    kind = input.dtype if weight is None else weight.dtype
    if not input.size:
        sizes = (input.shape, input.dtype), ((C,), kind), ((C,), kind)
        made = [
            allocate_zeros(*one) if asked else None for one, asked in zip(sizes, output_mask, strict=True)
        ]
        return made[0], made[1], made[2]
    shape = N, group, C // group, HxW
    grad, elements = wide(grad_out).reshape(shape), wide(input).reshape(shape)
    center, scale = wide(mean).reshape(N, group, 1, 1), wide(rstd).reshape(N, group, 1, 1)
    along, total = (grad * elements).sum(3, keepdims=True), grad.sum(3, keepdims=True)
    result: list[Given] = [None, None, None]
    if output_mask[0]:
        factor = 1.0 if weight is None else wide(weight).reshape(1, *shape[1:3], 1)
        of_grad = scale * factor
        whole = (total * factor).sum(2, keepdims=True)
        count = C // group * HxW
        of_input = (whole * center - (along * factor).sum(2, keepdims=True)) * scale**3 / count
        shift = -of_input * center - whole * scale / count
        result[0] = closed(of_grad * grad + of_input * elements + shift, input.shape, input.dtype)
    if output_mask[1]:
        result[1] = ((along - total * center) * scale).sum(0).reshape(C).astype(kind)
    if output_mask[2]:
        result[2] = total.sum(0).reshape(C).astype(kind)
    return result[0], result[1], result[2]
