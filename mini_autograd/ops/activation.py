"""Activation functions, and their derivatives where those are ops of their own."""

from mini_autograd.backward import activation as backward
from mini_autograd.backward.arithmetic import no_change, no_tangent, not_implemented
from mini_autograd.backward.elementary import no_tangent_in_place
from mini_autograd.dtypes import bfloat16, float16, float32, float64, uint8
from mini_autograd.dtypes import bool as boolean
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.layouts import contiguous_format
from mini_autograd.op.declare import family, like, op, promote, same
from mini_autograd.op.generator import source_of
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.resize import warn_made_like
from mini_autograd.op.rules import wrap_dim
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
)

# fmt: off

unary = family(elementwise=True, jvp="pointwise", variants="nn", in_place="nn")
public = family(elementwise=True, jvp="pointwise", variants="function", in_place="function")
in_place = family(elementwise=True, jvp="pointwise", variants="in place", in_place="nn")
slope = family(elementwise=True, jvp="pointwise", variants="internal")
CLAMP = refused(NotImplementedError, "clamp is not supported for complex types", COMPLEX)


def floating(name, *more):
    return only(same, unimplemented(name, BOOL, INT, *(more or (COMPLEX,))))


def floating_pair(name, *more):
    return only(promote, unimplemented(name, BOOL, INT, *(more or (COMPLEX,))))


def check_alike(grad, self, *rest):
    if grad._dtype is not self._dtype:
        raise RuntimeError(f"Found dtype {grad._dtype.legacy} but expected {self._dtype.legacy}")


# -- Kinked at zero ------------------------------------------------------------------------------------------


def check_relu(self):
    if self._dtype is boolean:
        raise RuntimeError("Boolean inputs not supported for relu")


public("relu(Tensor self) -> Tensor", kernel.relu, dtype=only(same, CLAMP), check=check_relu,
    plain=kernel.relu,
    variants="function method", in_place="function method",
    self = lambda grad, result: F.threshold_backward(grad, result, 0))

THRESHOLD = only(same, unimplemented("threshold_cpu", BOOL, COMPLEX))
public("threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor", kernel.threshold, dtype=THRESHOLD,
    in_place=False,
    self = lambda grad, self, threshold: F.threshold_backward(grad, self, threshold))
in_place("threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor", kernel.threshold,
    dtype=THRESHOLD,
    in_place="function", grad_fn="ThresholdBackward1",
    self = lambda grad, self, threshold: F.threshold_backward(grad, self, threshold))
slope("threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor",
    kernel.threshold_backward, laid=("self", "grad_output"),
    dtype=only(promote, unimplemented("threshold_cpu", BOOL, COMPLEX)),
    grad_output = lambda grad, self, threshold: F.threshold_backward(grad, self, threshold),
    self        = lambda grad:                  no_change(grad))

LEAKY = floating("leaky_relu_cpu")
unary("leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor", kernel.leaky_relu, dtype=LEAKY,
    in_place=False,
    self = lambda grad, self, negative_slope: F.leaky_relu_backward(grad, self, negative_slope, False))
in_place("leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor", kernel.leaky_relu, dtype=LEAKY,
    grad_fn="LeakyReluBackward1",
    self = lambda grad, result, negative_slope: F.leaky_relu_backward(grad, result, negative_slope, True))
slope("leaky_relu_backward(Tensor grad_output, Tensor self, Scalar negative_slope, bool self_is_result) "
    "-> Tensor", kernel.leaky_relu_backward, laid=("self", "grad_output"),
    dtype=floating_pair("leaky_relu_backward_cpu"),
    jvp=lambda grad_output_t, self, negative_slope: F.leaky_relu_backward(grad_output_t, self, negative_slope, False),
    grad_output = lambda grad, self, negative_slope: F.leaky_relu_backward(grad, self, negative_slope, False),
    self        = lambda grad:                       no_change(grad))

NOISY = "Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False"
unary(f"rrelu_with_noise({NOISY}) -> Tensor", kernel.rrelu_with_noise,
    dtype=floating("rrelu_with_noise_out_cpu"),
    variants="internal", in_place=False, elementwise=False,
    self = lambda grad, self, noise, lower, upper, training:
        F.rrelu_with_noise_backward(grad, self, noise, lower, upper, training, False))
