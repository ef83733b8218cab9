"""Reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def sum(self: Array, dim: tuple[int, ...] | None, keepdim: bool, dtype: object = None) -> Array:  # noqa: A001 -- torch's name
    """The sum over ``dim``, over everything for None and ()."""
    return np.add.reduce(self, axis=tuple(dim) if dim else None, keepdims=keepdim)


def sum_all(self: Array, dtype: object = None) -> Array:
    return np.add.reduce(self, axis=None)
