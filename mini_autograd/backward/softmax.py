"""Derivatives of softmax, of its logarithm, and of their gradients."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.backward.reduction import logsumexp_jvp
from mini_autograd.graph.operations import F


def weighted(tensor: Any, weight: Any, dim: int) -> Any:
    """The sum of ``tensor`` along ``dim``, weighted; the dimension is kept."""
    return F.sum(weight * tensor, dim, True)


def softmax_jvp(self_t: Any, self: Any, dim: int, result: Any) -> Any:
    return result * (self_t - logsumexp_jvp(self_t, self, (dim,), True))


def safe_softmax_jvp(self_t: Any, self: Any, dim: int, result: Any) -> Any:
    """The same, but 0 where there is nothing but minus infinity, of which the mean would be NaN."""
    mean = logsumexp_jvp(self_t, self, (dim,), True)
    nothing = F.all(F.eq(self, -math.inf), dim, True)
    return result * (self_t - F.where(nothing, 0.0, mean))


def log_softmax_jvp(self_t: Any, self: Any, dim: int) -> Any:
    return self_t - logsumexp_jvp(self_t, self, (dim,), True)


def softmax_double_backward(grad: Any, grad_output: Any, output: Any, dim: int) -> Any:
    """Of ``output * (grad_output - sum(grad_output * output))`` with respect to ``output``."""
    along = grad_output * weighted(grad, output, dim)
    across = weighted(grad_output, output, dim) * grad
    return grad_output * grad - across - along


def softmax_backward_jvp(grad_output_t: Any, output_t: Any, grad_output: Any, output: Any, dim: int) -> Any:
    total = None
    if grad_output_t is not None:
        total = output * (grad_output_t - weighted(grad_output_t, output, dim))
    if output_t is None:
        return total
    inner = weighted(grad_output, output, dim)
    part = output_t * (grad_output - inner) - output * weighted(grad_output, output_t, dim)
    return part if total is None else total + part


def log_softmax_grad_output(grad: Any, output: Any, dim: int) -> Any:
    return grad - weighted(F.exp(output), grad, dim)


def log_softmax_double_backward(grad: Any, grad_output: Any, output: Any, dim: int) -> Any:
    """Of ``grad_output - exp(output) * sum(grad_output)`` with respect to ``output``."""
    exponential = F.exp(output)
    return F.neg(F.sum(grad_output, dim, True)) * exponential * grad


def log_softmax_backward_jvp(
    grad_output_t: Any, output_t: Any, grad_output: Any, output: Any, dim: int
) -> Any:
    exponential = F.exp(output)
    total = None
    if grad_output_t is not None:
        total = grad_output_t - exponential * F.sum(grad_output_t, dim, True)
    if output_t is None:
        return total
    part = exponential * output_t * F.sum(grad_output, dim, True)
    return F.neg(part) if total is None else total - part
