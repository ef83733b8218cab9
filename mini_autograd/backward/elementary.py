"""Derivatives of elementary and special functions."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import errors
from mini_autograd.backward.arithmetic import complement, conj, undifferentiable
from mini_autograd.dtypes import COMPLEX
from mini_autograd.graph.modes import current
from mini_autograd.graph.operations import F

PI = math.pi


def asin_slope(self: Any) -> Any:
    """``1 / sqrt(1 - x ** 2)``."""
    return F.rsqrt(F.add_scalar(-self * self, 1))


def no_inverse_in_place(name: str) -> Any:
    """The formula of a function that torch has no derivative of when it is written over its argument."""
    return undifferentiable(f"inplace version of {name}")


def no_tangent_in_place(name: str) -> Any:
    def rule() -> Any:
        raise NotImplementedError(
            f"Trying to use forward AD with {name}_ that does not support it because it has not been "
            "implemented yet.\nPlease file an issue to PyTorch at https://github.com/pytorch/pytorch/issues/new?template="
            "feature-request.yml so that we can prioritize its implementation."
        )

    return rule


def log(grad: Any, self: Any) -> Any:
    return grad / conj(self)


def log1p(grad: Any, self: Any) -> Any:
    return grad / conj(F.add_scalar(self, 1))


# Divided by a method, which comes to its tensor first: the exception to NOTE [Order of operands] in arithmetic.
log.grad_first = log1p.grad_first = True  # type: ignore[attr-defined]


def acosh(grad: Any, self: Any) -> Any:
    if self._dtype.category == COMPLEX:
        second = F.rsqrt(F.sub_scalar(self, 1))  # NOTE [Order of operands] in arithmetic
        return grad * conj(F.rsqrt(F.add_scalar(self, 1)) * second)
    return grad * F.rsqrt(F.sub_scalar(self * self, 1))


def tanh_backward_output(grad: Any, output: Any, grad_output: Any) -> Any:
    slope = F.mul_scalar(conj(output), -2) * grad_output  # NOTE [Order of operands] in arithmetic
    return conj(grad) * slope


def sigmoid_backward_output(grad: Any, output: Any, grad_output: Any) -> Any:
    slope = F.add_scalar(F.mul_scalar(conj(output), -2), 1)  # NOTE [Order of operands] in arithmetic
    return conj(grad) * grad_output * slope


def rsqrt(grad: Any, result: Any) -> Any:
    slope = conj(F.pow(result, 3))  # NOTE [Order of operands] in arithmetic
    return F.mul_scalar(grad, -0.5) * slope


def atanh(grad: Any, self: Any) -> Any:
    slope = conj(complement(F.pow(self, 2)))  # NOTE [Order of operands] in arithmetic
    return F.mul_scalar(grad, 1) / slope


def sinc(grad: Any, self: Any) -> Any:
    scaled = F.mul_scalar(self, PI)
    divisor, sine = F.mul_scalar(self * self, PI), F.sin(scaled)  # NOTE [Order of operands] in arithmetic
    slope = (scaled * F.cos(scaled) - sine) / divisor
    return F.where(F.eq(divisor, 0.0), 0.0, grad * conj(slope))


sinc.grad_first = True  # type: ignore[attr-defined]  # an argument of torch's sinc_backward, as with powers


def logit(grad: Any, self: Any, eps: float | None) -> Any:
    if not current().grad:
        return F.logit_backward(grad, self, eps)
    low = 0.0 if eps is None else eps
    inside = F.logical_and(F.ge(self, low), F.le(self, 1.0 - low))
    return F.where(inside, grad / (self * complement(self)), math.nan if eps is None else 0.0)


def bell(exponent: Any, factor: float) -> Any:
    """``factor * exp(exponent)``."""
    return F.mul_scalar(F.exp(exponent), factor)


def erfcx(grad: Any, self: Any, result: Any) -> Any:
    return F.sub_scalar(F.mul_scalar(self, 2.0) * result, 2 / math.sqrt(PI)) * grad


def log_ndtr(grad: Any, self: Any, result: Any) -> Any:
    exponent = -(result + F.div_scalar(F.pow(self, 2), 2))
    slope = F.exp(exponent)  # NOTE [Order of operands] in arithmetic
    return F.div_scalar(grad, math.sqrt(2 * PI)) * slope


def ndtri(grad: Any, result: Any) -> Any:
    slope = F.exp(F.div_scalar(F.square(result), 2))  # NOTE [Order of operands] in arithmetic
    return F.mul_scalar(grad, math.sqrt(2 * PI)) * slope


def ndtr(self: Any) -> Any:
    """The normal distribution function, as the chain of ops that it is."""
    return F.mul_scalar(F.add_scalar(F.erf(F.mul_scalar(self, math.sqrt(0.5))), 1), 0.5)


def away_from_zero(self: Any) -> tuple[Any, Any]:
    """Where ``self`` is not tiny, and ``self`` with a tiny number in the other places."""
    tiny = 2.0**-52 if self._dtype.itemsize == 8 else 2.0**-23
    apart = F.gt(F.abs(self), tiny)
    return apart, F.where(apart, self, tiny)


def refuse_halves(name: str, self: Any) -> None:
    if self._dtype.itemsize == 2:
        raise errors.not_implemented(name, self._dtype)


def i1(grad: Any, self: Any, result: Any) -> Any:
    refuse_halves("i1_backward", self)
    apart, safe = away_from_zero(self)
    falling = result * F.reciprocal(safe)
    return grad * F.where(apart, F.i0(safe) - falling, 0.5)


def i0e(grad: Any, self: Any, result: Any) -> Any:
    opposite = F.sgn(self) * result  # NOTE [Order of operands] in arithmetic
    return grad * (F.special_i1e(self) - opposite)


def i1e(grad: Any, self: Any, result: Any) -> Any:
    refuse_halves("i1e_backward", self)
    apart, safe = away_from_zero(self)
    reciprocal = F.reciprocal(safe)
    falling = result * (F.sgn(safe) + reciprocal)
    return grad * F.where(apart, F.special_i0e(safe) - falling, 0.5)
