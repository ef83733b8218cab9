"""Normalisations along a dimension: by exponentials, and by a norm."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.masked.mask import canonical, filled, highest, lowest, zero
from mini_autograd.masked.reduction import norm
from mini_autograd.nn.functional import softmin as softmin_of_all


def softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The share of each exponential in their sum."""
    (dim,) = canonical(dim, input.ndim)[:1]
    return F.softmax(filled(input, mask, lowest("amax")), dim, dtype or input.dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Its logarithm."""
    (dim,) = canonical(dim, input.ndim)[:1]
    return F.log_softmax(filled(input, mask, lowest("amax")), dim, dtype or input.dtype)


def softmin(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The share of each exponential of what is negated."""
    (dim,) = canonical(dim, input.ndim)[:1]
    return softmin_of_all(filled(input, mask, highest("amin")), dim, dtype=dtype or input.dtype)


def normalize(
    input: Any, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None
) -> Any:
    """The elements over their norm, or over ``eps`` if that is larger."""
    left = filled(input, mask, zero)
    length = norm(input, ord, dim, keepdim=True, dtype=dtype or input.dtype, mask=mask)
    return F.div(left, F.maximum(length, F.new_full(length, (), eps)))
