"""Segments reduced by CuPy's functions, which know of no first value."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current

Array = Any
xp: Any = current().xp
REDUCE = {"sum": "sum", "mean": "sum", "prod": "prod", "max": "max", "min": "min"}
JOINED = {"sum": xp.add, "mean": xp.add, "prod": xp.multiply, "max": xp.maximum, "min": xp.minimum}


def reduced(part: Array, reduce: str, start: Any) -> Array:
    """``start`` and what the rows of ``part`` are reduced to."""
    if not len(part):
        return xp.full(part.shape[1:], start, part.dtype)
    return JOINED[reduce](getattr(xp, REDUCE[reduce])(part, axis=0), start)
