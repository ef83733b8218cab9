"""Normalization: of the elements of rows, or of vectors to a length of 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor

__all__ = ["layer_norm", "normalize", "rms_norm"]


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
