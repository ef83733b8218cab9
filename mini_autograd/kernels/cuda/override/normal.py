"""The error function and its relatives, one kernel each in any precision, and the Gaussian error linear unit."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current, shared_kernel
from mini_autograd.kernels.cuda.pointwise import chain, takes

_ROOT_HALF, _ROOT_2_OVER_PI, _CUBE = 0.7071067811865476, 0.7978845608028654, 0.044715
_DENSITY = 0.3989422804014327
_INNER = "inner = c * (x + k * x * x * x)"


def in_pieces(function: Any, *arrays: Any) -> Any:
    """Of all elements at once: a GPU has no cache of a processor to keep pieces in."""
    return function(*arrays)


def erf(self: Any) -> Any:
    return _special().erf(self)


def erfc(self: Any) -> Any:
    return _special().erfc(self)


def erfinv(self: Any) -> Any:
    return _special().erfinv(self)


def _special() -> Any:
    return current().library.modules["scipy.special"]


def gelu(self: Any, approximate: str) -> Any:
    if not takes(self):
        return shared_kernel("normal", "gelu")(self, approximate)
    if approximate == "tanh":
        steps: tuple[str, ...] = (_INNER, "y = W(0.5) * x * (W(1) + hyperbolic_tangent(inner))")
        return chain(steps, {"x": self}, {"c": _ROOT_2_OVER_PI, "k": _CUBE})
    return chain(("y = x * W(0.5) * (W(1) + error_function(x * r))",), {"x": self}, {"r": _ROOT_HALF})


def gelu_backward(grad_output: Any, self: Any, approximate: str) -> Any:
    if not takes(grad_output, self):
        return shared_kernel("normal", "gelu_backward")(grad_output, self, approximate)
    operands = {"grad": grad_output, "x": self}
    if approximate == "tanh":
        steps: tuple[str, ...] = (
            _INNER,
            "t = hyperbolic_tangent(inner)",
            "slope = c * (W(1) + W(3) * k * x * x)",
            "y = grad * (W(0.5) * (W(1) + t) + W(0.5) * x * (W(1) - t * t) * slope)",
        )
        return chain(steps, operands, {"c": _ROOT_2_OVER_PI, "k": _CUBE})
    steps = (
        "share = W(0.5) * (W(1) + error_function(x * r))",
        "density = exponential(W(-0.5) * x * x) * d",
        "y = grad * (share + x * density)",
    )
    return chain(steps, operands, {"r": _ROOT_HALF, "d": _DENSITY})
