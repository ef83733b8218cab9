"""Derivatives of activation functions, and of those derivatives."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.backward.arithmetic import complement, plus
from mini_autograd.backward.writing import zeros
from mini_autograd.graph.modes import current
from mini_autograd.graph.operations import F
from mini_autograd.op.bits import zeros_by_bit
from mini_autograd.tensor import metadata_of

ROOT_2_OVER_PI, CUBIC = math.sqrt(2 / math.pi), 0.044715


def silu(grad: Any, self: Any) -> Any:
    """As ops that have derivatives of their own while recording; else the one kernel, which has none."""
    if not current().grad:
        return F.silu_backward(grad, self)
    sigmoid = F.sigmoid(self)
    slope = F.add_scalar(
        self * complement(sigmoid), 1
    )  # before the product: NOTE [Order of operands] in arithmetic
    return grad * sigmoid * slope


def mish(grad: Any, self: Any) -> Any:
    if not current().grad:
        return F.mish_backward(grad, self)
    sigmoid, tanh = F.sigmoid(self), F.tanh(F.log1p(F.exp(self)))
    slope = complement(tanh * tanh)  # NOTE [Order of operands]
    return grad * (tanh + self * sigmoid * slope)


def elu_backward_self(
    grad: Any,
    grad_output: Any,
    alpha: float,
    scale: float,
    input_scale: float,
    is_result: bool,
    self_or_result: Any,
) -> Any:
    """0 where the function is straight."""
    if is_result:
        return grad * grad_output * input_scale * F.to(F.lt(self_or_result, 0), grad._dtype)
    through = F.mul_scalar(grad * grad_output, input_scale)
    slope = F.elu_backward(through, alpha, scale, input_scale, is_result, self_or_result)
    return slope * F.to(F.lt(self_or_result, 0), grad._dtype)


def gelu_backward_self(grad: Any, grad_output: Any, self: Any, approximate: str) -> Any:
    if approximate == "tanh":
        curvature = gelu_tanh_curvature(self)
        return grad * grad_output * curvature
    square = self * self
    density = F.mul_scalar(F.exp(F.mul_scalar(square, -0.5)), 1 / math.sqrt(2 * math.pi))
    bent = square * density
    curvature = F.mul_scalar(density, 2) - bent
    return grad * grad_output * curvature


def gelu_tanh_curvature(self: Any) -> Any:
    """The second derivative of the tanh form, with ``u`` for what tanh is applied to."""
    u = F.mul_scalar(self + F.mul_scalar(F.pow(self, 3), CUBIC), ROOT_2_OVER_PI)
    tanh, cosh = F.tanh(u), F.cosh(u)
    sech = F.div_(F.ones_like(cosh), cosh)
    half = F.mul_scalar(self, 0.5)
    rest = complement(tanh * tanh)
    u_slope = F.mul_scalar(F.add_scalar(F.mul_scalar(self, 3 * CUBIC) * self, 1), ROOT_2_OVER_PI)
    slope = F.mul_scalar(rest, 0.5) * u_slope
    falling = F.neg(sech) * tanh
    bend = F.mul_scalar(sech, 2) * falling * u_slope
    along = half * u_slope * bend
    u_bend = F.mul_scalar(F.mul_scalar(self, 6 * CUBIC), ROOT_2_OVER_PI)
    across = half * rest * u_bend
    return F.mul_scalar(slope, 2) + along + across


def softplus_backward_self(grad: Any, grad_output: Any, self: Any, beta: float, threshold: float) -> Any:
    through = grad * grad_output
    scaled = F.mul_scalar(self, beta)
    slope = F.sigmoid_backward(through, F.sigmoid(scaled))
    return F.mul_scalar(slope * F.to(F.lt(scaled, threshold), grad._dtype), beta)


def hardswish_backward_self(grad: Any, grad_output: Any, self: Any) -> Any:
    inside = F.logical_and(F.gt(self, -3), F.lt(self, 3))
    return F.where(inside, F.div_scalar(grad * grad_output, 3.0), 0.0)


def log_sigmoid_backward_self(grad: Any, grad_output: Any, self: Any) -> Any:
    """Minus the slope of the logistic function."""
    through, sigmoid = grad * grad_output, F.sigmoid(self)
    return through * F.sub_scalar(sigmoid, 1) * sigmoid


def prelu_backward(grads: Any, needs: Any, grad_output: Any, self: Any, weight: Any) -> tuple:
    """Of the two gradients that ``_prelu_kernel_backward`` gives."""
    for_self, for_weight = grads
    none = zeros(*metadata_of(self))
    through = None if for_weight is None else for_weight * self
    below = through if for_self is None else plus(for_self * weight, through)
    to_grad = above(self, 0.0 if for_self is None else for_self, below)
    to_self = none if for_weight is None else above(self, 0.0, grad_output * for_weight)
    to_weight = none if for_self is None else above(self, 0.0, grad_output * for_self)
    return to_grad, to_self, to_weight


def prelu_backward_jvp(
    grad_output_t: Any, self_t: Any, weight_t: Any, grad_output: Any, self: Any, weight: Any
) -> tuple:
    """Of the same two. What depends on no tangent has none; beside one, zeros stand for those that are missing."""
    grad_t = tangent_or_zeros(grad_output_t, grad_output)
    for_self = for_weight = None
    if grad_output_t is not None or weight_t is not None:
        below = grad_t * weight + grad_output * tangent_or_zeros(weight_t, weight)
        for_self = above(self, grad_t, below)
    if grad_output_t is not None or self_t is not None:
        for_weight = above(self, 0.0, grad_output * tangent_or_zeros(self_t, self) + grad_t * self)
    return for_self, for_weight


prelu_backward_jvp.takes_none = True  # type: ignore[attr-defined]


def tangent_or_zeros(tangent: Any, primal: Any) -> Any:
    return zeros_by_bit(primal) if tangent is None else tangent


def above(self: Any, one: Any, other: Any) -> Any:
    """``one`` where ``self`` is not negative: at 0 the gradient itself was that of the other side."""
    return F.where(F.ge(self, 0), one, other)


# -- Gated ---------------------------------------------------------------------------------------------------


def halves(tensor: Any, dim: int) -> tuple[Any, Any]:
    half = tensor._array.shape[dim] // 2
    return F.narrow(tensor, dim, 0, half), F.narrow(tensor, dim, half, half)


def glu_backward_grad_output(grad: Any, self: Any, dim: int) -> Any:
    ones = F.ones_like(halves(self, dim)[0])
    through = grad * F.glu_backward(ones, self, dim)
    half = through._array.shape[dim] // 2
    second = F.narrow(through, dim, half, half)  # NOTE [Order of operands] in arithmetic
    return F.narrow(through, dim, 0, half) + second


def glu_backward_self(grad: Any, grad_output: Any, self: Any, dim: int) -> Any:
    first, second = halves(self, dim)
    sigmoid = F.sigmoid(second)
    opposite = complement(sigmoid)
    slope = sigmoid * opposite
    grad_first, grad_second = halves(grad, dim)
    weighed = grad_second * first
    to_first = grad_second * grad_output * slope
    falling = sigmoid * slope
    bend = slope * opposite - falling
    steady = grad_first * grad_output * slope
    return F.cat([to_first, weighed * grad_output * bend + steady], dim)


def glu_backward_jvp(grad_output_t: Any, self_t: Any, grad_output: Any, self: Any, dim: int) -> Any:
    tangent = None if grad_output_t is None else F.glu_backward(grad_output_t, self, dim)
    if self_t is None:
        return tangent
    bent = glu_backward_self(self_t, grad_output, self, dim)
    return bent if tangent is None else tangent + bent


def prelu_jvp(self_t: Any, weight_t: Any, self: Any, weight: Any) -> Any:
    second = None if weight_t is None else weight_t * self  # NOTE [Order of operands]
    below = plus(None if self_t is None else weight * self_t, second)
    return F.where(F.ge(self, 0), 0.0 if self_t is None else self_t, below)
