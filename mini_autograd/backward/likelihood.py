"""Derivatives of cross entropies of probabilities, and of their gradients."""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.arithmetic import complement, plus
from mini_autograd.backward.loss import averaged, averaged_in_place, reduced
from mini_autograd.backward.writing import afresh, over, straight
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.op.bits import check_mutable

# What keeps the gradient's gradient finite at probabilities of 0 and 1.
MARGIN = 1e-12


def finished_in_place(slope: Any, weight: Any, reduction: int) -> Any:
    """:func:`finished`, written over ``slope``."""
    if weight is not None:
        slope = over("mul", slope, weight)
    return averaged_in_place(slope, reduction, slope.numel())


def finished(slope: Any, weight: Any, reduction: int) -> Any:
    """The slope of each element's loss, weighted, and divided by their number for a mean."""
    if weight is not None:
        slope = over("mul", slope, weight)
    return averaged(slope, reduction, slope.numel())


def binary_cross_entropy_target(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    return finished_in_place(over("mul", F.neg_(F.logit(self)), grad), weight, reduction)


def binary_cross_entropy_jvp(
    self_t: Any, target_t: Any, self: Any, target: Any, weight: Any, reduction: int
) -> Any:
    part = total = None
    if target_t is not None:  # NOTE [Order of operands] in arithmetic
        part = binary_cross_entropy_target(target_t, self, target, weight, 0)
    if self_t is not None:
        total = F.binary_cross_entropy_backward(self_t, self, target, weight, 0)
    return reduced(plus(total, part), reduction)


def binary_cross_entropy_grad_output(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    above, below = F.add_scalar(complement(self), MARGIN), F.add_scalar(self, MARGIN)
    variance = below * above  # NOTE [Order of operands] in arithmetic
    return finished(over("mul", (self - target) / variance, grad), weight, reduction)


def binary_cross_entropy_double_backward(
    grad: Any, grad_output: Any, self: Any, target: Any, weight: Any, reduction: int
) -> Any:
    below, above = F.add_scalar(self, MARGIN), F.add_scalar(complement(self), MARGIN)
    above = F.pow(above, 2)
    variance = F.pow(below, 2) * above
    twice = F.mul_scalar(self, 2) * target
    slope = (self * self - twice + target) / variance
    return finished(straight("mul", slope, grad * grad_output), weight, reduction)


def binary_cross_entropy_double_backward_target(
    grad: Any, grad_output: Any, self: Any, weight: Any, reduction: int
) -> Any:
    slope = F.neg(grad) * grad_output
    check_mutable(slope)  # which torch writes over
    variance = F.mul_(complement(self), self)
    F.clamp_min_(F.detach(variance), MARGIN)  # which the graph does not show
    if weight is not None:
        slope = straight("mul", slope, weight)
    return averaged_in_place(straight("div", slope, variance), reduction, slope.numel())


def with_logits(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    """The sigmoid less the target, each class weighted by ``pos_weight``."""
    write = afresh if modes.current().grad else over
    if pos_weight is None:
        slope = write("sub", F.sigmoid(self), target)
    else:
        positive = pos_weight * target
        slope = write("mul", write("sub", F.add_scalar(positive, 1), target), F.sigmoid(self))
        slope = write("sub", slope, positive)
    slope = write("mul", slope, grad)
    if weight is not None:
        slope = write("mul", slope, weight)
    return averaged_in_place(slope, reduction, slope.numel())


def with_logits_target(
    grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int
) -> Any:
    """In ``target`` the loss is linear; torch keeps it all the same."""
    slope = F.neg(self)
    if pos_weight is None:
        return finished_in_place(slope * grad, weight, reduction)
    slope = over("sub", F.log_sigmoid(slope), F.log_sigmoid(self) * pos_weight)
    return finished_in_place(over("mul", slope, grad), weight, reduction)


def with_logits_jvp(
    self_t: Any, target_t: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int
) -> Any:
    """A missing tangent is a term without a graph. See NOTE [Order of operands]."""
    second = F.zeros_like(target)
    if target_t is not None:
        second = with_logits_target(target_t, self, target, weight, pos_weight, 0)
    first = F.zeros_like(self) if self_t is None else with_logits(self_t, self, target, weight, pos_weight, 0)
    return reduced(first + second, reduction)


with_logits_jvp.takes_none = True  # type: ignore[attr-defined]
