"""Activation functions and their derivatives, each in one launch."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import shared_kernel
from mini_autograd.kernels.cuda.pointwise import chain, takes

_SIGMOID = "s = W(1) / (W(1) + exponential(-x))"


def silu(self: Any) -> Any:
    if not takes(self):
        return shared_kernel("activation", "silu")(self)
    return chain(("y = x / (W(1) + exponential(-x))",), {"x": self})


def silu_backward(grad_output: Any, self: Any) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("activation", "silu_backward")(grad_output, self)
    return chain((_SIGMOID, "y = grad * s * (W(1) + x * (W(1) - s))"), {"grad": grad_output, "x": self})


def mish(self: Any) -> Any:
    if not takes(self):
        return shared_kernel("activation", "mish")(self)
    return chain(("y = x * hyperbolic_tangent(logarithm_of_1_plus(exponential(x)))",), {"x": self})


def mish_backward(grad_output: Any, self: Any) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("activation", "mish_backward")(grad_output, self)
    steps = (
        "t = hyperbolic_tangent(logarithm_of_1_plus(exponential(x)))",
        _SIGMOID,
        "y = grad * (t + x * s * (W(1) - t * t))",
    )
    return chain(steps, {"grad": grad_output, "x": self})


def threshold_backward(grad_output: Any, self: Any, threshold: float) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("activation", "threshold_backward")(grad_output, self, threshold)
    return chain(("y = x <= t ? W(0) : grad",), {"grad": grad_output, "x": self}, {"t": threshold})


def leaky_relu(self: Any, negative_slope: float) -> Any:
    if not takes(self):
        return shared_kernel("activation", "leaky_relu")(self, negative_slope)
    return chain(("y = x > W(0) ? x : x * slope",), {"x": self}, {"slope": negative_slope})


def leaky_relu_backward(grad_output: Any, self: Any, negative_slope: float, self_is_result: bool) -> Any:
    if not takes(grad_output, self):
        kernel = shared_kernel("activation", "leaky_relu_backward")
        return kernel(grad_output, self, negative_slope, self_is_result)
    operands = {"grad": grad_output, "x": self}
    return chain(("y = x > W(0) ? grad : grad * slope",), operands, {"slope": negative_slope})


def softplus(self: Any, beta: float, threshold: float) -> Any:
    if not takes(self):
        return shared_kernel("activation", "softplus")(self, beta, threshold)
    steps = ("b = x * beta", "y = b > most ? x : logarithm_of_1_plus(exponential(b)) / beta")
    return chain(steps, {"x": self}, {"beta": beta, "most": threshold})


def softplus_backward(grad_output: Any, self: Any, beta: float, threshold: float) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("activation", "softplus_backward")(grad_output, self, beta, threshold)
    steps = ("b = x * beta", "e = exponential(b)", "y = b > most ? grad : grad * e / (e + W(1))")
    return chain(steps, {"grad": grad_output, "x": self}, {"beta": beta, "most": threshold})


def hardswish_backward(grad_output: Any, self: Any) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("activation", "hardswish_backward")(grad_output, self)
    step = "y = x <= W(-3) ? W(0) : x < W(3) ? grad * (x / W(3) + W(0.5)) : grad"
    return chain((step,), {"grad": grad_output, "x": self})
