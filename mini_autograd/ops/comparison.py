"""Comparisons, tests of single elements, logic, bits, and choosing between two tensors."""

import math
import warnings

from mini_autograd.backward.arithmetic import no_change
from mini_autograd.dtypes import DEFAULT, uint8
from mini_autograd.dtypes import INT as INTEGER
from mini_autograd.dtypes import bool as boolean
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, promote, same
from mini_autograd.op.support import BOOL, COMPLEX, FLOAT, only, refused, unimplemented, with_numbers
from mini_autograd.tensor import alias_of, wrap, wrap_number

# fmt: off

# -- Comparisons ---------------------------------------------------------------------------------------------

compare = family(elementwise=True, opmath=False, result=boolean)


def comparison(name, alias=None, refuses=()):
    """The rows of a comparison: its result has no derivative; what it is written over has one, of zeros."""
    for other, word, rule, node in (("Tensor", "", promote, 1), ("Scalar", "_scalar", with_numbers, 0)):
        schema = f"{name}.{other}(Tensor self, {other} other) -> Tensor"
        row = {"dtype": only(rule, *refuses) if refuses else rule, "aliases": (alias,) if alias else ()}
        zeros = {"self": no_change} | ({"other": no_change} if other == "Tensor" else {})
        compare(schema, getattr(kernel, name + word), **row)
        compare(schema, getattr(kernel, name + word), **row, in_place=True, variants="in place",
        jvp="pointwise",
                grad_fn=f"{name.title()}Backward{node}", **zeros)


comparison("eq")
comparison("ne", "not_equal")
comparison("lt", "less", [unimplemented("lt_cpu", COMPLEX)])
comparison("le", "less_equal", [unimplemented("le_cpu", COMPLEX)])
comparison("gt", "greater", [unimplemented("gt_cpu", COMPLEX)])
comparison("ge", "greater_equal", [unimplemented("ge_cpu", COMPLEX)])


def check_close(self, other, rtol, atol):
    if self._dtype is not other._dtype:
        raise RuntimeError(f"{self._dtype.legacy} did not match {other._dtype.legacy}")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")



def isclose(self, other, rtol, atol, equal_nan):
    """Equal, or finite and no further apart than ``atol + rtol * abs(other)``."""
    check_close(self, other, rtol, atol)
    close = F.eq(self, other)
    if equal_nan and self._dtype.is_differentiable:
        F.logical_or_(close, F.logical_and(F.isnan(self), F.isnan(other)))
    if rtol == 0 and atol == 0:
        return close
    if not self._dtype.is_differentiable:
        other = F.to(other, DEFAULT.float)
    if self._dtype is boolean:
        self = F.to(self, DEFAULT.float)
    allowed = F.add(F.abs(F.mul(other, rtol)), atol)
    apart = F.abs(F.sub(self, other))
    return F.logical_or_(close, F.logical_and(F.isfinite(apart), F.le(apart, allowed)))


op("isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
    composite=isclose)
op("allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool",
    composite=lambda self, other, *rest: bool(F.isclose(alias_of(self), alias_of(other), *rest)._array.all()))
op("_equal(Tensor self, Tensor other) -> Tensor", kernel.equal, dtype=promote, result=boolean,
    variants="internal")
op("equal(Tensor self, Tensor other) -> bool", composite=lambda self,
    other: bool(F._equal(self, other)._array))

# -- Tests of single elements --------------------------------------------------------------------------------


def no_complex(text, error=RuntimeError):
    return only(same, refused(error, text, COMPLEX))


compare("isnan(Tensor self) -> Tensor", kernel.isnan)


def isinf(self):
    if self._dtype.category <= INTEGER:
        return F.zeros_like(self, dtype=boolean)
    below = self if self._inference else alias_of(self)  # whose history is not looked at
    if self._dtype.is_complex:
        real, imag = isinf(F.real(below)), isinf(F.imag(below))
        if real._layered:
            return F.logical_or(real, imag)
        F.logical_or_(wrap(real._array, boolean), imag)  # which the result's version does not tell of
        return real
    return F.eq(F.abs(below), math.inf)


def isfinite(self):
    if self._dtype.category <= INTEGER:
        return F.ones_like(self, dtype=boolean)
    if self._dtype.is_complex:
        return F.logical_and_(isfinite(F.real(self)), isfinite(F.imag(self)))
    return F.mul(F.eq(self, self), F.ne(F.abs(self), math.inf))


