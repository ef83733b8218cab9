"""Elementary and special functions."""

import math

from mini_autograd.backward import elementary as backward
from mini_autograd.backward.arithmetic import conj, no_change, no_tangent, not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, like, op, promote, same, to_float
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import (
    BOOL,
    COMPLEX,
    HALF,
    INT,
    by_out,
    no_complex_derivative,
    only,
    refused,
    unimplemented,
)  # fmt: skip

# fmt: off

PI, LN2, ROOT_PI = math.pi, math.log(2), math.sqrt(math.pi)
LN10 = 2.3025850929940455  # the figure in torch's graphs: one unit in the last place below math.log(10)
unary = family(dtype=to_float, elementwise=True, jvp="pointwise", in_place="function method")


def real(name, *more):
    """Computes in a floating type, but not in a complex one, nor in ``more``."""
    return only(to_float, unimplemented(name, COMPLEX, *more))


# -- Powers of e and roots -----------------------------------------------------------------------------------

unary("exp(Tensor self) -> Tensor", kernel.exp, self=lambda grad, result: grad * conj(result))
unary(
    "exp2(Tensor self) -> Tensor",
    kernel.exp2,
    self=lambda grad, result: F.mul_scalar(grad * conj(result), LN2),
)
unary(
    "expm1(Tensor self) -> Tensor",
    kernel.expm1,
    self=lambda grad, result: grad * F.add_scalar(conj(result), 1),
)
unary("log(Tensor self) -> Tensor", kernel.log, self=backward.log)
unary(
    "log1p(Tensor self) -> Tensor",
    kernel.log1p,
    grad_fn="Log1PBackward0",
    self=backward.log1p,
)
unary(
    "log2(Tensor self) -> Tensor", kernel.log2, self=lambda grad, self: grad / F.mul_scalar(conj(self), LN2)
)
unary(
    "log10(Tensor self) -> Tensor",
    kernel.log10,
    self=lambda grad, self: grad / F.mul_scalar(conj(self), LN10),
)
unary(
    "sqrt(Tensor self) -> Tensor", kernel.sqrt, self=lambda grad, result: grad / F.mul_scalar(conj(result), 2)
)
unary(
    "rsqrt(Tensor self) -> Tensor",
    kernel.rsqrt,
    self=lambda grad, result: backward.rsqrt(grad, result),
)

# -- Trigonometry --------------------------------------------------------------------------------------------

unary("sin(Tensor self) -> Tensor", kernel.sin, self=lambda grad, self: grad * conj(F.cos(self)))
unary("cos(Tensor self) -> Tensor", kernel.cos, self=lambda grad, self: grad * -conj(F.sin(self)))
unary(
    "tan(Tensor self) -> Tensor",
    kernel.tan,
    self=lambda grad, result: grad * conj(F.add_scalar(F.pow(result, 2), 1)),
)
unary(
    "asin(Tensor self) -> Tensor",
    kernel.asin,
    aliases=("arcsin",),
    self=lambda grad, self: grad * conj(backward.asin_slope(self)),
)
unary(
    "acos(Tensor self) -> Tensor",
    kernel.acos,
    aliases=("arccos",),
    self=lambda grad, self: grad * -conj(backward.asin_slope(self)),
)
unary(
    "atan(Tensor self) -> Tensor",
    kernel.atan,
    aliases=("arctan",),
    self=lambda grad, self: grad / conj(F.add_scalar(self * self, 1)),
)
unary("sinh(Tensor self) -> Tensor", kernel.sinh, self=lambda grad, self: grad * conj(F.cosh(self)))
unary("cosh(Tensor self) -> Tensor", kernel.cosh, self=lambda grad, self: grad * conj(F.sinh(self)))
unary("tanh(Tensor self) -> Tensor", kernel.tanh, self=lambda grad, result: F.tanh_backward(grad, result))
unary(
    "asinh(Tensor self) -> Tensor",
    kernel.asinh,
    in_place=False,
    self=lambda grad, self: grad * conj(F.rsqrt(F.add_scalar(F.pow(self, 2), 1))),
)
unary(
    "acosh(Tensor self) -> Tensor",
    kernel.acosh,
    in_place=False,
    self=lambda grad, self: backward.acosh(grad, self),
)
unary(
    "atanh(Tensor self) -> Tensor",
    kernel.atanh,
    in_place=False,
    self=lambda grad, self: backward.atanh(grad, self),
)
for name in ("asinh", "acosh", "atanh"):
    unary(
        f"{name}(Tensor self) -> Tensor",
        getattr(kernel, name),
        variants="in place",
        grad_fn=f"{name.title()}Backward1",
        jvp=backward.no_tangent_in_place(name),
        self=backward.no_inverse_in_place(name),
    )
    op(f"arc{name[1:]}(Tensor self) -> Tensor", composite=getattr(F, name))
    op(f"arc{name[1:]}_(Tensor(a!) self) -> Tensor(a!)", composite=getattr(F, name + "_"))
