"""Elementwise arithmetic."""

import math

from mini_autograd import errors
from mini_autograd.backward import arithmetic as backward
from mini_autograd.backward.arithmetic import complement, conj, no_change, no_tangent, not_implemented, times
from mini_autograd.backward.writing import zeros
from mini_autograd.dtypes import bool as boolean
from mini_autograd.dtypes import complex128, float64, int32
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.bits import are_zeros, type_of_scaled, zero_if_any, zero_if_both, zero_if_first
from mini_autograd.op.declare import family, like, like_complex, op, promote, same, to_float
from mini_autograd.op.forward import has_tangent
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.resize import warn_made_like
from mini_autograd.op.row import EXACT
from mini_autograd.op.rules import result_type
from mini_autograd.op.rules import to_float as as_float
from mini_autograd.op.support import (
    BOOL,
    COMPLEX,
    CPP_NAMES,
    FLOAT,
    INT,
    by_out,
    keeping_floats,
    numbers_to_float,
    only,
    refused,
    unimplemented,
    with_numbers,
)
from mini_autograd.tensor import TensorBase, wrap_number

# fmt: off

unary = family(dtype=same, elementwise=True, jvp="pointwise", in_place="function method")
binary = family(dtype=promote, elementwise=True, jvp="pointwise", in_place=True)
scalar = family(dtype=with_numbers, elementwise=True, jvp="pointwise", in_place=True)
internal = family(dtype=with_numbers, elementwise=True, jvp="pointwise", variants="internal")

# -- Sums and products ---------------------------------------------------------------------------------------


def check_sub(self, other, alpha):
    kind = getattr(other, "_dtype", boolean if isinstance(other, bool) else None)
    if (self._dtype is boolean or kind is boolean) and not (are_zeros(self) or are_zeros(other)):
        raise bool_minus(self._dtype is kind)


@keeping_floats
def type_of_difference(self, other):
    check_sub(self, other, 1)
    return with_numbers(self, other)


def bool_minus(both):
    if both:
        return RuntimeError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the "
                            "`^` or `logical_xor()` operator instead.")
    return RuntimeError("Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
                        "trying to invert a mask, use the `~` or `logical_not()` operator instead.")


def check_neg(self):
    if self._dtype is boolean:
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are "
                           "trying to invert a mask, use the `~` or `logical_not()` operator instead.")


binary("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.add, take_real=True, numbers=True,
    puts_off=zero_if_both,
    jvp=lambda self_t, other_t, alpha: backward.plus(self_t, backward.scaled(other_t, alpha)),
    self  = lambda grad:        grad,
    other = lambda grad, alpha: times(grad, alpha))

binary("sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.sub, take_real=True, plain=kernel.sub,
    numbers=True, check=check_sub, aliases=("subtract",), puts_off=zero_if_both,
    jvp=lambda self_t, other_t, alpha: backward.minus(self_t, backward.scaled(other_t, alpha)),
    self  = lambda grad:        grad,
    other = lambda grad, alpha: times(-grad, alpha))

# ``sub`` has no such overload in Python, so that there the scale is given by keyword.
op("subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
    composite=lambda self, other, alpha: F.sub(self, other, alpha=alpha))
op("subtract_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", variants="method",
    composite=lambda self, other, alpha: F.sub_(self, other, alpha=alpha))

binary("rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.rsub, take_real=True, check=check_sub,
    elementwise=False, in_place=False, variants="function",
    jvp=lambda self_t, other_t, alpha: backward.plus(
        None if self_t is None else -backward.scaled(self_t, alpha), other_t),
    self  = lambda grad, alpha: times(-grad, alpha),
    other = lambda grad:        grad)

scalar("rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", kernel.rsub_scalar, take_real=True,
    plain=kernel.rsub_scalar, rounded=("other",), check=check_sub,
    below=lambda self, other, alpha: F.sub(wrap_number(other), self, alpha=alpha),
    dtype=keeping_floats(lambda self, other, alpha: with_numbers(self, other)), in_place=False, variants="function",
    grad_fn="RsubBackward1",
    self = lambda grad, alpha: times(-grad, alpha))

binary("mul.Tensor(Tensor self, Tensor other) -> Tensor", kernel.mul, take_real=True, opmath=EXACT, numbers=True,
    puts_off=zero_if_any,
    jvp=lambda self, other, self_t, other_t: backward.mul_jvp(self, other, self_t, other_t),
    aliases=("multiply",),
    self  = lambda grad, other: grad * conj(other),
    other = lambda grad, self:  grad * conj(self))

