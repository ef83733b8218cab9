"""Convolutions and their transposes."""

from __future__ import annotations

from mini_autograd.op.declare import FUNCTIONS

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
]  # fmt: skip

conv1d, conv2d, conv3d = (FUNCTIONS[f"conv{count}d"] for count in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (
    FUNCTIONS[f"conv_transpose{count}d"] for count in (1, 2, 3)
)
