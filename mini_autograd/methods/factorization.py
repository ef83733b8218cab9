"""Factorizations that torch has methods for in Python."""

from __future__ import annotations

from typing import Any

from mini_autograd import functional
from mini_autograd.op import override
from mini_autograd.tensor import Tensor, TensorBase


def lu(self: TensorBase, pivot: bool = True, get_infos: bool = False) -> Any:
    """Both triangular factors in one matrix, the pivots, and for each matrix of a batch whether that succeeded."""
    return functional.lu(self, pivot=pivot, get_infos=get_infos)


def attach() -> None:
    cls: Any = Tensor
    cls.lu = override.method(lu, in_python=True)
