"""Batch and group normalization: sums over channels in parts, put together in double precision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import matrices, module, rows
from mini_autograd.kernels.cuda.instance import shared_kernel


def native_batch_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
) -> Any:
    statistics = [one for one in (weight, bias, running_mean, running_var) if one is not None]
    alike = all(one.dtype == statistics[0].dtype and one.flags.c_contiguous for one in statistics)
    if not input.size or not input.flags.c_contiguous or input.dtype not in module.FLOATS or not alike:
        kernel = shared_kernel("batch_norm", "native_batch_norm")
        return kernel(input, weight, bias, running_mean, running_var, training, momentum, eps)
    xp = module.device_module()
    channels = input.shape[1]
    kind = statistics[0].dtype if statistics and input.dtype.itemsize == 2 else input.dtype
    if training:
        mean, deviation, *saved = _collected(input, running_mean, running_var, momentum, eps, kind)
    else:
        mean = running_mean.astype(np.float64)
        deviation = 1 / xp.sqrt(running_var.astype(np.float64) + eps)
        saved = [matrices.allocate((0,), kind), matrices.allocate((0,), kind)]
    scale = deviation if weight is None else deviation * weight.astype(np.float64)
    term = xp.zeros(channels, np.float64) if bias is None else bias.astype(np.float64)
    return _blended(None, input, None, scale, mean, term), *saved


def native_batch_norm_legit(
    input: Any, weight: Any, bias: Any, training: bool, momentum: float, eps: float
) -> Any:
    return native_batch_norm(input, weight, bias, None, None, training, momentum, eps)


def native_batch_norm_backward(
    grad_out: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    save_mean: Any,
    save_invstd: Any,
    train: bool,
    eps: float,
    output_mask: tuple,
) -> Any:
    if (
        not input.size
        or not input.flags.c_contiguous
        or grad_out.dtype != input.dtype
        or input.dtype not in module.FLOATS
    ):
        kernel = shared_kernel("batch_norm", "native_batch_norm_backward")
        given = (
            grad_out,
            input,
            weight,
            running_mean,
            running_var,
            save_mean,
            save_invstd,
            train,
            eps,
            output_mask,
        )
        return kernel(*given)
    xp = module.device_module()
    grad = xp.ascontiguousarray(grad_out)
    if train:
        mean, deviation = save_mean.astype(np.float64), save_invstd.astype(np.float64)
    else:
        mean, deviation = running_mean.astype(np.float64), 1 / xp.sqrt(running_var.astype(np.float64) + eps)
    total, along = (one.sum(0) for one in _sums(grad, input, mean))
    scale = deviation if weight is None else deviation * weight.astype(np.float64)
    slope = None
    if output_mask[0]:
        count = input.size // input.shape[1]
        share = -along * deviation * deviation / count * scale if train else xp.zeros_like(scale)
        term = -total / count * scale if train else xp.zeros_like(scale)
        slope = _blended(grad, input, scale, share, mean, term)
    kind = input.dtype if weight is None else weight.dtype
    of_weight = (along * deviation).astype(kind) if output_mask[1] else None
    return slope, of_weight, total.astype(kind) if output_mask[2] else None


def native_group_norm(
    input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float
) -> Any:
    if not input.size or not rows.takes(input, weight, bias):
        return shared_kernel("batch_norm", "native_group_norm")(input, weight, bias, N, C, HxW, group, eps)
    groups = group, C // group, HxW
    result, mean, deviation = rows.normalized(input, C // group * HxW, weight, bias, eps, groups)
    return result, mean.reshape(N, group), deviation.reshape(N, group)


def native_group_norm_backward(
    grad_out: Any,
    input: Any,
    mean: Any,
    rstd: Any,
    weight: Any,
    N: int,
    C: int,
    HxW: int,
    group: int,
    output_mask: tuple,
) -> Any:
    if not input.size or grad_out.dtype != input.dtype or not rows.takes(input, weight, None):
        kernel = shared_kernel("batch_norm", "native_group_norm_backward")
        return kernel(grad_out, input, mean, rstd, weight, N, C, HxW, group, output_mask)
    xp = module.device_module()
    grad, x = xp.ascontiguousarray(grad_out), xp.ascontiguousarray(input)
    groups = group, C // group, HxW
    slope = rows.backward(grad, x, C // group * HxW, weight, mean, rstd, groups) if output_mask[0] else None
    of_weight = of_bias = None
    if output_mask[1] or output_mask[2]:
        # Every example's channel is one of its own here: one example of N * C channels.
        center = xp.repeat(mean.astype(np.float64).reshape(-1), C // group)
        total, along = (one.sum(0).reshape(N, C) for one in _sums(grad.reshape(1, N * C, HxW), x, center))
        kind = input.dtype if weight is None else weight.dtype
        scale = xp.repeat(rstd.astype(np.float64), C // group, axis=1)
        of_weight = (along * scale).sum(0).astype(kind) if output_mask[1] else None
        of_bias = total.sum(0).astype(kind) if output_mask[2] else None
    return slope, of_weight, of_bias


def _parts(channels: int, count: int) -> int:
    """Into how many parts each channel is split; by the sizes alone, for the same bits on every device."""
    return max(1, min(-(-count // 2048), 1024 // channels, 65535))


def _sums(grad: Any, x: Any, centers: Any) -> tuple[Any, Any]:
    """For the parts of each channel the sums of the gradient and of it times ``x - centers``; without a gradient of
    that and of its square."""
    shape = (x if grad is None else grad).shape
    examples, channels, span = shape[0], shape[1], math.prod(shape[2:])
    parts = _parts(channels, examples * span)
    first, second = (module.device_module().empty((parts, channels), np.float64) for _ in range(2))
    run = module.kernel("normalization", "channel_sums", x.dtype, grad is not None)
    sizes = np.int64(examples), np.int64(channels), np.int64(span)
    run((channels, parts), (256,), (module.or_null(grad), x, module.or_null(centers), first, second, *sizes))
    return first, second


def _collected(
    x: Any, running_mean: Any, running_var: Any, momentum: float, eps: float, kind: Any
) -> list[Any]:
    """Mean and reciprocal deviation of channels, exact and saved, with which the running ones are moved on."""
    xp = module.device_module()
    channels = x.shape[1]
    first, second = _sums(None, x, None)
    made = [
        xp.empty(channels, np.float64),
        xp.empty(channels, np.float64),
        xp.empty(channels, kind),
        xp.empty(channels, kind),
    ]
    run = module.kernel("normalization", "channel_moments", x.dtype, kind)
    running = module.or_null(running_mean), module.or_null(running_var)
    sizes = np.int64(channels), np.int64(len(first)), np.int64(math.prod(x.shape[2:]))
    numbers = np.float64(x.size // channels), np.float64(momentum), np.float64(eps)
    run((-(-channels // 128),), (128,), (x, first, second, *made, *running, *sizes, *numbers))
    return made


def _blended(grad: Any, x: Any, of_grad: Any, of_x: Any, center: Any, term: Any) -> Any:
    out = module.device_module().empty(x.shape, x.dtype)
    run = module.kernel("normalization", "channel_blend", x.dtype, grad is not None)
    sizes = np.int64(x.size), np.int64(x.shape[1]), np.int64(math.prod(x.shape[2:]))
    run(
        module.blocks_for(x.size, 256),
        (256,),
        (module.or_null(grad), x, out, module.or_null(of_grad), of_x, center, term, *sizes),
    )
    return out
