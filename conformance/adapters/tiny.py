"""tinygrad (`pip install tinygrad`): lazy tensors, which give the gradient of one with respect to others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy

if shutil.which("clang") is None:  # its own interpreter needs no compiler
    os.environ.setdefault("DEV", "PYTHON")

import tinygrad

from .tape import Backend, Pullback, torchlike

DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
UNARY = (
    *(
        "exp",
        "exp2",
        "log",
        "log2",
        "log10",
        "sqrt",
        "rsqrt",
        "square",
        "sign",
        "abs",
        "neg",
        "reciprocal",
        "erf",
    ),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("relu", "sigmoid", "floor", "ceil", "round", "trunc", "isnan", "isinf"),
)
BINARY = (
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "maximum",
    "minimum",
    "matmul",
    "dot",
    "logaddexp",
    "eq",
    "ne",
    "lt",
    "gt",
)
OTHER = (
    *(
        "reshape",
        "permute",
        "transpose",
        "unsqueeze",
        "squeeze",
        "flip",
        "flatten",
        "unflatten",
        "diagonal",
        "roll",
    ),
    *(
        "tril",
        "triu",
        "softmax",
        "log_softmax",
        "cumsum",
        "cumprod",
        "masked_fill",
        "expand",
    ),
)
REDUCTIONS = ("sum", "mean", "prod", "var", "std", "any", "all")
OPERATORS = (
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "matmul",
    "neg",
    "getitem",
    *("radd", "rsub", "rmul", "rtruediv"),
)


def array(data: Any, dtype: str) -> Any:
    """A tensor of numbers; one of a single number is made of a list, as its constants need a compiler."""
    made = numpy.array(data, dtype)
    return tinygrad.Tensor(numpy.atleast_1d(made)).reshape(made.shape)


def pull(function: Callable[..., Any], arrays: Sequence[Any]) -> tuple[Any, Pullback]:
    """A function's value, and its pullback."""
    leaves = [one.detach() for one in arrays]  # where one came of another, that is the tape's to know
    value = function(*leaves)
    return value, lambda gradient: value.gradient(*leaves, gradient=gradient)


def operations() -> dict[str, Callable[..., Any]]:
    """The ops that tinygrad has under torch's names."""
    kind = tinygrad.Tensor
    made = {name: getattr(kind, name) for name in (*UNARY, *BINARY, *OTHER) if hasattr(kind, name)}
    made |= {
        f"__{name}__": getattr(kind, f"__{name}__") for name in OPERATORS if hasattr(kind, f"__{name}__")
    }
    made |= {name: _reduction(getattr(kind, name)) for name in REDUCTIONS if hasattr(kind, name)}
    made |= {"mm": kind.matmul, "mv": kind.matmul, "bmm": kind.matmul}
    made["cat"] = lambda tensors, dim=0: tensors[0].cat(*tensors[1:], dim=dim)
    made["stack"] = lambda tensors, dim=0: tensors[0].stack(*tensors[1:], dim=dim)
    made["where"] = lambda condition, x, other: condition.where(x, other)
    return made


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return function(x, axis=tuple(dim) if isinstance(dim, list) else dim, keepdim=keepdim)

    return reduce


BACKEND = Backend(
    array=array,
    numpy=lambda given: given.clone().numpy(),  # which a view may not be without a compiler
    pull=pull,
    dtypes=DTYPES,
)
library = torchlike(version("tinygrad"), BACKEND, operations())


def __getattr__(name: str) -> Any:
    return getattr(library, name)
