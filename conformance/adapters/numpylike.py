"""Torch's ops in the functions of a library that has numpy's: those that the two have one to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .tape import Tape, Unsupported

UNARY = {
    **{
        name: name
        for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "sign")
    },
    **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "sinc", "abs", "floor", "ceil")},
    **{name: f"arc{name[1:]}" for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    **{"neg": "negative", "reciprocal": "reciprocal", "isnan": "isnan", "isfinite": "isfinite"},
    **{"deg2rad": "deg2rad", "rad2deg": "rad2deg"},
}
BINARY = {
    **{
        "add": "add",
        "sub": "subtract",
        "mul": "multiply",
        "div": "divide",
        "pow": "power",
        "atan2": "arctan2",
    },
    **{name: name for name in ("maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2", "matmul")},
    **{
        "eq": "equal",
        "ne": "not_equal",
        "lt": "less",
        "le": "less_equal",
        "gt": "greater",
        "ge": "greater_equal",
    },
    **{"mm": "matmul", "mv": "matmul", "bmm": "matmul", "dot": "dot", "outer": "outer", "kron": "kron"},
}
OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "matmul": "matmul",
}
REDUCTIONS = ("sum", "mean", "prod")


def operations(np: Any) -> dict[str, Callable[..., Any]]:
    """The ops of a numpy-like module by torch's names."""
    made: dict[str, Callable[..., Any]] = {
        name: getattr(np, own) for name, own in {**UNARY, **BINARY}.items() if hasattr(np, own)
    }
    for name, own in OPERATORS.items():
        made[f"__{name}__"] = function = getattr(np, own)
        made[f"__r{name}__"] = _swapped(function)
    made["__neg__"] = np.negative
    made |= {name: _reduction(getattr(np, name)) for name in REDUCTIONS}
    return made | _shapes(np)


def _swapped(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, other: function(other, x)


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return function(x, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)

    return reduce


def _shapes(np: Any) -> dict[str, Callable[..., Any]]:
    """What moves elements about."""

    def sizes(given: tuple[Any, ...]) -> Any:
        return tuple(given[0]) if len(given) == 1 and isinstance(given[0], list | tuple) else given

    def item(x: Any, index: Any) -> Any:
        if any(isinstance(one, Tape) for one in (index if isinstance(index, tuple) else (index,))):
            raise Unsupported("an index of tensors")
        return x[index]

    return {
        "reshape": lambda x, *shape: np.reshape(x, sizes(shape)),
        "permute": lambda x, *dims: np.transpose(x, sizes(dims)),
        "transpose": lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1),
        "unsqueeze": np.expand_dims,
        "flip": lambda x, *dims: np.flip(x, sizes(dims)),
        "fliplr": np.fliplr,
        "flipud": np.flipud,
        "tril": lambda x, diagonal=0: np.tril(x, diagonal),
        "triu": lambda x, diagonal=0: np.triu(x, diagonal),
        "cat": lambda tensors, dim=0: np.concatenate(tensors, axis=dim),
        "stack": lambda tensors, dim=0: np.stack(tensors, axis=dim),
        "where": lambda condition, x, other: np.where(condition, x, other),
        "tile": lambda x, *dims: np.tile(x, sizes(dims)),
        "__getitem__": item,
    }