in_place(f"rrelu_with_noise({NOISY}) -> Tensor", kernel.rrelu_with_noise,
    dtype=floating("rrelu_with_noise_out_cpu"),
    in_place="internal", jvp=no_tangent_in_place("rrelu_with_noise"), grad_fn="RreluWithNoiseBackward1",
    self = lambda grad, result, noise, lower, upper, training:
        F.rrelu_with_noise_backward(grad, result, noise, lower, upper, training, True))
slope("rrelu_with_noise_backward(Tensor grad_output, Tensor self, Tensor noise, Scalar lower, Scalar upper, "
    "bool training, bool self_is_result) -> Tensor", kernel.rrelu_with_noise_backward, dtype=promote, elementwise=False,
    jvp=lambda grad_output_t, self, noise, lower, upper, training:
        F.rrelu_with_noise_backward(grad_output_t, self, noise, lower, upper, training, False),
    grad_output = lambda grad, self, noise, lower, upper, training:
        F.rrelu_with_noise_backward(grad, self, noise, lower, upper, training, False),
    self        = lambda grad: no_change(grad))
op("rrelu_noise(Tensor self, Scalar lower, Scalar upper, Generator? generator) -> Tensor",
    lambda self, lower, upper, generator: kernel.rrelu_noise(self, lower, upper, source_of(generator, self)),
    variants="internal")


def check_slopes(lower, upper):
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")


def rrelu(self, lower, upper, training, generator):
    return F.rrelu_with_noise(self, slopes(self, lower, upper, training, generator), lower, upper, training)


def rrelu_(self, lower, upper, training, generator):
    return F.rrelu_with_noise_(self, slopes(self, lower, upper, training, generator), lower, upper, training)


def slopes(self, lower, upper, training, generator):
    """What stands for the slope of each element; nothing in particular but in training."""
    check_slopes(lower, upper)
    return F.rrelu_noise(self, lower, upper, generator) if training else F.empty_like(self, memory_format=contiguous_format)


BOUNDS = "Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, Generator? generator=None"
op(f"rrelu(Tensor self, {BOUNDS}) -> Tensor", composite=rrelu, variants="function")
op(f"rrelu_(Tensor(a!) self, {BOUNDS}) -> Tensor(a!)", composite=rrelu_, variants="function")

# -- Exponential below zero ----------------------------------------------------------------------------------


def check_celu(self, alpha):
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")


def inverse(alpha):
    """One over the number, which torch's derivative rounds to float32."""
    return 1.0 / kernel.as_float32(alpha)


SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1)
ELU = floating("elu_cpu")
unary("elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor", kernel.elu,
    dtype=ELU,
    in_place=False,
    self = lambda grad, alpha, scale, input_scale,
    self: F.elu_backward(grad, alpha, scale, input_scale, False, self))
in_place("elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor", kernel.elu,
    dtype=ELU,
    grad_fn="EluBackward1",
    self = lambda grad, alpha, scale, input_scale,
    result: F.elu_backward(grad, alpha, scale, input_scale, True, result))
slope("elu_backward(Tensor grad_output, Scalar alpha, Scalar scale, Scalar input_scale, bool is_result, "
    "Tensor self_or_result) -> Tensor", kernel.elu_backward, dtype=floating_pair("elu_backward_cpu"),
    grad_output    = lambda grad, alpha, scale, input_scale, is_result, self_or_result:
        F.elu_backward(grad, alpha, scale, input_scale, is_result, self_or_result),
    self_or_result = lambda grad, grad_output, alpha, scale, input_scale, is_result, self_or_result:
        backward.elu_backward_self(grad, grad_output, alpha, scale, input_scale, is_result, self_or_result))
