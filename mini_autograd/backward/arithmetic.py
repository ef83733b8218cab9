"""Derivatives of arithmetic."""

from __future__ import annotations

import cmath
import math
from typing import Any

from mini_autograd import errors
from mini_autograd.backward.writing import over
from mini_autograd.dtypes import COMPLEX
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.bits import zeros_by_bit
from mini_autograd.op.rules import result_type

INTEGER_ADDCDIV = (
    "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a "
    "true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + "
    "value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * "
    "tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + "
    "value * tensor1 / tensor2), for all dtypes."
)


# The conjugate of a tensor; a real one itself.
conj: Any = F.conj


def times(grad: Any, factor: complex) -> Any:
    """``grad`` times the conjugate of a number; itself for 1."""
    return grad if factor == 1 else F.mul_scalar(grad, factor.conjugate())


def no_change(grad: Any) -> Any:
    """The gradient of a function that is constant almost everywhere."""
    return F.zeros_like(grad)


no_change.constant = True  # type: ignore[attr-defined]


def not_implemented(name: str) -> Any:
    """A formula of an op that torch has no derivative of."""

    def formula(grad: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return formula


def undifferentiable(name: str) -> Any:
    """A formula that raises whatever arrives, and when nothing does."""

    def formula(grad: Any) -> Any:
        raise errors.no_derivative(name)

    formula.raises = True  # type: ignore[attr-defined]
    return formula


def no_tangent(name: str) -> Any:
    """The forward-mode rule of such an op."""

    def rule() -> Any:
        raise NotImplementedError(f"Trying to use forward AD with aten::{name} that does not support it.")

    return rule


def complement(tensor: Any) -> Any:
    """``1 - tensor`` as torch's C++ has it: written over ones, which lie as ``tensor`` does, not as a result would."""
    return F.sub_(F.fill_(F.empty_like(tensor), 1), tensor)


# -- Tangents ------------------------------------------------------------------------------------------------
# The tangent of a tensor that was not given is None: it vanishes.


def plus(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def minus(one: Any, other: Any) -> Any:
    if other is None:
        return one
    return -other if one is None else one - other


def scaled(tangent: Any, factor: complex) -> Any:
    return tangent if tangent is None or factor == 1 else F.mul_scalar(tangent, factor)


def mul_jvp(self: Any, other: Any, self_t: Any, other_t: Any) -> Any:
    first = None if self_t is None else self_t * other
    return plus(None if other_t is None else other_t * self, first)


def remainder_other(grad: Any, self: Any, other: Any, rounding: str) -> Any:
    quotient = F.div(self, other, rounding_mode=rounding)
    return -grad * quotient


def remainder_jvp(self: Any, other: Any, self_t: Any, other_t: Any, rounding: str) -> Any:
    return minus(self_t, None if other_t is None else other_t * F.div(self, other, rounding_mode=rounding))


def between(self_t: Any, end_t: Any, weight: Any) -> Any:
    """The tangent of an interpolation with a constant weight."""
    if self_t is None and end_t is None:
        return None
    start = F.zeros_like(end_t) if self_t is None else self_t
    return F.lerp(start, F.zeros_like(start) if end_t is None else end_t, weight)


def lerp_jvp(self: Any, end: Any, weight: Any, self_t: Any, end_t: Any, weight_t: Any) -> Any:
    last = None if weight_t is None else weight_t * (end - self)
    return plus(between(self_t, end_t, weight), last)


def addcmul_jvp(
    self_t: Any, tensor1_t: Any, tensor2_t: Any, tensor1: Any, tensor2: Any, value: complex
) -> Any:
    second = None if tensor2_t is None else scaled(tensor2_t * tensor1, value)
    first = None if tensor1_t is None else scaled(tensor1_t * tensor2, value)
    return plus(plus(self_t, first), second)


def addcdiv_jvp(
    self_t: Any, tensor1_t: Any, tensor2_t: Any, tensor1: Any, tensor2: Any, value: complex
) -> Any:
    second = None if tensor2_t is None else scaled(tensor2_t * (tensor1 / tensor2) / tensor2, value)
    first = None if tensor1_t is None else scaled(tensor1_t / tensor2, value)
    return minus(plus(self_t, first), second)


# NOTE [Order of operands]: torch's formulas come to their last operand first. The nodes of the others are later
# ones then, which come first in a backward pass; that is the order in which gradients are added up.

# -- Quotients -----------------------------------------------------------------------------------------------


def div_self(grad: Any, self_info: tuple, other: Any, rounding_mode: str | None) -> Any:
    return grad / conj(other) if rounding_mode is None else F.zeros_like(grad, dtype=self_info[1])


def div_other(grad: Any, self: Any, other: Any, rounding_mode: str | None) -> Any:
    if rounding_mode is not None:
        return F.zeros_like(grad, dtype=other._dtype)
    slope = conj(self / other / other)  # NOTE [Order of operands]
    return -grad * slope


def reciprocal(grad: Any, result: Any) -> Any:
    slope = conj(result * result)  # NOTE [Order of operands]
    return -grad * slope


def div_jvp(self_t: Any, other_t: Any, other: Any, result: Any) -> Any:
    return minus(self_t, None if other_t is None else other_t * result) / other


def div_mode_jvp(
    self: Any, other: Any, self_t: Any, other_t: Any, result: Any, rounding_mode: str | None
) -> Any:
    if rounding_mode is not None:
        return F.zeros(result.shape, **options_of(result))
    second = None if other_t is None else other_t * (self / other / other)  # NOTE [Order of operands]
    return minus(None if self_t is None else self_t / other, second)


def addcdiv_tensor2(grad: Any, tensor1: Any, tensor2: Any, value: complex) -> Any:
    squared = tensor2 * tensor2  # NOTE [Order of operands]
    slope = conj(F.mul_scalar(tensor1, value) / squared)
    return -grad * slope


# -- Powers --------------------------------------------------------------------------------------------------


def pow_scalar(grad: Any, self: Any, exponent: complex) -> Any:
    if exponent == 0:
        return F.zeros(self.shape, **options_of(self))
    exponent = exponent if isinstance(exponent, complex) else float(exponent)
    return grad * conj(F.mul_scalar(F.pow(self, exponent - 1), exponent))


def pow_self(grad: Any, self: Any, exponent: Any) -> Any:
    """0 where the exponent is 0, also where ``self`` is 0 too."""
    slope = conj(exponent * F.pow(self, F.sub_scalar(exponent, 1)))
    return F.where(F.eq(exponent, 0.0), 0.0, grad * slope)


def pow_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    base = F.to(self, result_type([self, exponent]))
    return grad * F.where(is_flat(F.eq(base, 0), exponent), 0.0, conj(result * F.log(base)))


def pow_of_scalar(grad: Any, self: complex, exponent: Any, result: Any) -> Any:
    factor = log_of(complex(self) if result.dtype.is_complex else self)
    slope = conj(F.mul_scalar(result, factor))
    return grad * (F.where(is_flat(None, exponent), 0.0, slope) if self == 0 else slope)


# torch gives the conjugate of a tangent to these as an argument, so it comes before what they compute.
for function in (pow_scalar, pow_self, pow_exponent, pow_of_scalar):
    function.grad_first = True  # type: ignore[union-attr]


def is_flat(zero: Any, exponent: Any) -> Any:
    """Where ``base ** exponent`` counts as constant in ``exponent``: for base 0 (``zero``) from 0 on."""
    if exponent._dtype.category == COMPLEX:
        flat = F.logical_and(F.eq(F.imag(exponent), 0), F.ge(F.real(exponent), 0))
    else:
        flat = F.ge(exponent, 0)
    return flat if zero is None else F.logical_and(zero, flat)


def log_of(number: complex) -> complex:
    """The logarithm of a number, NaN for a negative one that is not complex."""
    if isinstance(number, complex):
        return cmath.log(number) if number != 0 else complex(-math.inf)
    if number == 0:
        return -math.inf
    return math.log(number) if number > 0 else math.nan


def ldexp_jvp(other: Any, self_t: Any, other_t: Any, result: Any) -> Any:
    last = None if other_t is None else scaled(other_t * result, math.log(2))
    return plus(None if self_t is None else self_t * F.pow(2, other), last)


# -- Of two tensors ------------------------------------------------------------------------------------------


def atan2(grad: Any, self: Any, other: Any, needs: tuple) -> tuple:
    """Of both arguments: at right angles to the direction, over the squared distance from the origin, 0 there."""
    square = other * other
    size = self * self + square
    weight = F.masked_fill(F.reciprocal(size), F.eq(size, 0), 0)
    return grad * other * weight if needs[0] else None, grad * -self * weight if needs[1] else None


def atan2_jvp(self: Any, other: Any, self_t: Any, other_t: Any) -> Any:
    square = F.pow(other, 2)
    size = F.pow(self, 2) + square
    along = None if self_t is None else other * self_t
    return plus(None if other_t is None else -self * other_t, along) / size


def xlogy_self(grad: Any, self: Any, other: Any) -> Any:
    return F.masked_fill(F.xlogy(grad, other), F.logical_and(F.eq(self, 0.0), F.le(other, 0.0)), 0)


def xlogy_scalar(grad: Any, self: Any, other: float) -> Any:
    slope = F.xlogy(grad, other)
    return slope if other > 0 else F.masked_fill(slope, F.eq(self, 0.0), 0)


def xlog1py_self(grad: Any, self: Any, other: Any) -> Any:
    return F.masked_fill(F.special_xlog1py(grad, other), F.logical_and(F.eq(self, 0.0), F.le(other, -1.0)), 0)


def xlog1py_other(grad: Any, self: Any, other: Any) -> Any:
    following = F.add_scalar(other, 1)  # NOTE [Order of operands]
    return grad * self / following


def xlog1py_of_scalar(grad: Any, self: float, other: Any) -> Any:
    following = F.add_scalar(other, 1)  # NOTE [Order of operands]
    return F.mul_scalar(grad, self) / following


def xlog1py_scalar(grad: Any, self: Any, other: float) -> Any:
    slope = F.special_xlog1py(grad, other)
    return slope if other > -1 else F.masked_fill(slope, F.eq(self, 0.0), 0)


def copysign(grad: Any, self: Any, result: Any) -> Any:
    return grad * over("masked_fill", result / self, F.eq(self, 0), 0)


def copysign_jvp(self_t: Any, self: Any, result: Any) -> Any:
    return None if self_t is None else copysign(self_t, self, result)


# -- Size and sign -------------------------------------------------------------------------------------------


def abs_jvp(self_t: Any, self: Any) -> Any:
    if self._dtype.category == COMPLEX:
        direction = F.sgn(self)  # NOTE [Order of operands]
        return F.real(conj(self_t) * direction)
    return self_t * F.sgn(self)


def sgn(grad: Any, self: Any, result: Any) -> Any:
    """What a complex number's direction changes by: the part of ``grad`` at right angles to it; for a real number that
    is known to be 0: NOTE [Zero tensors]."""
    if self._dtype.category != COMPLEX:
        return zeros_by_bit(self, grad.dtype)
    size = F.abs(self)
    twice = F.mul_scalar(size, 2.0)  # NOTE [Order of operands]
    opposite = conj(grad)
    turned = grad - result * result * opposite
    return over("masked_fill", turned / twice, F.eq(size, 0.0), 0)
