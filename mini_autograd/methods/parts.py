"""The real and the imaginary part of a tensor, which may be assigned to."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.tensor import Tensor, TensorBase


def get_real(self: TensorBase) -> Any:
    return F.real(self)


def get_imag(self: TensorBase) -> Any:
    return F.imag(self)


def set_real(self: TensorBase, value: Any) -> None:
    F.copy_(F.real(self), value)


def set_imag(self: TensorBase, value: Any) -> None:
    F.copy_(F.imag(self), value)


def attach() -> None:
    cls: Any = Tensor
    cls.real = property(get_real, set_real)
    cls.imag = property(get_imag, set_imag)
