"""Batch and group normalization: channels, or groups of them, to mean 0 and variance 1, and their gradients.

S. Ioffe and C. Szegedy, "Batch Normalization" (2015), algorithm 1 and the gradients in section 3; Y. Wu and K. He,
"Group Normalization" (2018). Half types are computed in float32, statistics of float32 in float64.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared import lines
from mini_autograd.kernels.shared.copying import is_channels_last
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.lines import wide
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros
from mini_autograd.kernels.shared.moments import LANES, moments
from mini_autograd.kernels.shared.normalization import closed, opened
from mini_autograd.layouts import channels_last

Given = Array | None


def rows_of(array: Array, channels: int) -> Array:
    """A row for each channel, or group of them, of each example, in the type that is computed in."""
    length = math.prod(array.shape) // (array.shape[0] * channels) if array.size else 0
    return xp.ascontiguousarray(opened(array)).reshape(array.shape[0] * channels, length)


def over_examples(values: Array, channels: int) -> Array:
    """What belongs to the rows of a channel added up."""
    return values.reshape(-1, channels).sum(0)


def each(values: Array, rows: Array) -> Array:
    """A channel's value for each of its rows."""
    return xp.concatenate([values] * (len(rows) // max(len(values), 1) or 1))[: len(rows)]


def laid_like(rows: Array, array: Array) -> Array:
    """Rows in the shape of ``array``, channels last if those are, else contiguous."""
    if not is_channels_last(array):
        return closed(rows, array.shape, array.dtype)
    result = empty_like(array, channels_last, dtypes.of_numpy(array.dtype))
    result[...] = rows.reshape(array.shape)
    return result


def native_batch_norm(
    input: Array,
    weight: Given,
    bias: Given,
    running_mean: Given,
    running_var: Given,
    training: bool,
    momentum: float,
    eps: float,
    loops: Any = lines,
) -> tuple[Array, Array, Array]:
    """The normalized elements, and in training mean and reciprocal deviation; running statistics are moved on."""
    kind = (running_mean if weight is None else weight) if input.itemsize == 2 else input
    statistics = input.dtype if kind is None else kind.dtype
    rows = rows_of(input, input.shape[1])
    if training:
        mean, deviation = collected(rows, input.shape[1], running_mean, running_var, momentum, eps, loops)
        saved = mean.astype(statistics), deviation.astype(statistics)
    else:
        assert running_mean is not None
        assert running_var is not None
        mean, deviation = wide(running_mean), 1 / xp.sqrt(wide(running_var) + eps)
        saved = allocate((0,), statistics), allocate((0,), statistics)
    scale = deviation if weight is None else deviation * wide(weight)
    shift = -mean * scale if bias is None else wide(bias) - mean * scale
    factor, term = (each(one.astype(rows.dtype), rows) for one in (scale, shift))
    return laid_like(loops.affine(rows, factor, term, rows.dtype), input), *saved


def collected(
    rows: Array,
    channels: int,
    running_mean: Given,
    running_var: Given,
    momentum: float,
    eps: float,
    loops: Any,
) -> tuple[Array, Array]:
    """Mean and reciprocal deviation of channels, with which the running ones are moved on."""
    count = rows.size // max(channels, 1)
    mean = over_examples(loops.sums(rows), channels) / count
    variance = over_examples(loops.squares(rows, each(mean, rows)), channels) / count
    if running_mean is not None:
        running_mean[...] = momentum * mean + (1 - momentum) * wide(running_mean)
    if running_var is not None:
        unbiased = variance * count / xp.float64(count - 1)
        running_var[...] = momentum * unbiased + (1 - momentum) * wide(running_var)
    return mean, 1 / xp.sqrt(variance + eps)


def native_batch_norm_legit(
    input: Array,
    weight: Given,
    bias: Given,
    training: bool,
    momentum: float,
    eps: float,
    loops: Any = lines,
) -> tuple[Array, Array, Array]:
    """Batch normalization that keeps no running statistics."""
    return native_batch_norm(input, weight, bias, None, None, training, momentum, eps, loops)


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
    loops: Any = lines,
) -> tuple[Given, Given, Given]:
    """The gradients of input, weight and bias that ``output_mask`` asks for."""
    channels = input.shape[1]
    grad, rows = rows_of(grad_out, channels), rows_of(input, channels)
    if train:
        assert save_mean is not None
        assert save_invstd is not None
        mean, deviation = wide(save_mean), wide(save_invstd)
    else:
        assert running_mean is not None
        assert running_var is not None
        mean, deviation = wide(running_mean), 1 / xp.sqrt(wide(running_var) + eps)
    center, count = each(mean, rows), rows.size // max(channels, 1)
    total = over_examples(loops.sums(grad), channels)
    along = over_examples(loops.products(grad, rows, center), channels)
    result: list[Given] = [None, None, None]
    if output_mask[0]:
        scale = each(deviation if weight is None else deviation * wide(weight), rows)
        if train:
            share = each(along * deviation * deviation / count, rows)
            slope = loops.project(grad, rows, center, each(total / count, rows), share, scale, input.dtype)
        else:
            slope = loops.affine(grad, scale, None, input.dtype)
        result[0] = laid_like(slope, input)
    kind = input.dtype if weight is None else weight.dtype
    if output_mask[1]:
        result[1] = (along * deviation).astype(kind)
    if output_mask[2]:
        result[2] = total.astype(kind)
    return result[0], result[1], result[2]


def native_group_norm(
    input: Array,
    weight: Given,
    bias: Given,
    N: int,
    C: int,
    HxW: int,
    group: int,
    eps: float,
    loops: Any = lines,
) -> tuple[Array, Array, Array]:
    """The normalized elements, and mean and reciprocal deviation of each example's groups of channels."""
    rows = rows_of(input, group) if input.size else xp.zeros((N * group, 0), opened(input).dtype)
    affine = weight if weight is not None else bias
    statistics = input.dtype if affine is None else affine.dtype
    kind, count = rows.dtype, rows.shape[1]
    mean, variance = xp.zeros((N, group)), xp.full((N, group), xp.nan)
    if rows.size:
        mean = (loops.sums(rows) / count).reshape(N, group)
        variance = (loops.squares(rows, mean.reshape(-1)) / count).reshape(N, group)
    # No square that torch takes on its way is more than this.
    most = (xp.square(mean) + variance) * (4 * count)
    odd = xp.argwhere(~xp.isfinite(most.astype(kind))) if rows.size else ()
    for example, at in odd:
        row = rows[example * group + at]
        mean[example, at], variance[example, at] = moments(row, LANES // input.itemsize)
    deviation = 1 / xp.sqrt(variance + eps)
    scale = xp.repeat(deviation, C // group, 1)[:, :, None]
    scale = scale if weight is None else scale * wide(weight).reshape(1, C, 1)
    scale = wide(scale.astype(kind))  # where it overflows in torch, there is no element left
    shift = -scale * xp.repeat(mean, C // group, 1)[:, :, None]
    if bias is not None:
        shift += wide(bias).reshape(1, C, 1)
    result = loops.affine(rows.reshape(N * C, HxW), scale.reshape(-1), shift.reshape(-1), input.dtype)
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
    loops: Any = lines,
) -> tuple[Given, Given, Given]:
    """The gradients of input, weight and bias that ``output_mask`` asks for."""
    kind = input.dtype if weight is None else weight.dtype
    if not input.size:
        sizes = (input.shape, input.dtype), ((C,), kind), ((C,), kind)
        made = [
            allocate_zeros(*one) if asked else None for one, asked in zip(sizes, output_mask, strict=True)
        ]
        return made[0], made[1], made[2]
    shape = N, group, C // group, 1
    grad, rows = rows_of(grad_out, C), rows_of(input, C)
    center, scale = wide(mean).reshape(N, group, 1, 1), wide(rstd).reshape(N, group, 1, 1)
    along = loops.products(grad, rows, xp.zeros(len(rows))).reshape(shape)
    total = loops.sums(grad).reshape(shape)
    result: list[Given] = [None, None, None]
    if output_mask[0]:
        factor = 1.0 if weight is None else wide(weight).reshape(1, *shape[1:3], 1)
        of_grad = scale * factor
        whole = (total * factor).sum(2, keepdims=True)
        count = C // group * HxW
        of_input = (whole * center - (along * factor).sum(2, keepdims=True)) * scale**3 / count
        shift = -of_input * center - whole * scale / count
        numbers = [xp.broadcast_to(one, shape).reshape(-1) for one in (of_grad, of_input, shift)]
        result[0] = closed(loops.blend(grad, rows, *numbers, input.dtype), input.shape, input.dtype)
    if output_mask[1]:
        result[1] = ((along - total * center) * scale).sum(0).reshape(C).astype(kind)
    if output_mask[2]:
        result[2] = total.sum(0).reshape(C).astype(kind)
    return result[0], result[1], result[2]