op("selu(Tensor self) -> Tensor", composite=lambda self: F.elu(self, *SELU), variants="function")
op("selu_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.elu_(self, *SELU), variants="function")

public("celu(Tensor self, Scalar alpha=1.0) -> Tensor", kernel.celu, dtype=ELU, check=check_celu,
    in_place=False,
    self = lambda grad, self, alpha: F.elu_backward(grad, alpha, 1, inverse(alpha), False, self))
in_place("celu(Tensor self, Scalar alpha=1.0) -> Tensor", kernel.celu, dtype=ELU, check=check_celu,
    in_place="function", grad_fn="CeluBackward1",
    self = lambda grad, result, alpha: F.elu_backward(grad, alpha, 1, inverse(alpha), True, result))

# -- Of the normal distribution ------------------------------------------------------------------------------


def check_gelu(self, approximate):
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")


unary('gelu(Tensor self, *, str approximate="none") -> Tensor', kernel.gelu, dtype=floating("GeluKernelImpl"),
    check=check_gelu,
    self = lambda grad, self, approximate: F.gelu_backward(grad, self, approximate=approximate))


def check_gelu_backward(grad_output, self, approximate):
    """Where oneDNN computes it, it takes no gradients of some other dtypes, as tangents may have."""
    kinds = (self._dtype, grad_output._dtype)
    if kinds[0] is kinds[1] or approximate != "none" or self._array.size < 2 or not self._array.flags.c_contiguous:
        return
    if kinds[0] in (float32, bfloat16) and kinds[1] is float64:
        raise RuntimeError("itensor_view_from_dense expects float/bfloat16/half/int8/fp8 tensor inputDouble")
    if kinds == (bfloat16, float16):
        raise RuntimeError("could not create a primitive descriptor for the reorder primitive. Run workload with "
                           "environment variable ONEDNN_VERBOSE=all to get additional diagnostic information.")


slope('gelu_backward(Tensor grad_output, Tensor self, *, str approximate="none") -> Tensor',
    kernel.gelu_backward, check=check_gelu_backward,
    dtype=floating_pair("GeluBackwardKernelImpl"),
    grad_output = lambda grad, self, approximate: F.gelu_backward(grad, self, approximate=approximate),
    self        = lambda grad, grad_output, self, approximate:
        backward.gelu_backward_self(grad, grad_output, self, approximate))

# -- Of the logistic function --------------------------------------------------------------------------------

unary("silu(Tensor self) -> Tensor", kernel.silu, dtype=only(same, unimplemented("silu_cpu", BOOL, INT)),
    check=no_complex_derivative("silu"), in_place=False,
    self = lambda grad, self: backward.silu(grad, self))
in_place("silu(Tensor self) -> Tensor", kernel.silu, dtype=only(same, unimplemented("silu_cpu", BOOL, INT)),
    self = lambda grad, self: backward.silu(grad, self))
unary("mish(Tensor self) -> Tensor", kernel.mish, dtype=floating("mish_cpu"),
    self = lambda grad, self: backward.mish(grad, self))
for name in ("silu", "mish"):
    slope(f"{name}_backward(Tensor grad_output, Tensor self) -> Tensor", getattr(kernel, f"{name}_backward"),
        dtype=promote, grad_fn=NO_DERIVATIVE, jvp=no_tangent(f"{name}_backward"),
        grad_output = not_implemented(f"{name}_backward"),
        self        = not_implemented(f"{name}_backward"))

unary("softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor", kernel.softplus,
    dtype=floating("softplus_cpu"), in_place=False,
    self = lambda grad, self, beta, threshold: F.softplus_backward(grad, self, beta, threshold))
slope("softplus_backward(Tensor grad_output, Tensor self, Scalar beta, Scalar threshold) -> Tensor",
    kernel.softplus_backward, dtype=floating_pair("softplus_backward_cpu"),
    grad_output = lambda grad, self, beta, threshold: F.softplus_backward(grad, self, beta, threshold),
    self        = lambda grad, grad_output, self, beta, threshold:
        backward.softplus_backward_self(grad, grad_output, self, beta, threshold))

op("log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)", kernel.log_sigmoid_forward,
    dtype=floating("log_sigmoid_cpu"), grad_fn="LogSigmoidBackward0", variants="internal", derived=1,
    jvp=lambda self_t, self, buffer: (F.log_sigmoid_backward(self_t, self, buffer), None),
    self = lambda grad, self, buffer: F.log_sigmoid_backward(grad, self, buffer))
op("log_sigmoid(Tensor self) -> Tensor", composite=lambda self: F.log_sigmoid_forward(self)[0], variants="nn")
slope("log_sigmoid_backward(Tensor grad_output, Tensor self, Tensor buffer) -> Tensor",
    kernel.log_sigmoid_backward, elementwise=like,
    dtype=floating_pair("log_sigmoid_backward_cpu"), check=check_alike,
    grad_output = lambda grad, self, buffer:      F.log_sigmoid_backward(grad, self, buffer),
    self        = lambda grad, grad_output, self: backward.log_sigmoid_backward_self(grad, grad_output, self))

# -- Made of straight lines ----------------------------------------------------------------------------------


def check_hardtanh(self, min_val, max_val):
    if self._dtype is boolean:
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if self._dtype is uint8 and (int(min_val) < 0 or int(max_val) < 0):
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")


def let_inside(grad_output_t, self, min_val, max_val):
    """The tangent of a slope that is 1 between two numbers: of what it is multiplied by alone, as torch has it."""
    return F.where(F.logical_and(F.gt(self, min_val), F.lt(self, max_val)), grad_output_t, 0.0)


def let_outside(tangent, self, lambd):
    """That of one that is 1 but near 0."""
    return F.where(F.logical_or(F.gt(self, lambd), F.lt(self, -lambd)), tangent, 0.0)


unary("hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor", kernel.hardtanh,
    elementwise=like, check=check_hardtanh, below=by_out("hardtanh"),
    dtype=only(same, CLAMP),
    self = lambda grad, self, min_val, max_val: F.hardtanh_backward(grad, self, min_val, max_val))
slope("hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val) -> Tensor",
    kernel.hardtanh_backward, dtype=floating_pair("hardtanh_backward_cpu"), jvp=let_inside,
    grad_output = lambda grad, self, min_val, max_val: F.hardtanh_backward(grad, self, min_val, max_val),
    self        = lambda grad:                         no_change(grad))
op("relu6(Tensor self) -> Tensor", composite=lambda self: F.hardtanh(self, 0, 6), variants="nn")
op("relu6_(Tensor(a!) self) -> Tensor(a!)", composite=lambda self: F.hardtanh_(self, 0, 6), variants="nn")

unary("hardsigmoid(Tensor self) -> Tensor", kernel.hardsigmoid, dtype=floating("hardsigmoid_cpu"),
    self = lambda grad, self: F.hardsigmoid_backward(grad, self))
slope("hardsigmoid_backward(Tensor grad_output, Tensor self) -> Tensor", kernel.hardsigmoid_backward,
    dtype=floating_pair("hardsigmoid_backward"), grad_fn=NO_DERIVATIVE,
    jvp=no_tangent("hardsigmoid_backward"),
    grad_output = not_implemented("hardsigmoid_backward"),
    self        = not_implemented("hardsigmoid_backward"))

unary("hardswish(Tensor self) -> Tensor", kernel.hardswish, dtype=floating("hardswish_cpu"),
    self = lambda grad, self: F.hardswish_backward(grad, self))
slope("hardswish_backward(Tensor grad_output, Tensor self) -> Tensor", kernel.hardswish_backward,
    dtype=floating_pair("hardswish_backward_cpu"),
    grad_output = lambda grad, self:              F.hardswish_backward(grad, self),
    self        = lambda grad, grad_output, self: backward.hardswish_backward_self(grad, grad_output, self))


def check_lambda(self, lambd):
    if not lambd >= 0:
        raise RuntimeError("lambda must be in range [0, 3.40282e+38] for input dtype "
                           f"{self._dtype.legacy}, but found {lambd:g}")


unary("softshrink(Tensor self, Scalar lambd=0.5) -> Tensor", kernel.softshrink,
    dtype=floating("softshrink_check"),
    check=check_lambda, in_place=False,
    self = lambda grad, self, lambd: F.softshrink_backward(grad, self, lambd))
public("hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor", kernel.hardshrink,
    dtype=floating("hardshrink_cpu"),
    variants="function method", in_place=False,
    self = lambda grad, self, lambd: F.hardshrink_backward(grad, self, lambd))
slope("softshrink_backward(Tensor grad_output, Tensor self, Scalar lambd) -> Tensor", kernel.shrink_backward,
    dtype=floating_pair("shrink_backward_cpu"), jvp=lambda grad_output_t, self, lambd: let_outside(grad_output_t, self, lambd),
    grad_output = lambda grad, self, lambd: F.softshrink_backward(grad, self, lambd),
    self        = lambda grad:              no_change(grad))
slope("hardshrink_backward(Tensor grad_out, Tensor self, Scalar lambd) -> Tensor", kernel.shrink_backward,
    dtype=floating_pair("shrink_backward_cpu"), jvp=lambda grad_out_t, self, lambd: let_outside(grad_out_t, self, lambd),
    grad_out = lambda grad, self, lambd: F.hardshrink_backward(grad, self, lambd),
    self     = lambda grad:              no_change(grad))

# -- Learned and gated ---------------------------------------------------------------------------------------


def prelu(self, weight):
    shape, count = self._array.shape, weight._array.size
    if self._dtype is not weight._dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {self._dtype.legacy} and "
                           f"{weight._dtype.legacy}")
    if count != 1:
        if not shape:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = shape[1] if len(shape) > 1 else 1
        if channels != count:
            raise RuntimeError("Mismatch of parameter numbers and input channel size. Found parameter "
                               "numbers = "
                               f"{count} and channel size = {channels}.")
    if weight._array.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = "
                           f"{weight._array.ndim}")
    if len(shape) != weight._array.ndim:
        weight = F.reshape(weight, [count if dim == 1 else 1 for dim in range(len(shape))])
    return F._prelu_kernel(self, weight)


