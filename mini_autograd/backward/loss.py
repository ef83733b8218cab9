"""Derivatives of losses of two tensors, and of their gradients."""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.writing import are_zeros
from mini_autograd.graph.operations import F
from mini_autograd.op.resize import warn_made_like


def reduced(elements: Any, reduction: int) -> Any:
    """The elements, for 1 their mean, for 2 their sum."""
    if reduction == 1:
        return F.mean(elements)
    return F.sum(elements) if reduction == 2 else elements


def averaged_in_place(elements: Any, reduction: int, count: int) -> Any:
    if are_zeros(elements):
        return averaged(elements, reduction, count)
    return F.div_scalar_(elements, count) if reduction == 1 else elements


def averaged(elements: Any, reduction: int, count: int) -> Any:
    """What every element of a loss contributes, ``count`` of them."""
    return F.div_scalar(elements, count) if reduction == 1 else elements


def both(name: str) -> Any:
    """The forward-mode rule of a loss that is differentiable in both arguments, alike but for their names."""

    def rule(self_t: Any, target_t: Any, self: Any, target: Any, reduction: int, more: tuple) -> Any:
        # In torch's order, a missing tangent as zeros, so that errors and NaN come from the same term.
        second = term(tangent(target_t, target), target, self, 0, *more)
        first = term(tangent(self_t, self), self, target, 0, *more)
        return reduced(first + second, reduction)

    def term(given: Any, self: Any, *others: Any) -> Any:
        warn_made_like(self, given)
        return getattr(F, name)(given, self, *others)

    return rule


def tangent(given: Any, primal: Any) -> Any:
    return F.zeros_like(primal) if given is None else given


def mse_loss_jvp(self_t: Any, target_t: Any, self: Any, target: Any, reduction: int) -> Any:
    return both("mse_loss_backward")(self_t, target_t, self, target, reduction, ())


def smooth_l1_loss_jvp(
    self_t: Any, target_t: Any, self: Any, target: Any, reduction: int, beta: float
) -> Any:
    return both("smooth_l1_loss_backward")(self_t, target_t, self, target, reduction, (beta,))


def huber_loss_jvp(self_t: Any, target_t: Any, self: Any, target: Any, reduction: int, delta: float) -> Any:
    return both("huber_loss_backward")(self_t, target_t, self, target, reduction, (delta,))


def mse_loss_double_backward(grad: Any, reduction: int, count: int) -> Any:
    """The mean divides in place, which zeros by a bit, as of a missing tangent, do not allow."""
    twice = F.mul_scalar(grad, 2)
    return F.div_scalar_(twice, count) if reduction == 1 else twice


def mse_loss_backward_jvp(
    grad_output_t: Any,
    self_t: Any,
    target_t: Any,
    grad_output: Any,
    self: Any,
    target: Any,
    reduction: int,
) -> Any:
    by_self = mse_loss_double_backward(self_t * grad_output, reduction, self.numel())
    by_target = mse_loss_double_backward(target_t * grad_output, reduction, target.numel())
    return by_self - by_target + F.mse_loss_backward(grad_output_t, self, target, reduction)


def smooth_l1_loss_double_backward(grad: Any, self: Any, target: Any, reduction: int, beta: float) -> Any:
    near = F.to(F.lt(F.abs(self - target), beta), grad.dtype)
    return averaged_in_place(F.div_scalar(grad * near, beta), reduction, self.numel())


def huber_loss_double_backward(grad: Any, self: Any, target: Any, reduction: int, delta: float) -> Any:
    near = F.lt(F.abs(self - target), delta)
    return averaged_in_place(grad * near, reduction, self.numel())


def of_grad_output(
    slopes: Any, grad: Any, grad_output: Any, self: Any, target: Any, reduction: int, *more: Any
) -> Any:
    """Of the loss's gradient: ``grad`` in place of what arrived; what arrived at a mean or a sum was one number."""
    if reduction == 0:
        return slopes(grad, self, target, reduction, *more)
    return F.sum(slopes(F.ones_like(grad_output), self, target, reduction, *more) * grad)


def soft_margin_loss_double_backward(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    """``target ** 2 * p * (1 - p)``, p the sigmoid of ``-target * self``."""
    power = F.exp(self * F.neg(target))
    above = F.add_scalar(power, 1)
    square = above * above
    slope = grad * (target * target) * power / square
    return averaged_in_place(slope, reduction, self.numel())
