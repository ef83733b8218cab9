"""Layer normalization."""

import warnings

from mini_autograd import dtypes
from mini_autograd.backward import normalization as backward
from mini_autograd.dtypes import FLOAT
from mini_autograd.errors import not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.layouts import contiguous_format
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.support import CPP_NAMES, HALF

# fmt: off

row = family(dtype=as_is, derived=1)


def check_shape(input, normalized_shape, weight, bias, star):
    wanted, shape = list(normalized_shape), list(input._array.shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []")
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and list(tensor._array.shape) != wanted:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(tensor._array.shape)} and normalized_shape = {wanted}")
    if shape[-len(wanted):] != wanted:
        expected = ", ".join(str(size) for size in wanted)
        raise RuntimeError(
            f"Given normalized_shape={wanted}, expected input with shape [*{star}{expected}], but got input of size"
            f"{shape}")


def check_layer_norm(input, normalized_shape, weight, bias, eps):
    kind = input._dtype
    given = [tensor._dtype for tensor in (weight, bias) if tensor is not None]
    if given and given[0] is not kind:
        check_kinds("LayerNormKernelImpl", kind, given)
    check_shape(input, normalized_shape, weight, bias, ", ")
    check_kinds("LayerNormKernelImpl", kind, given)


def check_kinds(name, kind, given, read=None):
    """RuntimeError unless all are of one floating type or, as the first one given tells, the input is of a half type
    and the rest in float32. ``read``: the order in which they are read, if it is another."""
    if not given or given[0] is kind:
        if kind.category != FLOAT:
            raise not_implemented(name, kind)
        for one in given if read is None else read:
            if one is not kind:
                raise RuntimeError(f"expected scalar type {kind.legacy} but found {one.legacy}")
        return
    if any(one is not dtypes.float32 for one in given):
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    if kind not in HALF:
        raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")


row("native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> "
    "(Tensor, Tensor, Tensor)", kernel.native_layer_norm, check=check_layer_norm, variants="function",
    jvp=backward.layer_norm_jvp, joint=(("input", "weight", "bias"),
        lambda grad, input, normalized_shape, weight, bias, result1, result2, needs: F.native_layer_norm_backward(
            grad, input, normalized_shape, result1, result2, weight, bias, needs)))

row("native_layer_norm_backward(Tensor grad_out, Tensor input, SymInt[] normalized_shape, Tensor mean, "
    "Tensor rstd, Tensor? weight, Tensor? bias, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
    kernel.native_layer_norm_backward, variants="internal", derived=3, jvp=backward.layer_norm_backward_jvp,
    joint=(("grad_out", "input", "mean", "rstd", "weight", "bias"), backward.layer_norm_double_backward))

op("layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, "
    "float eps=1e-05, bool cudnn_enable=True) -> Tensor", variants="function",
    composite=lambda input, shape, weight, bias, eps, enable:
        F.native_layer_norm(input, shape, weight, bias, eps)[0])


# The distance from 1 to the next number.
EPSILON = {dtypes.float32: 2.0**-23, dtypes.float64: 2.0**-52}


def rms_norm(input, normalized_shape, weight, eps):
    """``input`` over the root of the mean of its squares; half types are computed in float32."""
    check_shape(input, normalized_shape, weight, None, "")
    kind = input._dtype
    if weight is not None and weight._dtype is not kind and not kind.is_complex:
        warnings.warn(
            f"Mismatch dtype between input and weight: input dtype = {CPP_NAMES[kind]}, weight dtype = "
            f"{CPP_NAMES[weight._dtype]}, Cannot dispatch to fused implementation.", UserWarning, stacklevel=3)
    if kind.category < FLOAT:
        raise not_implemented("rms_norm", kind)
    wide = dtypes.float32 if kind in HALF else kind
    raised = F.to(input, wide)
    dims = tuple(range(input._array.ndim - 1, input._array.ndim - len(normalized_shape) - 1, -1))
    least = EPSILON[wide.to_real()] if eps is None else eps
    scale = F.rsqrt(F.add_scalar(F.mean(F.pow(raised, 2), dims, True), least))
    result = F.mul(raised, scale)
    if weight is not None:
        result = F.mul(result, weight)
    return F.contiguous(F.to(result, kind), memory_format=contiguous_format)


op("rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
    composite=rms_norm, variants="function")
