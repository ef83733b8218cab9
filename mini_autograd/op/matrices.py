"""What the ops of linear algebra ask of their matrices, in torch's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import dtypes
from mini_autograd.dtypes import FLOAT
from mini_autograd.tensor import TensorBase

__all__ = [
    "check_floating",
    "check_matrices",
    "check_same_dtype",
    "check_square",
    "check_system",
    "square",
]


def check_matrices(name: str, tensor: TensorBase, argument: str = "A") -> None:
    if tensor._array.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {argument} must have at least 2 dimensions.")


def check_square(name: str, tensor: TensorBase, argument: str = "A") -> None:
    check_matrices(name, tensor, argument)
    rows, count = tensor._array.shape[-2:]
    if rows != count:
        raise RuntimeError(
            f"{name}: {argument} must be batches of square matrices, but they are {rows} by {count} matrices"
        )


def check_floating(name: str, tensor: TensorBase, low_precision: bool = True) -> None:
    kind = tensor._dtype
    if kind.category < FLOAT:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {kind.legacy}")
    if not low_precision and kind in (dtypes.float16, dtypes.bfloat16):
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {kind.legacy}")


def check_same_dtype(name: str, A: TensorBase, B: TensorBase, names: tuple[str, str] = ("A", "B")) -> None:
    if A._dtype is not B._dtype:
        one, two = names
        raise RuntimeError(
            f"{name}: Expected {one} and {two} to have the same dtype, but found {one} of type {A._dtype.legacy} "
            f"and {two} of type {B._dtype.legacy} instead"
        )


def check_system(name: str, A: TensorBase, B: TensorBase, left: bool) -> None:
    """RuntimeError unless ``A X = B``, or ``X A = B``, is a system of equations."""
    check_same_dtype(name, A, B)
    check_square(name, A, "A")
    check_matrices(name, B, "B")
    size = A._array.shape[-1]
    rows, count = B._array.shape[-2:]
    if size != (rows if left else count):
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {equation} ({size}x{size} and {rows}x{count})"
        )


def square(name: str, floating: bool = True, low_precision: bool = True) -> Callable[..., None]:
    """The check of an op on square matrices."""

    def check(tensor: TensorBase, *rest: Any) -> None:
        check_square(name, tensor)
        if floating:
            check_floating(name, tensor, low_precision)

    return check
