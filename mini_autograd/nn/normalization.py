"""Normalization: of the elements of rows, or of vectors to a length of 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "normalize",
    "rms_norm",
]


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Channels, the second dimension, with mean 0 and variance 1, times ``weight``, plus ``bias``.

    In training by their own mean and variance, which move the running ones on by ``momentum``; else by these.
    ValueError where in training a channel has a single element.
    """
    if training:
        size = input.size()
        check_several(size, size[0] * math.prod(size[2:]))
    function = FUNCTIONS["batch_norm"]
    return function(input, weight, bias, running_mean, running_var, training, momentum, eps, True)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """:func:`batch_norm` of the channels of each example by itself; ValueError for those of a single element."""
    if use_input_stats:
        size = input.size()
        if math.prod(size[2:]) == 1:
            raise ValueError(f"Expected more than 1 spatial element when training, got input size {size}")
    function = FUNCTIONS["instance_norm"]
    return function(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Groups of channels of each example with mean 0 and variance 1, times ``weight``, plus ``bias``.

    RuntimeError for fewer than two dimensions, ValueError for groups of a single element.
    """
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    size = input.size()
    grouped = [size[0] * size[1] // num_groups, num_groups, *size[2:]]
    check_several(grouped, grouped[0] * math.prod(size[2:]))
    return FUNCTIONS["group_norm"](input, num_groups, weight, bias, eps, True)


def check_several(size: Any, count: int) -> None:
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """``input`` over a power of the mean of squares of ``size`` neighbouring channels, times ``alpha``, plus ``k``.

    A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet Classification" (2012), section 3.3.
    """
    dim = input.dim()
    if dim < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality                          input (got {dim} dimensions)"
        )
    if input.numel() == 0:
        return input
    square = input.mul(input)
    before, after = size // 2, (size - 1) // 2
    if dim == 3:
        padded = F.constant_pad_nd(square.unsqueeze(1), (0, 0, before, after), 0)
        mean = F.avg_pool2d(padded, (size, 1), 1).squeeze(1)
    else:
        shape = input.size()
        rows = square.view(shape[0], 1, shape[1], shape[2], -1)
        padded = F.constant_pad_nd(rows, (0, 0, 0, 0, before, after), 0)
        mean = F.avg_pool3d(padded, (size, 1, 1), 1).squeeze(1).view(shape)
    return input / mean.mul(alpha).add(k).pow(beta)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """``input`` with mean 0 and variance 1 over its last dimensions, times ``weight``, plus ``bias``.

    RuntimeError unless ``normalized_shape`` is the shape of these dimensions and of weight and bias.
    """
    return FUNCTIONS["layer_norm"](input, normalized_shape, weight, bias, eps)


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """``input`` over the root of its mean square over the last dimensions, times ``weight``.

    ``eps`` is added to the mean square; by default the distance from 1 to the next number.
    """
    return FUNCTIONS["rms_norm"](input, normalized_shape, weight, eps)


def normalize(
    input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None
) -> Tensor:
    """``input`` over its ``p``-norm along ``dim``, or over ``eps`` if that is larger; written to ``out`` if
    given."""
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / length if out is None else FUNCTIONS["div"](input, length, out=out)
