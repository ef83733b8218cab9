"""Margins around a tensor."""

from __future__ import annotations

from collections.abc import Sequence

from mini_autograd.op.declare import NN
from mini_autograd.tensor import Tensor

__all__ = ["pad"]


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """``pad``: how much before and after the last dimension, then the one before it, and so on."""
    return NN["pad"](input, pad, mode, value)
