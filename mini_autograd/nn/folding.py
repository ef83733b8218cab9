"""Windows as columns, and back."""

from __future__ import annotations

from typing import Any

from mini_autograd.op.declare import NN
from mini_autograd.tensor import Tensor

__all__ = ["fold", "unfold"]


def pair(size: Any) -> Any:
    return size if isinstance(size, (tuple, list)) else (size, size)


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of each image as columns."""
    return NN["im2col"](input, pair(kernel_size), pair(dilation), pair(padding), pair(stride))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns, each a window, added up to images of ``output_size``."""
    steps = (pair(kernel_size), pair(dilation), pair(padding), pair(stride))
    return NN["col2im"](input, pair(output_size), *steps)
