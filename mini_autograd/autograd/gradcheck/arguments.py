"""What is checked: the tensors among inputs and outputs that have derivatives."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.dtypes import complex128, float64
from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase, requires_grad


def as_tuple(value: Any) -> tuple:
    if isinstance(value, tuple):
        return value
    return tuple(value) if isinstance(value, list) else (value,)


def is_differentiable(value: Any) -> bool:
    return isinstance(value, TensorBase) and value._dtype.is_differentiable


def inputs_in(inputs: Any) -> list[int]:
    """The positions of the inputs to differentiate by."""
    return [
        index
        for index, one in enumerate(as_tuple(inputs))
        if isinstance(one, TensorBase) and requires_grad(one)
    ]


def outputs_in(result: Any) -> tuple:
    """The outputs that have a graph."""
    return tuple([one for one in as_tuple(result) if one.requires_grad])


def check_inputs(inputs: tuple) -> None:
    """ValueError where no input requires a gradient, RuntimeError where elements of one share memory."""
    found = False
    for index, one in enumerate(inputs):
        if not (isinstance(one, TensorBase) and requires_grad(one)):
            continue
        if one._dtype is not float64 and one._dtype is not complex128:
            warnings.warn(
                f"Input #{index} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=4,
            )
        array = one._array
        if any(not step and size > 1 for step, size in zip(array.strides, array.shape, strict=True)):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
        found = True
    if not found:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )


def close(one: TensorBase, other: TensorBase, rtol: float, atol: float) -> bool:
    """``allclose`` of tensors whose types may differ."""
    if one._dtype is not other._dtype:
        kind = F.result_type(one, other)
        one, other = F.to(one, kind), F.to(other, kind)
    return bool(F.allclose(one, other, rtol, atol))
