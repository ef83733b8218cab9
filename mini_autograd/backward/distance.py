"""Derivatives of distances between rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.graph.operations import F


def no_derivative(name: str) -> Callable[..., Any]:
    """The formula of what torch has none for."""

    def refuse(grad: Any) -> Any:
        raise errors.no_derivative(name)

    return refuse


def cdist_x2(grad: Any, x1: Any, x2: Any, p: float, result: Any) -> Any:
    """The other way round, by the transposes."""
    turned = F.contiguous(F.transpose(grad, -2, -1))
    return F._cdist_backward(turned, x2, x1, p, F.contiguous(F.transpose(result, -2, -1)))


def ratio_of(grad: Any, result: Any) -> Any:
    ratio = grad / result
    return F.masked_fill_(ratio, F.eq(result, 0), 0)


def euclidean_x1(grad: Any, x1: Any, x2: Any, result: Any) -> Any:
    """0 where the distance is 0."""
    ratio = ratio_of(grad, result)
    return x1 * F.sum(ratio, (-1,), True) - F.matmul(ratio, x2)


def euclidean_x2(grad: Any, x1: Any, x2: Any, result: Any) -> Any:
    ratio = ratio_of(grad, result)
    return x2 * F.unsqueeze(F.sum(ratio, (-2,), False), -1) - F.matmul(F.transpose(ratio, -2, -1), x1)
