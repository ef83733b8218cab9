"""Elementwise arithmetic."""

from mini_autograd.backward import arithmetic as backward
from mini_autograd.backward.arithmetic import conj, no_change, no_tangent, not_implemented, times
from mini_autograd.dtypes import bool as boolean
from mini_autograd.dtypes import complex128, float64, int32
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import NO_DERIVATIVE, family, op, promote, same, to_float
from mini_autograd.op.support import (
    BOOL, COMPLEX, FLOAT, INT, numbers_to_float, only, refused, unimplemented, with_numbers,
)

# fmt: off

unary = family(dtype=same, elementwise=True, jvp="pointwise", in_place="function method")
binary = family(dtype=promote, elementwise=True, jvp="pointwise", in_place=True)
scalar = family(dtype=with_numbers, elementwise=True, jvp="pointwise", in_place=True)
internal = family(dtype=with_numbers, elementwise=True, jvp="pointwise", variants="internal")

# -- Sums and products ---------------------------------------------------------------------------------------


def check_sub(self, other, alpha):
    if self._dtype is boolean or getattr(other, "_dtype", None) is boolean:
        raise bool_minus(self._dtype is getattr(other, "_dtype", None) is boolean)


def bool_minus(both):
    if both:
        return RuntimeError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
                            "`logical_xor()` operator instead.")
    return RuntimeError("Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
                        "invert a mask, use the `~` or `logical_not()` operator instead.")


def check_neg(self):
    if self._dtype is boolean:
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
                           "invert a mask, use the `~` or `logical_not()` operator instead.")


binary("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.add, numbers=True,
    self  = lambda grad:        grad,
    other = lambda grad, alpha: times(grad, alpha))

binary("sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.sub, plain=kernel.sub, numbers=True,
    check=check_sub, aliases=("subtract",),
    self  = lambda grad:        grad,
    other = lambda grad, alpha: times(-grad, alpha))

binary("rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.rsub, check=check_sub,
    in_place=False, variants="function",
    self  = lambda grad, alpha: times(-grad, alpha),
    other = lambda grad:        grad)

scalar("rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", kernel.rsub_scalar, check=check_sub,
    dtype=lambda self, other, alpha: with_numbers(self, other), in_place=False, variants="function",
    grad_fn="RsubBackward1",
    self = lambda grad, alpha: times(-grad, alpha))

binary("mul.Tensor(Tensor self, Tensor other) -> Tensor", kernel.mul, numbers=True, aliases=("multiply",),
    self  = lambda grad, other: grad * conj(other),
    other = lambda grad, self:  grad * conj(self))

unary("neg(Tensor self) -> Tensor", kernel.neg, plain=kernel.neg, check=check_neg, aliases=("negative",),
    self = lambda grad: -grad)


def positive(self):
    if self._dtype is boolean:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


op("positive(Tensor(a) self) -> Tensor(a)", composite=positive)

# With a number as torch's own formulas have them, in which it is not a tensor.
internal("add_scalar(Tensor self, Scalar other) -> Tensor", kernel.add_scalar, grad_fn="AddBackward1",
    self = lambda grad: grad)
internal("sub_scalar(Tensor self, Scalar other) -> Tensor", kernel.sub_scalar, grad_fn="SubBackward1",
    self = lambda grad: grad)
internal("mul_scalar(Tensor self, Scalar other) -> Tensor", kernel.mul_scalar, grad_fn="MulBackward1",
    self = lambda grad, other: F.mul_scalar(grad, other.conjugate()))
