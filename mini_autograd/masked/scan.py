"""Running sums and products."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.masked.mask import canonical, filled, one, zero


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The sums up to each element along a dimension."""
    dtype = dtype or input.dtype
    (dim,) = canonical(dim, input.ndim)[:1]
    return F.to(F.cumsum(filled(input, mask, zero), dim, dtype=dtype), dtype)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The products up to each element."""
    dtype = dtype or input.dtype
    (dim,) = canonical(dim, input.ndim)[:1]
    return F.to(F.cumprod(filled(input, mask, one), dim, dtype=dtype), dtype)