unary("sinc(Tensor self) -> Tensor", kernel.sinc, self=backward.sinc)
unary(
    "deg2rad(Tensor self) -> Tensor",
    kernel.deg2rad,
    below=by_out("deg2rad"),
    elementwise=like,
    grad_fn="Deg2RadBackward0",
    dtype=only(to_float, refused(RuntimeError, "deg2rad is not supported for complex tensors.", COMPLEX)),
    self=lambda grad: F.mul_scalar(grad, PI / 180),
)
unary(
    "rad2deg(Tensor self) -> Tensor",
    kernel.rad2deg,
    below=by_out("rad2deg"),
    elementwise=like,
    grad_fn="Rad2DegBackward0",
    dtype=only(to_float, refused(RuntimeError, "rad2deg is not supported for complex tensors.", COMPLEX)),
    self=lambda grad: F.mul_scalar(grad, 180 / PI),
)

# -- Logistic functions, and derivatives that are ops --------------------------------------------------------

unary(
    "sigmoid(Tensor self) -> Tensor",
    kernel.sigmoid,
    aliases=(),
    self=lambda grad, result: F.sigmoid_backward(grad, result),
)
unary(
    "logit(Tensor self, float? eps=None) -> Tensor",
    kernel.logit,
    dtype=real("logit_cpu"),
    self=lambda grad, self, eps: backward.logit(grad, self, eps),
)

slope = family(dtype=promote, elementwise=True, jvp="pointwise", variants="internal")
slope(
    "tanh_backward(Tensor grad_output, Tensor output) -> Tensor",
    kernel.tanh_backward,
    grad_output=lambda grad, output: F.tanh_backward(grad, conj(output)),
    output=lambda grad, output, grad_output: backward.tanh_backward_output(grad, output, grad_output),
)
slope(
    "sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor",
    kernel.sigmoid_backward,
    grad_output=lambda grad, output: F.sigmoid_backward(grad, conj(output)),
    output=lambda grad, output, grad_output: backward.sigmoid_backward_output(grad, output, grad_output),
)
slope(
    "logit_backward(Tensor grad_output, Tensor self, float? eps=None) -> Tensor",
    kernel.logit_backward,
    grad_fn=NO_DERIVATIVE,
    jvp=no_tangent("logit_backward"),
    grad_output=not_implemented("logit_backward"),
    self=not_implemented("logit_backward"),
)

# -- Rounding ------------------------------------------------------------------------------------------------


def rounding(name):
    text = f"{name} is not supported for complex inputs"
    return only(same, refused(NotImplementedError, text, COMPLEX), unimplemented(f"{name}_vml_cpu", BOOL))


unary(
    "floor(Tensor self) -> Tensor", kernel.floor, dtype=rounding("floor"), self=no_change
)
unary("ceil(Tensor self) -> Tensor", kernel.ceil, dtype=rounding("ceil"), self=no_change)
unary(
    "trunc(Tensor self) -> Tensor",
    kernel.trunc,
    dtype=rounding("trunc"),
    aliases=("fix",),
    self=no_change,
)
unary(
    "round(Tensor self) -> Tensor",
    kernel.round,
    dtype=only(same, unimplemented("round_vml_cpu", BOOL, COMPLEX)),
    self=no_change,
)
unary(
    "round.decimals(Tensor self, *, int decimals) -> Tensor",
    kernel.round_decimals,
    grad_fn="RoundBackward1",
    dtype=only(same, unimplemented("round_cpu", BOOL, INT, COMPLEX)),
    self=no_change,
)
unary(
    "frac(Tensor self) -> Tensor",
    kernel.frac,
    dtype=only(same, unimplemented("frac_cpu", BOOL, INT, COMPLEX)),
    self=lambda grad: grad,
)
unary(
    "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
    kernel.nan_to_num,
    below=by_out("nan_to_num"),
    dtype=same,
    opmath=False,
    elementwise=like,
    check=no_complex_derivative("nan_to_num"),
    self=lambda grad, self: grad * F.isfinite(self),
)