def isreal(self):
    return F.eq(F.imag(self), 0) if self._dtype.is_complex else F.ones_like(self, dtype=boolean)


op("isinf(Tensor self) -> Tensor", composite=isinf)
op("isfinite(Tensor self) -> Tensor", composite=isfinite)
op("isreal(Tensor self) -> Tensor", composite=isreal)
compare("isposinf(Tensor self) -> Tensor", kernel.isposinf,
    dtype=no_complex("isposinf does not support complex inputs."))
compare("isneginf(Tensor self) -> Tensor", kernel.isneginf,
    dtype=no_complex("isneginf does not support complex inputs."))
compare("signbit(Tensor self) -> Tensor", kernel.signbit,
    dtype=no_complex("signbit is not implemented for complex tensors.", NotImplementedError))

# -- Logic and bits ------------------------------------------------------------------------------------------

logic = family(dtype=promote, elementwise=True, result=boolean, free=True, in_place=True)
logic("logical_and(Tensor self, Tensor other) -> Tensor", kernel.logical_and)
logic("logical_or(Tensor self, Tensor other) -> Tensor", kernel.logical_or)
logic("logical_xor(Tensor self, Tensor other) -> Tensor", kernel.logical_xor)
logic("logical_not(Tensor self) -> Tensor", kernel.logical_not)


def bits(name, label, scalar, *refuses):
    """The rows of one operation on bits: of two tensors, and of a tensor and a number in either order."""
    refusal = unimplemented(label, *refuses, FLOAT, COMPLEX)
    row = family(elementwise=True, dtype=only(with_numbers, refusal))
    row(f"{name}.Tensor(Tensor self, Tensor other) -> Tensor", getattr(kernel, name), in_place=True)
    row(f"{name}.{scalar}(Tensor self, Scalar other) -> Tensor", getattr(kernel, name + "_scalar"),
    in_place=True)
    row(f"{name}.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", getattr(kernel, name + "_of_scalar"),
        variants="function")


bits("bitwise_and", "bitwise_and_cpu", "Scalar")
bits("bitwise_or", "bitwise_or_cpu", "Scalar")
bits("bitwise_xor", "bitwise_xor_cpu", "Scalar")
bits("bitwise_left_shift", "lshift_cpu", "Tensor_Scalar", BOOL)
bits("bitwise_right_shift", "rshift_cpu", "Tensor_Scalar", BOOL)
op("bitwise_not(Tensor self) -> Tensor", kernel.bitwise_not, elementwise=True, in_place=True,
    dtype=only(same, unimplemented("bitwise_not_cpu", FLOAT, COMPLEX)))



def invert(self):
    if self._dtype.is_differentiable:
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return F.bitwise_not(self)


op("_invert(Tensor self) -> Tensor", composite=invert, variants="internal")

# -- Choosing ------------------------------------------------------------------------------------------------


def check_condition(condition, self, other):
    if condition._dtype is not boolean and condition._dtype is not uint8:
        raise RuntimeError("where expected condition to be a boolean tensor, but got a tensor with dtype "
                           f"{condition._dtype.legacy}")
    if condition._dtype is uint8:
        warnings.warn("where received a uint8 condition tensor. This behavior is deprecated and will be "
                      "removed in a future version of PyTorch. Use a boolean condition instead.",
                      stacklevel=2)


def where_numbers(condition, self, other):
    """Numbers for one or both of the tensors."""
    numbers = [wrap_number(one) if isinstance(one, (int, float, complex)) else one for one in (self, other)]
    return F.where(condition, *numbers)


op("where.self(Tensor condition, Tensor self, Tensor other) -> Tensor", kernel.where, dtype=promote,
    opmath=False,
    promoted=("self", "other"), elementwise=True, check=check_condition, variants="function", jvp="linear",
    strict=True,
    self  = lambda grad, condition: F.where(condition, grad, 0),
    other = lambda grad, condition: F.where(condition, 0, grad))

op("where(Tensor condition) -> Tensor[]", composite=lambda condition: F.nonzero(condition, as_tuple=True),
    variants="function")

numbers = family(composite=where_numbers, variants="function")
numbers("where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor")
numbers("where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor")
numbers("where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor")

# The method's tensor is not the condition.
chosen = family(composite=lambda self, condition, other: F.where(condition, self, other), variants="method")
chosen("where.method(Tensor self, Tensor condition, Tensor other) -> Tensor")
chosen("where.method_Scalar(Tensor self, Tensor condition, Scalar other) -> Tensor")
