"""Activation functions and their derivatives, as torch computes them at the kinks and at infinity."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arithmetic import number
from mini_autograd.kernels.shared.arrangement import arranged, dense_strides, restrided
from mini_autograd.kernels.shared.choice import choose
from mini_autograd.kernels.shared.memory import contiguous


def relu(self: Array) -> Array:
    return xp.maximum(self, number(0, self))


def threshold(self: Array, threshold: float, value: float) -> Array:
    """``value`` where ``self`` is no more than ``threshold``."""
    return choose(self <= number(threshold, self), number(value, self), self)


def threshold_backward(grad_output: Array, self: Array, threshold: float) -> Array:
    return choose(self <= number(threshold, self), number(0, grad_output), grad_output)


def leaky_relu(self: Array, negative_slope: float) -> Array:
    return choose(self > 0, self, self * number(negative_slope, self))


def leaky_relu_backward(
    grad_output: Array, self: Array, negative_slope: float, self_is_result: bool
) -> Array:
    return choose(self > 0, grad_output, grad_output * number(negative_slope, self))


def elu(self: Array, alpha: float, scale: float, input_scale: float) -> Array:
    """``scale`` times ``self``, or times ``alpha * (exp(input_scale * self) - 1)`` where that is negative."""
    below = xp.expm1(self * number(input_scale, self)) * number(alpha * scale, self)
    return choose(self < 0, below, self * number(scale, self))


def elu_backward(
    grad_output: Array, alpha: float, scale: float, input_scale: float, is_result: bool, self_or_result: Array
) -> Array:
    x, slope = self_or_result, number(input_scale, self_or_result)
    factor = number(alpha * scale, x)
    below = grad_output * slope * (x + factor if is_result else factor * xp.exp(x * slope))
    return choose(x <= 0, below, grad_output * number(scale, x))


def celu(self: Array, alpha: float) -> Array:
    return elu(self, alpha, 1.0, 1.0 / alpha)


def rrelu_with_noise(self: Array, noise: Array, lower: float, upper: float, training: bool) -> Array:
    """``self`` times a slope where it is not positive; without gaps in plain order, however ``self`` lies."""
    result = choose(self <= 0, self * noise, self) if training else leaky_relu(self, (lower + upper) / 2)
    return restrided(result, dense_strides(result.shape, 1, range(result.ndim)))


def rrelu_with_noise_backward(
    grad_output: Array,
    self: Array,
    noise: Array,
    lower: float,
    upper: float,
    training: bool,
    self_is_result: bool,
) -> Array:
    if training and upper - lower > 1e-6:
        return arranged(noise * grad_output, [noise, grad_output])
    slopes = leaky_relu_backward(grad_output, self, (lower + upper) / 2, self_is_result)
    return arranged(slopes, [self, grad_output])


# -- Of the logistic function --------------------------------------------------------------------------------


def silu(self: Array) -> Array:
    return self / (number(1, self) + xp.exp(-self))


def silu_backward(grad_output: Array, self: Array) -> Array:
    one = number(1, self)
    sigmoid = one / (one + xp.exp(-self))
    if self.dtype.kind == "c":
        return grad_output * xp.conjugate(sigmoid * (one + self * (one - sigmoid)))
    return grad_output * sigmoid * (one + self * (one - sigmoid))


def mish(self: Array) -> Array:
    return self * xp.tanh(xp.log1p(xp.exp(self)))


def mish_backward(grad_output: Array, self: Array) -> Array:
    one = number(1, self)
    tanh, sigmoid = xp.tanh(xp.log1p(xp.exp(self))), one / (one + xp.exp(-self))
    return grad_output * (tanh + self * sigmoid * (one - tanh * tanh))


def softplus(self: Array, beta: float, threshold: float) -> Array:
    """``log(1 + exp(beta * self)) / beta``, ``self`` where ``beta * self`` exceeds ``threshold``."""
    scaled = self * number(beta, self)
    return choose(scaled > number(threshold, self), self, xp.log1p(xp.exp(scaled)) / number(beta, self))


def softplus_backward(grad_output: Array, self: Array, beta: float, threshold: float) -> Array:
    scaled = self * number(beta, self)
    power = xp.exp(scaled)
    return choose(
        scaled > number(threshold, self), grad_output, grad_output * power / (power + number(1, self))
    )


def log_sigmoid_forward(self: Array) -> tuple[Array, Array]:
    """The logarithm of the logistic function, and ``exp(-abs(self))``, of which its derivative is made."""
    buffer = xp.exp(-xp.abs(self))
    output = xp.minimum(self, number(0, self)) - xp.log1p(buffer)
    return contiguous(xp.asarray(output)), contiguous(xp.asarray(buffer))


def log_sigmoid_backward(grad_output: Array, self: Array, buffer: Array) -> Array:
    one, zero = number(1, self), number(0, self)
    negative = self < 0
    share = buffer / (one + buffer)
    return grad_output * (choose(negative, one, zero) - choose(negative, one, -one) * share)


# -- Made of straight lines ----------------------------------------------------------------------------------


def hardtanh(self: Array, min_val: float, max_val: float) -> Array:
    return xp.minimum(xp.maximum(self, number(min_val, self)), number(max_val, self))


def hardtanh_backward(grad_output: Array, self: Array, min_val: float, max_val: float) -> Array:
    outside = (self <= number(min_val, self)) | (self >= number(max_val, self))
    return choose(outside, number(0, self), grad_output)


# Single precision is what torch has of it in every type.
SIXTH = float(xp.float32(1) / xp.float32(6))


def hardsigmoid(self: Array) -> Array:
    zero, three, six = (number(each, self) for each in (0, 3, 6))
    return xp.minimum(xp.maximum(self + three, zero), six) / six


def hardsigmoid_backward(grad_output: Array, self: Array) -> Array:
    return choose((self > -3) & (self < 3), grad_output * number(SIXTH, self), number(0, self))


def hardswish(self: Array) -> Array:
    zero, three, six = (number(each, self) for each in (0, 3, 6))
    return self * xp.minimum(xp.maximum(self + three, zero), six) / six


def hardswish_backward(grad_output: Array, self: Array) -> Array:
    between = grad_output * (self / number(3, self) + number(0.5, self))
    return choose(self <= -3, number(0, self), choose(self < 3, between, grad_output))


def softshrink(self: Array, lambd: float) -> Array:
    """``self`` moved towards 0 by ``lambd``, 0 where it is nearer than that."""
    edge = number(lambd, self)
    return choose(self > edge, self - edge, choose(self < -edge, self + edge, self * number(0, self)))


def hardshrink(self: Array, lambd: float) -> Array:
    """``self``, 0 where it is no more than ``lambd`` away from that."""
    return shrink_backward(self, self, lambd)


def shrink_backward(grad_output: Array, self: Array, lambd: float) -> Array:
    edge = number(lambd, self)
    return choose((self >= -edge) & (self <= edge), number(0, self), grad_output)


def _prelu_kernel(self: Array, weight: Array) -> Array:
    return choose(self > 0, self, weight * self)


def _prelu_kernel_backward(grad_output: Array, self: Array, weight: Array) -> tuple[Array, Array]:
    positive, zero = self > 0, number(0, self)
    slopes = choose(positive, grad_output, weight * grad_output), choose(positive, zero, self * grad_output)
    one, other = [arranged(slope, [self, weight, grad_output]) for slope in slopes]
    return one, other


# -- Gated ---------------------------------------------------------------------------------------------------


def glu(self: Array, dim: int) -> Array:
    """The first half of ``self`` along ``dim`` times the logistic function of the second."""
    first, second = xp.split(self, 2, axis=dim)
    return arranged(first * (number(1, self) / (number(1, self) + xp.exp(-second))), [first, second])


def glu_jvp(glu: Array, x: Array, dx: Array, dim: int) -> Array:
    """The tangent of ``glu``, which was made of ``x``, for the tangent ``dx`` of that."""
    first, second = xp.split(dx, 2, axis=dim)
    one = number(1, x)
    sigmoid = one / (one + xp.exp(-xp.split(x, 2, axis=dim)[1]))
    return arranged(first * sigmoid + glu * (one - sigmoid) * second, [glu])


def glu_backward(grad_output: Array, self: Array, dim: int) -> Array:
    first, second = xp.split(self, 2, axis=dim)
    one = number(1, self)
    sigmoid = one / (one + xp.exp(-second))
    slopes = [sigmoid * grad_output, (one - sigmoid) * sigmoid * grad_output * first]
    return contiguous(xp.concatenate(slopes, axis=dim))