unary("neg(Tensor self) -> Tensor", kernel.neg, plain=kernel.neg, check=check_neg, aliases=("negative",),
    self = lambda grad: -grad)


def positive(self):
    if self._dtype is boolean:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


op("positive(Tensor(a) self) -> Tensor(a)", composite=positive)


def with_number(name):
    """The op with a tensor that stands for the number, which is not an inference tensor."""
    return lambda self, other: getattr(F, name)(self, wrap_number(other))


# With a number as torch's own formulas have them, in which it is not a tensor.
internal("add_scalar(Tensor self, Scalar other) -> Tensor", kernel.add_scalar, take_real=True, below=with_number("add"), rounded=("other",),
    grad_fn="AddBackward1", jvp=lambda self_t: F.clone(self_t),
    self = lambda grad: grad)
internal("sub_scalar(Tensor self, Scalar other) -> Tensor", kernel.sub_scalar, take_real=True, below=with_number("sub"), rounded=("other",),
    dtype=type_of_difference, grad_fn="SubBackward1", jvp=lambda self_t: F.clone(self_t),
    self = lambda grad: grad)
internal("mul_scalar(Tensor self, Scalar other) -> Tensor", kernel.mul_scalar, take_real=True, below=with_number("mul"), grad_fn="MulBackward1",
    dtype=type_of_scaled, puts_off=zero_if_first, jvp="linear",
    self = lambda grad, other: F.mul_scalar(grad, other.conjugate()))
internal("div_scalar(Tensor self, Scalar other) -> Tensor", kernel.div_scalar, take_real=True, dtype=numbers_to_float,
    grad_fn="DivBackward1", in_place="internal", puts_off=zero_if_first, jvp="linear",
    self = lambda grad, other: F.div_scalar(grad, other.conjugate()))

# -- Quotients and remainders --------------------------------------------------------------------------------


def check_mode(self, other, rounding_mode):
    if rounding_mode not in (None, "trunc", "floor"):
        raise RuntimeError("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
                           f"'{rounding_mode}'")


def quotient_type(self, other, rounding_mode):
    return ROUNDED[rounding_mode](self, other)


ROUNDED = {
    None:    only(to_float),
    "trunc": only(promote, unimplemented("div_trunc_cpu", BOOL, COMPLEX)),
    "floor": only(promote, unimplemented("div_floor_cpu", BOOL, COMPLEX)),
}
remaining = only(promote, unimplemented("remainder_cpu", BOOL, COMPLEX))
remaining_number = only(with_numbers, unimplemented("remainder_cpu", BOOL, COMPLEX))

binary("div.Tensor(Tensor self, Tensor other) -> Tensor", kernel.div, take_real=True, dtype=to_float, opmath=EXACT,
    numbers=True, puts_off=zero_if_first,
    jvp=lambda self_t, other_t, other, result: backward.div_jvp(self_t, other_t, other, result),
    aliases=("divide", "true_divide"),
    self  = lambda grad, other:       grad / conj(other),
    other = lambda grad, self, other: backward.div_other(grad, self, other, None))

binary("div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", kernel.div_mode, take_real=True,
    dtype=quotient_type, opmath=EXACT, check=check_mode, numbers=True, aliases=("divide",),
    grad_fn="DivBackward2", jvp=backward.div_mode_jvp,
    self  = lambda grad, self_info, other, rounding_mode: backward.div_self(grad, self_info, other, rounding_mode),
    other = lambda grad, self, other, rounding_mode:      backward.div_other(grad, self, other, rounding_mode))

binary("floor_divide(Tensor self, Tensor other) -> Tensor", kernel.floor_divide, dtype=ROUNDED["floor"],
    opmath=EXACT, numbers=True,
    grad_fn=NO_DERIVATIVE, jvp=no_tangent("floor_divide"), in_place=False,
    self  = not_implemented("floor_divide"),
    other = not_implemented("floor_divide"))

binary("floor_divide(Tensor self, Tensor other) -> Tensor", kernel.floor_divide, dtype=ROUNDED["floor"],
    opmath=EXACT, numbers=True,
    grad_fn=NO_DERIVATIVE, jvp=no_tangent("floor_divide_"), variants="in place",
    self  = not_implemented("floor_divide_"),
    other = not_implemented("floor_divide_"))