op("prelu(Tensor self, Tensor weight) -> Tensor", composite=prelu)
op("_prelu_kernel(Tensor self, Tensor weight) -> Tensor", kernel._prelu_kernel, elementwise=like,
    variants="function", check=warn_made_like,
    dtype=floating_pair("prelu_cpu"), grad_fn="PreluKernelBackward0",
    jvp=lambda self_t, weight_t, self, weight: backward.prelu_jvp(self_t, weight_t, self, weight),
    joint=(("self", "weight"), lambda grad, needs, self, weight: [
        one if need else None
        for need, one in zip(needs, F._prelu_kernel_backward(grad, self, weight), strict=True)]))
op("_prelu_kernel_backward(Tensor grad_output, Tensor self, Tensor weight) -> (Tensor, Tensor)",
    kernel._prelu_kernel_backward, dtype=promote, grad_fn="PreluKernelBackwardBackward0", variants="internal",
    jvp=backward.prelu_backward_jvp,
    joint=(("grad_output", "self", "weight"), lambda grads, needs, grad_output, self, weight:
        backward.prelu_backward(grads, needs, grad_output, self, weight)))


def check_glu(self, dim):
    if not self._array.ndim:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    at = wrap_dim(dim, self._array.ndim)
    if self._array.shape[at] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {at} is size "
                           f"{self._array.shape[at]}")