# -- Special functions ---------------------------------------------------------------------------------------

unary(
    "erf(Tensor self) -> Tensor",
    kernel.erf,
    dtype=real("erf_vml_cpu"),
    self=lambda grad, self: backward.bell(-F.pow(self, 2), 2 / ROOT_PI) * grad,
)
unary(
    "erfc(Tensor self) -> Tensor",
    kernel.erfc,
    dtype=real("erfc_vml_cpu"),
    self=lambda grad, self: backward.bell(-F.pow(self, 2), -2 / ROOT_PI) * grad,
)
unary(
    "erfinv(Tensor self) -> Tensor",
    kernel.erfinv,
    dtype=real("erfinv_vml_cpu"),
    in_place=True,
    self=lambda grad, self: backward.bell(F.pow(F.erfinv(self), 2), ROOT_PI / 2) * grad,
)
unary(
    "lgamma(Tensor self) -> Tensor",
    kernel.lgamma,
    dtype=real("lgamma_vml_cpu"),
    in_place=True,
    self=lambda grad, self: grad * F.digamma(self),
)


def polygamma_type(n, self):
    return real(("digamma", "trigamma")[n] if 0 <= n < 2 else "polygamma")(self)


unary(
    "digamma(Tensor self) -> Tensor",
    kernel.digamma,
    dtype=real("digamma"),
    in_place=True,
    self=lambda grad, self: grad * F.polygamma(1, self),
)
op(
    "polygamma(int n, Tensor self) -> Tensor",
    kernel.polygamma,
    dtype=polygamma_type,
    elementwise=True,
    jvp="pointwise",
    variants="function",
    self=lambda grad, n, self: grad * F.polygamma(n + 1, self),
)
op(
    "polygamma.method(Tensor self, int n) -> Tensor",
    composite=lambda self, n: F.polygamma(n, self),
    variants="method",
)
unary(
    "polygamma.in_place(Tensor self, int n) -> Tensor",
    kernel.polygamma_of,
    in_place=True,
    dtype=lambda self, n: polygamma_type(n, self),
    variants="in place",
    grad_fn="PolygammaBackward1",
    self=lambda grad, self, n: grad * F.polygamma(n + 1, self),
)
unary(
    "i0(Tensor self) -> Tensor",
    kernel.i0,
    dtype=real("i0_vml_cpu"),
    self=lambda grad, self: grad * F.special_i1(self),
)

special = family(dtype=to_float, elementwise=True, jvp="pointwise", variants="special")
special(
    "special_i0e(Tensor self) -> Tensor",
    kernel.i0e,
    dtype=real("i0e_cpu"),
    grad_fn="SpecialI0EBackward0",
    self=lambda grad, self, result: backward.i0e(grad, self, result),
)
special(
    "special_i1(Tensor self) -> Tensor",
    kernel.i1,
    dtype=real("i1_cpu"),
    self=lambda grad, self, result: backward.i1(grad, self, result),
)
special(
    "special_i1e(Tensor self) -> Tensor",
    kernel.i1e,
    dtype=real("i1e_cpu"),
    grad_fn="SpecialI1EBackward0",
    self=lambda grad, self, result: backward.i1e(grad, self, result),
)
special(
    "special_erfcx(Tensor self) -> Tensor",
    kernel.erfcx,
    dtype=real("erfcx_cpu", HALF),
    self=lambda grad, self, result: backward.erfcx(grad, self, result),
)
special(
    "special_entr(Tensor self) -> Tensor",
    kernel.entr,
    dtype=real("entr_cpu"),
    opmath=False,
    self=lambda grad, self: grad * -F.add_scalar(F.log(self), 1),
)
special(
    "special_log_ndtr(Tensor self) -> Tensor",
    kernel.log_ndtr,
    dtype=real("log_ndtr_cpu", HALF),
    self=lambda grad, self, result: backward.log_ndtr(grad, self, result),
)
special(
    "special_ndtri(Tensor self) -> Tensor",
    kernel.ndtri,
    dtype=real("ndtri_cpu", HALF),
    self=lambda grad, result: backward.ndtri(grad, result),
)
op("special_ndtr(Tensor self) -> Tensor", composite=backward.ndtr, variants="special")
