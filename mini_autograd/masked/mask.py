"""What takes the place of elements that a mask leaves out: the identity of the operation, which changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mini_autograd import dtypes
from mini_autograd.dtypes import FLOAT, dtype
from mini_autograd.graph.operations import F, options_of
from mini_autograd.limits import iinfo

Dims = int | tuple[int, ...] | list[int] | None
Identity = Callable[[dtype], Any]


def zero(kind: dtype) -> int:
    """That of sums."""
    return 0


def one(kind: dtype) -> int:
    """That of products."""
    return 1


def lowest(operation: str) -> Identity:
    """That of maxima."""
    return lambda kind: bound(operation, kind, -math.inf)


def highest(operation: str) -> Identity:
    """That of minima."""
    return lambda kind: bound(operation, kind, math.inf)


def bound(operation: str, kind: dtype, limit: float) -> Any:
    """The infinity, or the integer that comes nearest to it."""
    if kind.category == FLOAT:
        return limit
    if kind is dtypes.bool:
        raise NotImplementedError(f"identity of {operation} on {kind} input")
    info = iinfo(kind)
    return info.min if limit < 0 else info.max


def logarithm_of_0(kind: dtype) -> Any:
    """That of sums of exponentials."""
    return complex(-math.inf, 0) if kind.is_complex else bound("logsumexp", kind, -math.inf)


def missing(kind: dtype) -> float:
    """NaN, which medians pass over."""
    return math.nan


def of_order(order: Any) -> Identity:
    """That of norms: 0, but for the least absolute value."""

    def identity(kind: dtype) -> float:
        if order != -math.inf:
            return 0
        if kind.category != FLOAT:
            raise AssertionError(f"input must be floating point, got {kind}")
        return math.inf

    return identity


def filled(input: Any, mask: Any, identity: Identity) -> Any:
    """The input with the identity where the mask does not hold; as it is without a mask."""
    if mask is None:
        return input
    mask = broadcast(mask, input)
    return F.where(mask, input, F.full((), identity(input.dtype), **options_of(input)))


def broadcast(mask: Any, input: Any) -> Any:
    """The mask in the shape of the input, as bool."""
    if mask.shape != input.shape:
        if mask.ndim > input.ndim:
            raise IndexError(
                "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
            )
        mask = F.expand(F.clone(mask), input.shape)
    return F.to(mask, dtypes.bool)


def canonical(dim: Dims, ndim: int) -> tuple[int, ...]:
    """The dimensions from the front, in their order; all for None and for none."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    bound = max(ndim, 1)
    found: list[int] = []
    for each in (dim,) if isinstance(dim, int) else dim:
        if each in found:
            raise RuntimeError(f"dim={each} appears multiple times in the list of dims")
        if not -bound <= each < bound:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {each})"
            )
        found.append(each % bound)
    return tuple(sorted(found))


def accumulated(input: Any, dtype: Any) -> Any:
    """The dtype of sums and products: the one asked for, int64 for smaller integers."""
    if dtype is not None:
        return dtype
    kind = input.dtype
    return kind if kind.category >= FLOAT else dtypes.int64
