"""HIPS autograd (`pip install autograd`): numpy functions, whose pullbacks it makes by tracing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import autograd.numpy as np
import numpy
from autograd import builtins  # noqa: F401  (which makes tuples what it differentiates by)
from autograd.core import make_vjp

from .numpylike import operations
from .tape import Backend, torchlike


def pull(function: Callable[..., Any], arrays: Sequence[Any]) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
    """A function's value, and its pullback."""
    pullback, value = make_vjp(lambda packed: function(*packed), tuple(arrays))
    return numpy.asarray(value), pullback


BACKEND = Backend(
    array=lambda data, dtype: numpy.array(data, dtype),
    numpy=numpy.asarray,
    pull=pull,
    dtypes=("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"),
)
library = torchlike(version("autograd"), BACKEND, operations(np))


def __getattr__(name: str) -> Any:
    return getattr(library, name)
