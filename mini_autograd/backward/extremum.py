"""Derivatives of the larger, the smaller, and of bounds."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F, options_of


def of_extremum(grad: Any, self: Any, other: Any, lost: Any) -> Any:
    """Half of the gradient where both are equal, none where the other one was taken."""
    return F.masked_fill_(F.where(F.eq(self, other), F.div_scalar(grad, 2), grad), lost, 0)


def shared(taken: Any, self: Any, other: Any, self_t: Any, other_t: Any, result: Any) -> Any:
    """The tangent of ``self`` where that was ``taken``, the mean of both at ties, else that of ``other``."""
    own, rest = completed(self, other, self_t, other_t)
    return rest + F.where(F.eq(self, other), 0.5, F.to(taken, result._dtype)) * (own - rest)


def completed(self: Any, other: Any, self_t: Any, other_t: Any) -> tuple[Any, Any]:
    """Both tangents, zeros for the one that is missing."""
    own = zeros_beside(other_t, self) if is_absent(self_t) else self_t
    return own, zeros_beside(self_t, other) if is_absent(other_t) else other_t


def is_absent(tangent: Any) -> bool:
    return tangent is None or not tangent.dtype.is_differentiable


def zeros_beside(tangent: Any, primal: Any) -> Any:
    """The tangent of a ``primal`` that has none, which may be of a type that has none either."""
    return (
        F.zeros_like(primal)
        if primal.dtype.is_differentiable
        else F.zeros(primal.shape, **options_of(tangent))
    )


def either(taken: Any, self: Any, other: Any, self_t: Any, other_t: Any) -> Any:
    """The tangent of ``self`` where that was ``taken``, else that of ``other``."""
    own, rest = completed(self, other, self_t, other_t)
    return rest + taken * (own - rest)


def fmax_jvp(self: Any, other: Any, self_t: Any, other_t: Any) -> Any:
    """At ties the tangent is that of ``other``, though the gradient goes to ``self``."""
    return either(F.logical_or(F.gt(self, other), F.isnan(other)), self, other, self_t, other_t)


def first_of_fmax(self: Any, other: Any) -> Any:
    """Where ``fmax`` takes its first argument."""
    return F.logical_or(F.ge(self, other), F.isnan(other))


def first_of_fmin(self: Any, other: Any) -> Any:
    return F.logical_or(F.le(self, other), F.isnan(other))


# NOTE [Masks in place]: torch writes the second condition over the first, which is an error where it is the
# wider one, as it can be where the bounds have more dimensions than what they bound.


def clamp_self(grad: Any, self: Any, min: Any, max: Any) -> Any:
    """The gradient where nothing was cut off, the bounds themselves included."""
    if min is None:
        return F.where(F.le(self, max), grad, 0)
    if max is None:
        return F.where(F.ge(self, min), grad, 0)
    return F.where(F.logical_and_(F.ge(self, min), F.le(self, max)), grad, 0)


def clamp_to_min(grad: Any, self: Any, min: Any, max: Any) -> Any:
    raised = F.lt(self, min)
    return F.where(raised if max is None else F.logical_and_(raised, F.lt(min, max)), grad, 0)


def clamp_to_max(grad: Any, self: Any, min: Any, max: Any) -> Any:
    lowered = F.gt(self, max)
    return F.where(lowered if min is None else F.logical_or_(lowered, F.lt(max, min)), grad, 0)


def clamp_jvp(self: Any, min: Any, max: Any, self_t: Any, min_t: Any, max_t: Any) -> Any:
    """The tangent of what ``clamp`` took: at ties of one bound that, of two the tensor's own."""
    own, low, high = (0.0 if tangent is None else tangent for tangent in (self_t, min_t, max_t))
    if max is None:
        return F.where(F.gt(self, min), own, low)
    if min is None:
        return F.where(F.lt(self, max), own, high)
    bounded = F.where(F.lt(self, min), low, F.where(F.gt(self, max), high, own))
    return F.where(F.gt(min, max), high, bounded)


def chosen(taken: Any, self_t: Any, other_t: Any) -> Any:
    """The tangent of the one where ``taken``, of the other elsewhere."""
    return F.where(taken, 0.0 if self_t is None else self_t, 0.0 if other_t is None else other_t)
