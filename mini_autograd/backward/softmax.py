"""Derivatives of softmax, of its logarithm, and of their gradients."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.backward.arithmetic import mul_jvp
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


# torch takes the derivatives of these of what they are made up of, and saves the steps for the next derivative too.


def product_jvp(one: Any, two: Any, one_t: Any, two_t: Any) -> tuple[Any, Any]:
    """A product and its tangent."""
    product = one * two
    return product, mul_jvp(one, two, one_t, two_t)


def softmax_backward_jvp(grad_output_t: Any, output_t: Any, grad_output: Any, output: Any, dim: int) -> Any:
    scaled, scaled_t = product_jvp(grad_output, output, grad_output_t, output_t)
    total, total_t = F.sum(scaled, dim, True), F.sum(scaled_t, dim, True)
    return scaled_t - product_jvp(output, total, output_t, total_t)[1]


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
    exponential_t = exponential * output_t
    total, total_t = F.sum(grad_output, dim, True), F.sum(grad_output_t, dim, True)
    return grad_output_t - product_jvp(exponential, total, exponential_t, total_t)[1]
