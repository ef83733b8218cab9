"""Activation functions, with torch's arguments: ``inplace`` writes over ``input`` and returns it."""

from __future__ import annotations

from mini_autograd.op.declare import FUNCTIONS, NN
from mini_autograd.tensor import Tensor

__all__ = [
    "celu", "celu_", "elu", "elu_", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh",
    "hardtanh_", "leaky_relu", "leaky_relu_", "logsigmoid", "mish", "prelu", "relu", "relu6", "relu_",
    "rrelu", "rrelu_", "selu", "selu_", "sigmoid", "silu", "softplus", "softshrink", "softsign", "tanh", "tanhshrink",
    "threshold", "threshold_",
]  # fmt: skip

gelu, logsigmoid, softplus, softshrink = NN["gelu"], NN["log_sigmoid"], NN["softplus"], NN["softshrink"]
hardshrink, prelu = FUNCTIONS["hardshrink"], FUNCTIONS["prelu"]
elu_, hardtanh_, leaky_relu_ = NN["elu_"], NN["hardtanh_"], NN["leaky_relu_"]
celu_, relu_, rrelu_ = (FUNCTIONS[name] for name in ("celu_", "relu_", "rrelu_"))
selu_, threshold_ = FUNCTIONS["selu_"], FUNCTIONS["threshold_"]


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(input, 0)``."""
    return relu_(input) if inplace else FUNCTIONS["relu"](input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(input, 0), 6)``."""
    return NN["relu6_"](input) if inplace else NN["relu6"](input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``input``, times ``negative_slope`` where it is negative."""
    return (leaky_relu_ if inplace else NN["leaky_relu"])(input, negative_slope)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """:func:`leaky_relu` with slopes between the bounds: drawn for each element in training, else the mean."""
    return (rrelu_ if inplace else FUNCTIONS["rrelu"])(input, lower, upper, training)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input``, ``alpha * (exp(input) - 1)`` where it is negative."""
    return (elu_ if inplace else NN["elu"])(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """:func:`elu` with the scales that keep mean and variance of what goes through many layers."""
    return (selu_ if inplace else FUNCTIONS["selu"])(input)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input``, ``alpha * (exp(input / alpha) - 1)`` where it is negative; RuntimeError for ``alpha`` 0."""
    return (celu_ if inplace else FUNCTIONS["celu"])(input, alpha)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * sigmoid(input)``."""
    return NN["silu_" if inplace else "silu"](input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * tanh(softplus(input))``."""
    return NN["mish_" if inplace else "mish"](input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """``input`` kept between the two; ValueError where they are crossed."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return (hardtanh_ if inplace else NN["hardtanh"])(input, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(input + 3, 0), 6) / 6``."""
    return NN["hardsigmoid_" if inplace else "hardsigmoid"](input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * hardsigmoid(input)``."""
    return NN["hardswish_" if inplace else "hardswish"](input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``input``, ``value`` where it does not exceed ``threshold``."""
    return (threshold_ if inplace else FUNCTIONS["threshold"])(input, threshold, value)


threshold.__name__ = threshold.__qualname__ = "_threshold"  # as torch calls it


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Half of ``input`` along ``dim`` times the sigmoid of the other half; RuntimeError for an odd size."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return NN["glu"](input, dim)


def softsign(input: Tensor) -> Tensor:
    """``input / (1 + abs(input))``."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """``input - tanh(input)``."""
    return input - input.tanh()


def sigmoid(input: Tensor) -> Tensor:
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    return input.tanh()
