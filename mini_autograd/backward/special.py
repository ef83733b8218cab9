"""Derivatives of functions around the gamma function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.graph.operations import F, options_of


def no_derivative(name: str) -> Callable[..., Any]:
    """The formula of an argument that torch has none for."""

    def formula(grad: Any) -> Any:
        raise errors.no_derivative(name)

    return formula


def igamma_other(sign: int) -> Callable[..., Any]:
    """The density of the gamma distribution, negated for the upper function."""

    def formula(grad: Any, self: Any, other: Any) -> Any:
        density = F.exp(F.sub_scalar(self, 1) * F.log(other) - other - F.lgamma(self))
        return (grad if sign > 0 else -grad) * density

    return formula


def mvlgamma(grad: Any, self: Any, p: int) -> Any:
    places = F.arange(-p / 2 + 0.5, 0.5, 0.5, **options_of(self))
    return grad * F.sum(F.digamma_(F.add(places, F.unsqueeze(self, -1))), -1)
