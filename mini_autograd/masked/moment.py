"""Means, variances and standard deviations."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.dtypes import FLOAT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.masked.mask import Dims, broadcast
from mini_autograd.masked.reduction import sum


def counted(input: Any, dim: Dims, keepdim: bool | None, mask: Any) -> Any:
    """How many elements are left along the dimensions."""
    if mask is None:
        return sum(F.ones(input.shape, **options_of(input, dtypes.int64)), dim, keepdim=keepdim)
    return F.sum(mask, dim, bool(keepdim))


def mean(
    input: Any,
    dim: Dims = None,
    *,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The mean along the dimensions, by default all; ValueError for integers."""
    kind = dtype or input.dtype
    if kind.category < FLOAT:
        source = "Input" if dtype is None else "Optional"
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or "
            f"complex dtype. Got: {kind}"
        )
    mask = None if mask is None else broadcast(mask, input)
    count = counted(input, dim, keepdim, mask)
    return F.div(sum(input, dim, keepdim=keepdim, dtype=kind, mask=mask), count)


def var(
    input: Any,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The variance, the number of elements less ``correction``, 1 by default, being divided by."""
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 0.0 if unbiased is False else 1.0
    if dtype is None:
        dtype = input.dtype if input.dtype.category >= FLOAT else dtypes.float32
    computed = dtype if dtype.category >= FLOAT else dtypes.float32
    mask = None if mask is None else broadcast(mask, input)
    count = counted(input, dim, True, mask)
    centre = F.div(sum(input, dim, keepdim=True, dtype=dtype, mask=mask), count)
    apart = F.sub(input, centre)
    total = sum(F.mul(apart, F.conj(apart)), dim, keepdim=keepdim, dtype=computed, mask=mask)
    if not keepdim:
        count = F.reshape(count, total.shape)
    if correction:
        count = F.sub(F.to(count, computed.to_real()), float(correction))
        count = F.maximum(count, F.new_zeros(count, ()))
    return F.to(F.div(total, count), dtype)


def std(
    input: Any,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool | None = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The root of the variance."""
    return F.sqrt(var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask))
