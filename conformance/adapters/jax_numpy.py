"""JAX (`pip install jax`): its numpy, whose pullbacks `jax.vjp` makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as np
import numpy

from .numpylike import operations
from .tape import Backend, torchlike

jax.config.update("jax_enable_x64", True)


def pull(function: Callable[..., Any], arrays: Sequence[Any]) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
    """A function's value, and its pullback."""
    value, pullback = jax.vjp(function, *arrays)
    return value, pullback


BACKEND = Backend(
    array=lambda data, dtype: np.array(data, dtype),
    numpy=numpy.asarray,
    pull=pull,
    dtypes=("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"),
)
library = torchlike(jax.__version__, BACKEND, operations(np))


def __getattr__(name: str) -> Any:
    return getattr(library, name)