internal("div_scalar(Tensor self, Scalar other) -> Tensor", kernel.div_scalar, dtype=numbers_to_float,
    grad_fn="DivBackward1",
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

binary("div.Tensor(Tensor self, Tensor other) -> Tensor", kernel.div, dtype=to_float, numbers=True,
    aliases=("divide", "true_divide"),
    self  = lambda grad, other:       grad / conj(other),
    other = lambda grad, self, other: -grad * conj(self / other / other))

binary("div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", kernel.div_mode,
    dtype=quotient_type, check=check_mode, numbers=True, aliases=("divide",), grad_fn="DivBackward2",
    self  = lambda grad, other, rounding_mode:       backward.div_self(grad, other, rounding_mode),
    other = lambda grad, self, other, rounding_mode: backward.div_other(grad, self, other, rounding_mode))

binary("floor_divide(Tensor self, Tensor other) -> Tensor", kernel.floor_divide, dtype=ROUNDED["floor"], numbers=True,
    grad_fn=NO_DERIVATIVE, jvp=no_tangent("floor_divide"),
    self  = not_implemented("floor_divide"),
    other = not_implemented("floor_divide"))

binary("remainder.Tensor(Tensor self, Tensor other) -> Tensor", kernel.remainder, dtype=remaining,
    grad_fn="RemainderBackward1",
    self  = lambda grad:              grad,
    other = lambda grad, self, other: -grad * F.div(self, other, rounding_mode="floor"))

scalar("remainder.Scalar(Tensor self, Scalar other) -> Tensor", kernel.remainder_scalar, dtype=remaining_number,
    self = lambda grad: grad)

scalar("remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", kernel.remainder_of_scalar,
    dtype=remaining_number, grad_fn=NO_DERIVATIVE, jvp=no_tangent("remainder"), in_place=False,
    other = not_implemented("remainder"))

binary("fmod.Tensor(Tensor self, Tensor other) -> Tensor", kernel.fmod,
    dtype=only(promote, unimplemented("fmod_cpu", BOOL, COMPLEX)), grad_fn="FmodBackward1",
    self  = lambda grad:              grad,
    other = lambda grad, self, other: -grad * F.div(self, other, rounding_mode="trunc"))

scalar("fmod.Scalar(Tensor self, Scalar other) -> Tensor", kernel.fmod_scalar,
    dtype=only(with_numbers, unimplemented("fmod_cpu", BOOL, COMPLEX)),
    self = lambda grad: grad)

unary("reciprocal(Tensor self) -> Tensor", kernel.reciprocal, dtype=to_float,
    self = lambda grad, result: -grad * conj(result * result))

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


binary("pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", kernel.pow,
    dtype=only(promote, unimplemented("pow", BOOL)), grad_fn="PowBackward1",
    self     = lambda grad, self, exponent:         backward.pow_self(grad, self, exponent),
    exponent = lambda grad, self, exponent, result: backward.pow_exponent(grad, self, exponent, result))

scalar("pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", kernel.pow_scalar, check=check_power,
    self = lambda grad, self, exponent: backward.pow_scalar(grad, self, exponent))

scalar("pow.Scalar(Scalar self, Tensor exponent) -> Tensor", kernel.pow_of_scalar, grad_fn="PowBackward2",
    in_place=False,
    exponent = lambda grad, self, exponent, result: backward.pow_of_scalar(grad, self, exponent, result))


def to_double(value):
    if isinstance(value, (int, float, complex)):
        return value if isinstance(value, complex) else float(value)
    return F.to(value, complex128 if value._dtype.is_complex else float64)


def float_power(self, exponent):
    return F.pow(to_double(self), to_double(exponent))


def float_power_(self, exponent):
    other = exponent if isinstance(exponent, (int, float, complex)) else exponent._dtype
    wide = complex128 if COMPLEX in (self._dtype.category, getattr(other, "category", None)) else float64
    wide = complex128 if isinstance(exponent, complex) else wide
    if self._dtype is not wide:
        raise RuntimeError(f"the base given to float_power_ has dtype {self._dtype.legacy} but the operation's result "
                           f"requires dtype {wide.legacy}")
    return F.pow_(self, to_double(exponent))


op("float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", composite=float_power)
op("float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", composite=float_power)
op("float_power.Scalar(Scalar self, Tensor exponent) -> Tensor", composite=float_power)
op("float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)", composite=float_power_, variants="method")
op("float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)", composite=float_power_, variants="method")
op("square(Tensor self) -> Tensor", composite=lambda self: F.pow(self, 2))
op("square_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.pow_(self, 2))

binary("ldexp.Tensor(Tensor self, Tensor other) -> Tensor", kernel.ldexp, dtype=to_float, in_place="function method",
    self  = lambda grad, other:  grad * F.pow(2.0, other),
    other = lambda grad, result: F.mul_scalar(grad * result, 0.6931471805599453))

# -- The larger and the smaller ------------------------------------------------------------------------------


def no_complex(name):
    return only(promote, refused(RuntimeError, f"{name} not implemented for complex tensors.", COMPLEX))


extreme = family(elementwise=True, jvp="pointwise")

extreme("maximum(Tensor self, Tensor other) -> Tensor", kernel.maximum, dtype=no_complex("maximum"),
    self  = lambda grad, self, other: backward.larger(grad, self, other),
    other = lambda grad, self, other: backward.larger(grad, other, self))

extreme("minimum(Tensor self, Tensor other) -> Tensor", kernel.minimum, dtype=no_complex("minimum"),
    self  = lambda grad, self, other: backward.smaller(grad, self, other),
    other = lambda grad, self, other: backward.smaller(grad, other, self))

extreme("fmax(Tensor self, Tensor other) -> Tensor", kernel.fmax, dtype=no_complex("fmax"),
    self  = lambda grad, self, other: F.masked_fill(grad, F.logical_not(backward.first_of_fmax(self, other)), 0),
    other = lambda grad, self, other: F.masked_fill(grad, backward.first_of_fmax(self, other), 0))

extreme("fmin(Tensor self, Tensor other) -> Tensor", kernel.fmin, dtype=no_complex("fmin"),
    self  = lambda grad, self, other: F.masked_fill(grad, F.logical_not(backward.first_of_fmin(self, other)), 0),
    other = lambda grad, self, other: F.masked_fill(grad, backward.first_of_fmin(self, other), 0))


def check_clamp(self, min, max):
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")


CLAMP = refused(NotImplementedError, "clamp is not supported for complex types", COMPLEX)
clamp = family(elementwise=True, jvp="pointwise", in_place="function method")

clamp("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", kernel.clamp_tensor,
    dtype=only(promote, CLAMP, unimplemented("clamp_cpu", BOOL)), check=check_clamp, aliases=("clip",),
    self = lambda grad, self, min, max: backward.clamp_self(grad, self, min, max),
    min  = lambda grad, self, min, max: backward.clamp_to_min(grad, self, min, max),
    max  = lambda grad, self, min, max: backward.clamp_to_max(grad, self, min, max))

clamp("clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", kernel.clamp,
    dtype=only(with_numbers, CLAMP), check=check_clamp, aliases=("clip",), grad_fn="ClampBackward1",
    self = lambda grad, self, min, max: backward.clamp_self(grad, self, min, max))

clamp("clamp_min.Tensor(Tensor self, Tensor min) -> Tensor", kernel.maximum,
    dtype=only(promote, unimplemented("maximum_cpu", COMPLEX)), grad_fn="ClampMinBackward1",
    self = lambda grad, self, min: F.where(F.ge(self, min), grad, 0),
    min  = lambda grad, self, min: F.where(F.lt(self, min), grad, 0))

clamp("clamp_min(Tensor self, Scalar min) -> Tensor", kernel.clamp_min, dtype=only(with_numbers, CLAMP),
    self = lambda grad, self, min: F.where(F.ge(self, min), grad, 0))

clamp("clamp_max.Tensor(Tensor self, Tensor max) -> Tensor", kernel.minimum,
    dtype=only(promote, unimplemented("minimum_cpu", COMPLEX)), grad_fn="ClampMaxBackward1",
    self = lambda grad, self, max: F.where(F.le(self, max), grad, 0),
    max  = lambda grad, self, max: F.where(F.gt(self, max), grad, 0))

clamp("clamp_max(Tensor self, Scalar max) -> Tensor", kernel.clamp_max, dtype=only(with_numbers, CLAMP),
    self = lambda grad, self, max: F.where(F.le(self, max), grad, 0))

# -- Of two tensors ------------------------------------------------------------------------------------------

binary("hypot(Tensor self, Tensor other) -> Tensor", kernel.hypot,
    dtype=only(promote, unimplemented("hypot_cpu", BOOL, INT, COMPLEX)),
    self  = lambda grad, self, result:  grad * self / result,
    other = lambda grad, other, result: grad * other / result)

binary("atan2(Tensor self, Tensor other) -> Tensor", kernel.atan2,
    dtype=only(to_float, unimplemented("atan2_cpu", COMPLEX)), aliases=("arctan2",),
    self  = lambda grad, self, other: grad * other * backward.atan2_weight(self, other),
    other = lambda grad, self, other: grad * -self * backward.atan2_weight(self, other))

binary("logaddexp(Tensor self, Tensor other) -> Tensor", kernel.logaddexp, in_place=False,
    dtype=only(promote, unimplemented("logaddexp_cpu", BOOL, INT)),
    self  = lambda grad, self, other: grad / conj(F.add_scalar(F.exp(other - self), 1)),
    other = lambda grad, self, other: grad / conj(F.add_scalar(F.exp(self - other), 1)))

binary("logaddexp2(Tensor self, Tensor other) -> Tensor", kernel.logaddexp2, in_place=False,
    dtype=only(promote, unimplemented("logaddexp2_cpu", BOOL, INT, COMPLEX)),
    self  = lambda grad, self, other: grad / F.add_scalar(F.pow(2, other - self), 1),
    other = lambda grad, self, other: grad / F.add_scalar(F.pow(2, self - other), 1))

XLOGY = unimplemented("xlogy_cpu", COMPLEX)
binary("xlogy.Tensor(Tensor self, Tensor other) -> Tensor", kernel.xlogy, dtype=only(to_float, XLOGY),
    in_place="function method",
    self  = lambda grad, self, other: backward.xlogy_self(grad, self, other),
    other = lambda grad, self, other: grad * self / other)

scalar("xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor", kernel.xlogy_of_scalar,
    dtype=only(numbers_to_float, XLOGY), in_place=False, variants="function", grad_fn="XlogyBackward1",
    other = lambda grad, self, other: F.mul_scalar(grad, self) / other)

scalar("xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor", kernel.xlogy_scalar,
    dtype=only(numbers_to_float, XLOGY), in_place="function method", grad_fn="XlogyBackward2",
    self = lambda grad, self, other: backward.xlogy_scalar(grad, self, other))

XLOG1PY = unimplemented("xlog1py_cpu", COMPLEX)
binary("special_xlog1py(Tensor self, Tensor other) -> Tensor", kernel.xlog1py, dtype=only(to_float, XLOG1PY),
    in_place=False, variants="internal", grad_fn="SpecialXlog1PyBackward0",
    self  = lambda grad, self, other: backward.xlog1py_self(grad, self, other),
    other = lambda grad, self, other: grad * self / F.add_scalar(other, 1))

scalar("special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor", kernel.xlog1py_of_scalar,
    dtype=only(numbers_to_float, XLOG1PY), in_place=False, variants="internal", grad_fn="SpecialXlog1PyBackward1",
    other = lambda grad, self, other: F.mul_scalar(grad, self) / F.add_scalar(other, 1))

scalar("special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor", kernel.xlog1py_scalar,
    dtype=only(numbers_to_float, XLOG1PY), in_place=False, variants="internal", grad_fn="SpecialXlog1PyBackward2",
    self = lambda grad, self, other: backward.xlog1py_scalar(grad, self, other))

COPYSIGN = unimplemented("copysign_cpu", COMPLEX)
binary("copysign.Tensor(Tensor self, Tensor other) -> Tensor", kernel.copysign, dtype=only(to_float, COPYSIGN),
    self  = lambda grad, self, result: backward.copysign(grad, self, result),
    other = lambda grad:               no_change(grad))

scalar("copysign.Scalar(Tensor self, Scalar other) -> Tensor", kernel.copysign_scalar,
    dtype=only(numbers_to_float, COPYSIGN), grad_fn="CopysignBackward1",
    self = lambda grad, self, result: backward.copysign(grad, self, result))

binary("nextafter(Tensor self, Tensor other) -> Tensor", kernel.nextafter, opmath=False,
    dtype=only(promote, unimplemented("nextafter_cpu", BOOL, INT, COMPLEX)),
    self  = lambda grad, self, other: F.where(F.ne(self, other), grad, 0),
    other = lambda grad:              no_change(grad))

binary("heaviside(Tensor self, Tensor values) -> Tensor", kernel.heaviside, grad_fn=NO_DERIVATIVE,
    jvp=no_tangent("heaviside"),
    dtype=only(promote, refused(RuntimeError, "heaviside is not yet implemented for complex tensors.", COMPLEX)),
    self   = not_implemented("heaviside"),
    values = not_implemented("heaviside"))

# -- Of three tensors ----------------------------------------------------------------------------------------

binary("lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor", kernel.lerp, grad_fn="LerpBackward1",
    dtype=only(promote, unimplemented("lerp_kernel_tensor", BOOL, INT)),
    self   = lambda grad, weight:    grad * conj(F.sub(1, weight)),
    end    = lambda grad, weight:    grad * conj(weight),
    weight = lambda grad, self, end: grad * conj(end - self))

binary("lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor", kernel.lerp_scalar,
    dtype=only(promote, unimplemented("lerp_kernel_scalar", BOOL, INT)),
    self = lambda grad, weight: F.mul_scalar(grad, 1 - weight.conjugate()),
    end  = lambda grad, weight: F.mul_scalar(grad, weight.conjugate()))

binary("addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", kernel.addcmul,
    dtype=only(promote, unimplemented("addcmul_cpu_out", BOOL)),
    self    = lambda grad:                 grad,
    tensor1 = lambda grad, tensor2, value: grad * conj(F.mul_scalar(tensor2, value)),
    tensor2 = lambda grad, tensor1, value: grad * conj(F.mul_scalar(tensor1, value)))

binary("addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", kernel.addcdiv,
    dtype=only(promote, refused(RuntimeError, backward.INTEGER_ADDCDIV, BOOL, INT)),
    self    = lambda grad:                          grad,
    tensor1 = lambda grad, tensor2, value:          grad * conj(F.div(value, tensor2)),
    tensor2 = lambda grad, tensor1, tensor2, value: backward.addcdiv_tensor2(grad, tensor1, tensor2, value))

# -- Size and sign -------------------------------------------------------------------------------------------

SIGN = refused(NotImplementedError, "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use "
               "torch.sgn instead.", COMPLEX)

unary("abs(Tensor self) -> Tensor", kernel.abs, dtype=only(same, unimplemented("abs_cpu", BOOL)),
    result=lambda kind: kind.to_real(), jvp=lambda self_t, self: backward.abs_jvp(self_t, self),
    self = lambda grad, self: grad * F.sgn(self))
op("absolute(Tensor self) -> Tensor", composite=lambda self: F.abs(self))
op("absolute_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.abs_(self), variants="method")

unary("sign(Tensor self) -> Tensor", kernel.sign, dtype=only(same, SIGN), in_place=True,
    self = lambda grad: no_change(grad))

unary("sgn(Tensor self) -> Tensor", kernel.sgn, in_place=True,
    jvp=lambda self_t, self, result: backward.sgn(self_t, self, result),
    self = lambda grad, self, result: backward.sgn(grad, self, result))

unary("frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)", kernel.frexp, in_place=False,
    dtype=only(same, refused(RuntimeError, "torch.frexp() only supports floating-point dtypes", BOOL, INT, COMPLEX)),
    result=(None, int32), elementwise=False,
    jvp=lambda self_t, exponent: (self_t / F.exp2(exponent), None),
    self = lambda grad, exponent: grad / F.exp2(exponent))