binary("remainder.Tensor(Tensor self, Tensor other) -> Tensor", kernel.remainder, dtype=remaining,
    jvp=lambda self, other, self_t, other_t: backward.remainder_jvp(self, other, self_t, other_t, "floor"),
    grad_fn="RemainderBackward1",
    self  = lambda grad:              grad,
    other = lambda grad, self, other: backward.remainder_other(grad, self, other, "floor"))

scalar("remainder.Scalar(Tensor self, Scalar other) -> Tensor", kernel.remainder_scalar, rounded=("other",),
    below=with_number("remainder"),
    dtype=remaining_number,
    self = lambda grad: grad)

scalar("remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", kernel.remainder_of_scalar,
    rounded=("self",), dtype=remaining_number, grad_fn=NO_DERIVATIVE, jvp=no_tangent("remainder"),
    in_place=False,
    other = not_implemented("remainder"))

binary("fmod.Tensor(Tensor self, Tensor other) -> Tensor", kernel.fmod,
    dtype=only(promote, unimplemented("fmod_cpu", BOOL, COMPLEX)), grad_fn="FmodBackward1",
    jvp=lambda self, other, self_t, other_t: backward.remainder_jvp(self, other, self_t, other_t, "trunc"),
    self  = lambda grad:              grad,
    other = lambda grad, self, other: backward.remainder_other(grad, self, other, "trunc"))

scalar("fmod.Scalar(Tensor self, Scalar other) -> Tensor", kernel.fmod_scalar, rounded=("other",),
    below=with_number("fmod"),
    dtype=only(with_numbers, unimplemented("fmod_cpu", BOOL, COMPLEX)),
    self = lambda grad: grad)

unary("reciprocal(Tensor self) -> Tensor", kernel.reciprocal, dtype=to_float,
    self = lambda grad, result: backward.reciprocal(grad, result))

op("_reciprocal_times(Tensor self, Tensor other) -> Tensor", numbers=True, variants="internal",
    composite=lambda self, other: F.mul(F.reciprocal(self), other))

integers = family(dtype=promote, elementwise=True, in_place="function method")
integers("gcd(Tensor self, Tensor other) -> Tensor", kernel.gcd,
    dtype=only(promote, unimplemented("gcd_cpu", BOOL, FLOAT, COMPLEX)))
integers("lcm(Tensor self, Tensor other) -> Tensor", kernel.lcm,
    dtype=only(promote, unimplemented("lcm_cpu", BOOL, FLOAT, COMPLEX)))

# -- Powers --------------------------------------------------------------------------------------------------


def check_power(self, exponent):
    if self._dtype.category <= INT and not isinstance(exponent, (float, complex)) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")


binary("pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", kernel.pow, take_real=True,
    dtype=only(promote, unimplemented("pow", BOOL)), grad_fn="PowBackward1",
    self     = backward.pow_self,
    exponent = backward.pow_exponent)

def power_below(self, exponent):
    """What is raised to the first power is copied."""
    made = F.pow(F.detach(self), exponent)
    return F.copy_(F.empty_like(made), self) if exponent == 1 else made


scalar("pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", kernel.pow_scalar, take_real=True, rounded=("exponent",),
    plain=kernel.pow_scalar, check=check_power, below=power_below,
    self = backward.pow_scalar)

def power_of_scalar_below(self, exponent):
    if self != 1:  # powers of which torch fills in
        raise errors.no_derivative_of_out("pow")
    return F.ones_like(exponent)


scalar("pow.Scalar(Scalar self, Tensor exponent) -> Tensor", kernel.pow_of_scalar, take_real=True, grad_fn="PowBackward2",
    rounded=("self",), elementwise=False, in_place=False, below=power_of_scalar_below,
    exponent = backward.pow_of_scalar)


def is_complex(value):
    return isinstance(value, complex) if isinstance(value, (int, float, complex)) else value._dtype.is_complex


def widened(value, wide):
    if isinstance(value, TensorBase):
        return F.to(value, wide)
    return complex(value) if wide is complex128 else float(value)


def float_power(self, exponent):
    wide = complex128 if is_complex(self) or is_complex(exponent) else float64
    exponent = widened(exponent, wide)  # before the base: later nodes are earlier in a backward pass
    return F.pow(widened(self, wide), exponent)


