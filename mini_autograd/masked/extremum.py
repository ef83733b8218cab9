"""Extrema along dimensions, and where they are."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.masked.mask import Dims, canonical, filled, highest, lowest


def amax(
    input: Any,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The largest element along the dimensions, by default all."""
    left = filled(input, mask, lowest("amax"))
    return F.to(F.amax(left, canonical(dim, input.ndim), bool(keepdim)), dtype or input.dtype)


def amin(
    input: Any,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The smallest element."""
    left = filled(input, mask, highest("amin"))
    return F.to(F.amin(left, canonical(dim, input.ndim), bool(keepdim)), dtype or input.dtype)


def argmax(
    input: Any,
    dim: int | None = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """Where the largest element is, as a number of the input's dtype."""
    left = filled(input, mask, lowest("argmax"))
    return F.to(F.argmax(left, dim, bool(keepdim)), dtype or input.dtype)


def argmin(
    input: Any,
    dim: int | None = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """Where the smallest is."""
    left = filled(input, mask, highest("argmin"))
    return F.to(F.argmin(left, dim, bool(keepdim)), dtype or input.dtype)