op("glu(Tensor self, int dim=-1) -> Tensor", kernel.glu, dtype=floating("glu_cpu"), check=check_glu,
    variants="nn", jvp=lambda self_t, self, dim, result: F.glu_jvp(result, self, self_t, dim),
    self = lambda grad, self, dim: F.glu_backward(grad, self, dim))
op("glu_jvp(Tensor glu, Tensor x, Tensor dx, int dim) -> Tensor", kernel.glu_jvp, variants="internal",
    dtype=floating_pair("glu_jvp_cpu", COMPLEX, HALF), check=lambda glu, x, dx, dim: check_alike(dx, glu),
    grad_fn=NO_DERIVATIVE, jvp=no_tangent("glu_jvp"),
    glu = not_implemented("glu_jvp"),
    x   = not_implemented("glu_jvp"),
    dx  = not_implemented("glu_jvp"))
op("glu_backward(Tensor grad_output, Tensor self, int dim) -> Tensor", kernel.glu_backward,
    dtype=floating_pair("glu_backward_cpu"), variants="internal",
    jvp=lambda grad_output_t, self_t, grad_output, self, dim:
        backward.glu_backward_jvp(grad_output_t, self_t, grad_output, self, dim),
    grad_output = lambda grad, self, dim:              backward.glu_backward_grad_output(grad, self, dim),
    self        = lambda grad, grad_output, self,
    dim: backward.glu_backward_self(grad, grad_output, self, dim))