def float_power_(self, exponent):
    wide = complex128 if is_complex(self) or is_complex(exponent) else float64
    if self._dtype is not wide:
        raise RuntimeError(f"the base given to float_power_ has dtype {self._dtype.legacy} but the "
                           f"operation's result "
                           f"requires dtype {wide.legacy}")
    return F.pow_(self, widened(exponent, wide))


op("float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", composite=float_power)
op("float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", composite=float_power)
op("float_power.Scalar(Scalar self, Tensor exponent) -> Tensor", composite=float_power)
op("float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)", composite=float_power_,
    variants="method")
op("float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)", composite=float_power_,
    variants="method")
op("square(Tensor self) -> Tensor", composite=lambda self: F.pow(self, 2))
op("square_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.pow_(self, 2))



def ldexp(self, other):
    """With whole exponents the result is first made like ``self``."""
    if self._dtype.category != FLOAT or other._dtype.category > INT:
        return F._ldexp(self, other)
    warn_made_like(self, other)
    return F._ldexp_whole(self, other)


def ldexp_type(self, other):
    if self._dtype.category == FLOAT and other._dtype is boolean:
        raise errors.not_implemented("ldexp_cpu_exp", boolean)
    return as_float(result_type([self, other]))


def ldexp_(self, other):
    if self._dtype.category <= INT:
        raise RuntimeError(f"ldexp can't be cast to the desired output type {self._dtype.legacy}")
    return F._ldexp_(self, other)


op("ldexp.Tensor(Tensor self, Tensor other) -> Tensor", composite=ldexp)
op("ldexp_(Tensor(a!) self, Tensor other) -> Tensor(a!)", composite=ldexp_)

for form, layout in (("_ldexp", True), ("_ldexp_whole", like)):
    binary(f"{form}(Tensor self, Tensor other) -> Tensor", kernel.ldexp, strict=True, elementwise=layout, promoted=("self",),
        dtype=ldexp_type, grad_fn="LdexpBackward0", jvp=backward.ldexp_jvp,
        variants="internal", in_place="internal",
        self  = lambda grad, other:  grad * conj(F.pow(2, other)),
        other = lambda grad, result: F.mul_scalar(grad * conj(result), math.log(2)))

# -- Of two tensors ------------------------------------------------------------------------------------------

binary("hypot(Tensor self, Tensor other) -> Tensor", kernel.hypot,
    dtype=only(promote, unimplemented("hypot_cpu", BOOL, INT, COMPLEX)),
    self  = lambda grad, self, result:  grad * self / result,
    other = lambda grad, other, result: grad * other / result)

binary("atan2(Tensor self, Tensor other) -> Tensor", kernel.atan2,
    dtype=only(to_float, unimplemented("atan2_cpu", COMPLEX)), aliases=("arctan2",),
    jvp=lambda self, other, self_t, other_t: backward.atan2_jvp(self, other, self_t, other_t),
    joint=(("self", "other"), backward.atan2))

binary("logaddexp(Tensor self, Tensor other) -> Tensor", kernel.logaddexp, strict=True, in_place=False,
    dtype=only(promote, unimplemented("logaddexp_cpu", BOOL, INT)),
    self  = lambda grad, self, other: grad / conj(F.add_scalar(F.exp(other - self), 1)),
    other = lambda grad, self, other: grad / conj(F.add_scalar(F.exp(self - other), 1)))

binary("logaddexp2(Tensor self, Tensor other) -> Tensor", kernel.logaddexp2, in_place=False,
    dtype=only(promote, unimplemented("logaddexp2_cpu", BOOL, INT, COMPLEX)),
    self  = lambda grad, self, other: grad / F.add_scalar(F.pow(2, other - self), 1),
    other = lambda grad, self, other: grad / F.add_scalar(F.pow(2, self - other), 1))

XLOGY = unimplemented("xlogy_cpu", COMPLEX)
binary("xlogy.Tensor(Tensor self, Tensor other) -> Tensor", kernel.xlogy, dtype=only(to_float, XLOGY), opmath=False,
    in_place="function method",
    self  = lambda grad, self, other: backward.xlogy_self(grad, self, other),
    other = lambda grad, self, other: grad * self / other)

scalar("xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor", kernel.xlogy_of_scalar, rounded=("self",),
    dtype=only(numbers_to_float, XLOGY), opmath=False, in_place=False, variants="function", grad_fn="XlogyBackward1",
    other = lambda grad, self, other: F.mul_scalar(grad, self) / other)

scalar("xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor", kernel.xlogy_scalar, rounded=("other",),
    below=with_number("xlogy"),
    dtype=only(numbers_to_float, XLOGY), opmath=False, in_place="function method", grad_fn="XlogyBackward2",
    self = lambda grad, self, other: backward.xlogy_scalar(grad, self, other))

XLOG1PY = unimplemented("xlog1py_cpu", COMPLEX)
binary("special_xlog1py(Tensor self, Tensor other) -> Tensor", kernel.xlog1py, dtype=only(to_float, XLOG1PY), opmath=False,
    in_place=False, variants="special", grad_fn="SpecialXlog1PyBackward0",
    self  = lambda grad, self, other: backward.xlog1py_self(grad, self, other),
    other = lambda grad, self, other: backward.xlog1py_other(grad, self, other))

scalar("special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor", kernel.xlog1py_of_scalar,
    rounded=("self",),
    dtype=only(numbers_to_float, XLOG1PY), opmath=False, in_place=False, variants="special",
    grad_fn="SpecialXlog1PyBackward1",
    other = lambda grad, self, other: backward.xlog1py_of_scalar(grad, self, other))

scalar("special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor", kernel.xlog1py_scalar,
    rounded=("other",),
    dtype=only(numbers_to_float, XLOG1PY), opmath=False, in_place=False, variants="special",
    grad_fn="SpecialXlog1PyBackward2",
    self = lambda grad, self, other: backward.xlog1py_scalar(grad, self, other))

COPYSIGN = unimplemented("copysign_cpu", COMPLEX)
binary("copysign.Tensor(Tensor self, Tensor other) -> Tensor", kernel.copysign,
    dtype=only(to_float, COPYSIGN), jvp=lambda self_t, self, result: backward.copysign_jvp(self_t, self, result),
    self  = lambda grad, self, result:  backward.copysign(grad, self, result),
    other = lambda grad, other_info: zeros(*other_info))

scalar("copysign.Scalar(Tensor self, Scalar other) -> Tensor", kernel.copysign_scalar,
    below=with_number("copysign"),
    dtype=only(numbers_to_float, COPYSIGN), grad_fn="CopysignBackward1",
    self = lambda grad, self, result: backward.copysign(grad, self, result))

binary("nextafter(Tensor self, Tensor other) -> Tensor", kernel.nextafter, opmath=False,
    dtype=only(promote, unimplemented("nextafter_cpu", BOOL, INT, COMPLEX)),
    jvp=lambda self, other, self_t: None if self_t is None else F.where(F.ne(self, other), self_t, 0),
    self  = lambda grad, self, other: F.where(F.ne(self, other), grad, 0),
    other = lambda grad, other_info:  zeros(*other_info))


def check_heaviside(self, values, name="heaviside"):
    if has_tangent(self) or has_tangent(values):
        no_tangent(name)()  # that there is no forward mode is seen before what is given
    if self._dtype.is_complex or values._dtype.is_complex:
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    if self._dtype is not values._dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")


def check_heaviside_in_place(self, values):
    check_heaviside(self, values, "heaviside_")


binary("heaviside(Tensor self, Tensor values) -> Tensor", kernel.heaviside, grad_fn=NO_DERIVATIVE,
    jvp=no_tangent("heaviside"), check=check_heaviside, in_place=False,
    self   = not_implemented("heaviside"),
    values = not_implemented("heaviside"))

binary("heaviside(Tensor self, Tensor values) -> Tensor", kernel.heaviside, grad_fn=NO_DERIVATIVE,
    jvp=no_tangent("heaviside_"), check=check_heaviside_in_place, variants="in place",
    self   = not_implemented("heaviside_"),
    values = not_implemented("heaviside_"))

# -- Of three tensors ----------------------------------------------------------------------------------------


def check_lerp(self, end, weight):
    for name, value in (("end", end), ("weight", weight)):
        counts = isinstance(value, TensorBase) and (name == "end" or value._array.ndim)
        if counts and value._dtype is not self._dtype:
            raise RuntimeError(f"expected dtype {CPP_NAMES[self._dtype]} for `{name}` but got dtype "
                               f"{CPP_NAMES[value._dtype]}")


binary("lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor", kernel.lerp, grad_fn="LerpBackward1",
    dtype=only(promote, unimplemented("lerp_kernel_tensor", BOOL, INT)), check=check_lerp,
    jvp=lambda self, end, weight, self_t, end_t, weight_t: backward.lerp_jvp(self, end, weight, self_t, end_t,
    weight_t),
    self   = lambda grad, weight:    grad * conj(complement(weight)),
    end    = lambda grad, weight:    grad * conj(weight),
    weight = lambda grad, self, end: grad * conj(end - self))

binary("lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor", kernel.lerp_scalar,
    dtype=only(promote, unimplemented("lerp_kernel_scalar", BOOL, INT)), check=check_lerp,
    jvp=lambda self_t, end_t, weight: backward.between(self_t, end_t, weight),
    self = lambda grad, weight: F.mul_scalar(grad, 1 - weight.conjugate()),
    end  = lambda grad, weight: F.mul_scalar(grad, weight.conjugate()))

binary("addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", kernel.addcmul, take_real=True,
    dtype=only(promote, unimplemented("addcmul_cpu_out", BOOL)),
    jvp=lambda self_t, tensor1_t, tensor2_t, tensor1, tensor2, value: backward.addcmul_jvp(
        self_t, tensor1_t, tensor2_t, tensor1, tensor2, value),
    self    = lambda grad:                 grad,
    tensor1 = lambda grad, tensor2, value: grad * conj(F.mul_scalar(tensor2, value)),
    tensor2 = lambda grad, tensor1, value: grad * conj(F.mul_scalar(tensor1, value)))


def check_quotient(self, tensor1, tensor2, value):
    if tensor1._dtype.category <= INT and tensor2._dtype.category <= INT:
        raise RuntimeError(backward.INTEGER_ADDCDIV)


binary("addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", kernel.addcdiv, take_real=True,
    dtype=promote, check=check_quotient,
    jvp=lambda self_t, tensor1_t, tensor2_t, tensor1, tensor2, value: backward.addcdiv_jvp(
        self_t, tensor1_t, tensor2_t, tensor1, tensor2, value),
    self    = lambda grad:                          grad,
    tensor1 = lambda grad, tensor2, value:          grad * conj(F.div(F.full_like(tensor2, value), tensor2)),
    tensor2 = lambda grad, tensor1, tensor2, value: backward.addcdiv_tensor2(grad, tensor1, tensor2, value))

# -- Size and sign -------------------------------------------------------------------------------------------

SIGN = refused(NotImplementedError, "Unlike NumPy, torch.sign is not intended to support complex numbers. "
                                    "Please use "
               "torch.sgn instead.", COMPLEX)

ABS_IN_PLACE = refused(RuntimeError, "In-place abs is not supported for complex tensors.", COMPLEX)

unary("abs(Tensor self) -> Tensor", kernel.abs, dtype=only(same, unimplemented("abs_cpu", BOOL)),
    result=lambda kind: kind.to_real(), jvp=lambda self_t, self: backward.abs_jvp(self_t, self),
    elementwise=like_complex, in_place=False, below=by_out("abs"),
    self = lambda grad, self: grad * F.sgn(self))
unary("abs(Tensor self) -> Tensor", kernel.abs,
    dtype=only(same, ABS_IN_PLACE, unimplemented("abs_cpu", BOOL)),
    jvp=lambda self_t, self: backward.abs_jvp(self_t, self), variants="in place",
    self = lambda grad, self: grad * F.sgn(self))
op("absolute(Tensor self) -> Tensor", composite=lambda self: F.abs(self))
op("absolute_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.abs_(self), variants="method")

unary("sign(Tensor self) -> Tensor", kernel.sign, dtype=only(same, SIGN), in_place=True,
    self = no_change)

unary("sgn(Tensor self) -> Tensor", kernel.sgn, in_place=True,
    jvp=lambda self_t, self, result: backward.sgn(self_t, self, result),
    self = lambda grad, self, result: backward.sgn(grad, self, result))

unary("frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)", kernel.frexp, in_place=False,
    dtype=only(same, refused(RuntimeError, "torch.frexp() only supports floating-point dtypes", BOOL, INT,
    COMPLEX)),
    result=(None, int32), elementwise=False, below=by_out("frexp"),
    jvp=lambda self_t, exponent: (self_t / F.exp2(exponent), None),
    self = lambda grad, exponent: grad / F.exp2(exponent))
