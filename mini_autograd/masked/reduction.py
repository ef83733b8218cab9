"""Sums, products and norms, medians, and the logarithms of sums of exponentials."""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import FLOAT, float32
from mini_autograd.graph.operations import F
from mini_autograd.masked.mask import (
    Dims,
    accumulated,
    canonical,
    filled,
    logarithm_of_0,
    lowest,
    missing,
    of_order,
    one,
    zero,
)


def sum(
    input: Any,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The sum along the dimensions, by default all."""
    dtype = accumulated(input, dtype)
    dims = canonical(dim, input.ndim)
    return F.sum(filled(input, mask, zero), dims, bool(keepdim), dtype=dtype)


def prod(
    input: Any,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The product, along one dimension after the other."""
    dtype = accumulated(input, dtype)
    dims = canonical(dim, input.ndim)
    result = F.to(filled(input, mask, one), dtype)
    for each in reversed(dims):
        result = F.prod(result, each, bool(keepdim))
    return result


def logsumexp(
    input: Any, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The logarithm of the sum of the exponentials."""
    dims = canonical(dim, input.ndim)
    result = F.logsumexp(filled(input, mask, logarithm_of_0), dims, keepdim)
    return F.to(result, dtype or input.dtype)


def logaddexp(
    input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None
) -> Any:
    """The logarithm of the sum of the exponentials of two tensors, each under a mask of its own."""
    identity = lowest("logaddexp")
    result = F.logaddexp(filled(input, input_mask, identity), filled(other, other_mask, identity))
    return F.to(result, dtype or input.dtype)


def median(input: Any, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The median along a dimension; ValueError where integers have no element left."""
    dtype = dtype or input.dtype
    (dim,) = canonical(dim, input.ndim)[:1]
    floating = input.dtype.category == FLOAT
    result = F.nanmedian(
        filled(input if floating else F.to(input, float32), mask, missing), dim, keepdim
    ).values
    if floating:
        return result
    if F.any(F.isnan(result)):
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return F.to(result, dtype)


def norm(
    input: Any,
    ord: float | None = 2.0,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The norm of that order along the dimensions."""
    left = filled(input, mask, of_order(ord))
    dims = canonical(dim, input.ndim)
    return F.linalg_vector_norm(left, ord, dims, bool(keepdim), dtype=dtype or input.dtype)
