"""Batch, instance and group normalization."""

import math

from mini_autograd.backward import batch_norm as backward
from mini_autograd.backward.arithmetic import no_tangent
from mini_autograd.dtypes import FLOAT
from mini_autograd.errors import not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, family
from mini_autograd.ops.normalization import check_kinds

# fmt: off

row = family(dtype=as_is, derived=1)
composite = family(variants="function")

AFFINE = "Tensor input, Tensor? weight, Tensor? bias"
RUNNING = "Tensor? running_mean, Tensor? running_var"
LEARNED = ("input", "weight", "bias")
THREE = "(Tensor, Tensor, Tensor)"

# -- Of channels ---------------------------------------------------------------------------------------------


def check_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps):
    check_of_channels(input, weight, bias, running_mean, running_var, training)


def check_no_stats(input, weight, bias, training, momentum, eps):
    check_of_channels(input, weight, bias, None, None, training)


def check_of_channels(input, weight, bias, running_mean, running_var, training):
    """As :func:`check_kinds`, but the type of the input is looked at first; training reads what it updates first."""
    if input._dtype.category != FLOAT:
        raise not_implemented("batch_norm", input._dtype)
    learned, running = dtypes_of(weight, bias), dtypes_of(running_mean, running_var)
    read = running + learned if training else learned + running
    check_kinds("batch_norm", input._dtype, learned + running, read)


def dtypes_of(*given):
    return [one._dtype for one in given if one is not None]


def slopes(grad, input, weight, running_mean, running_var, training, eps, result1, result2, needs):
    return F.native_batch_norm_backward(
        grad, input, weight, running_mean, running_var, result1, result2, training, eps, needs)


def slopes_without(grad, input, weight, training, eps, result1, result2, needs):
    return slopes(grad, input, weight, None, None, training, eps, result1, result2, needs)


row(f"native_batch_norm({AFFINE}, {RUNNING}, bool training, float momentum, float eps) -> {THREE}",
    kernel.native_batch_norm, check=check_batch_norm, jvp=backward.batch_norm_jvp, variants="function",
    joint=(LEARNED, slopes))

row(f"_native_batch_norm_legit({AFFINE}, Tensor running_mean, Tensor running_var, bool training, float momentum, "
    f"float eps) -> {THREE}", kernel.native_batch_norm, check=check_batch_norm, jvp=backward.batch_norm_jvp,
    variants="function", joint=(LEARNED, slopes))

row(f"_native_batch_norm_legit.no_stats({AFFINE}, bool training, float momentum, float eps) -> {THREE}",
    kernel.native_batch_norm_legit, check=check_no_stats, jvp=backward.legit_no_stats_jvp, variants="function",
    grad_fn="NativeBatchNormLegitBackward1", joint=(LEARNED, slopes_without))

row("native_batch_norm_backward(Tensor grad_out, Tensor input, Tensor? weight, Tensor? running_mean, "
    "Tensor? running_var, Tensor? save_mean, Tensor? save_invstd, bool train, float eps, bool[3] output_mask) -> "
    f"{THREE}", kernel.native_batch_norm_backward, variants="internal", derived=3,
    jvp=backward.batch_norm_backward_jvp, joint=(("grad_out", "input", "weight", "save_mean", "save_invstd"), backward.batch_norm_double_backward))


def batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled):
    if not input._array.size:
        return no_elements(input, weight, bias)
    count = input._array.shape[1]
    for name, one in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if one is not None and one._array.size != count:
            raise RuntimeError(f"{name} should contain {count} elements not {one._array.size}")
        if one is None and name.startswith("running") and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    return F.native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def no_elements(input, weight, bias):
    """Nothing, that depends on all that was given."""
    result = F.clone(input)
    if weight is not None:
        result = F.mul(result, F.select(weight, 0, 0))
    return result if bias is None else F.add(result, F.select(bias, 0, 0))


composite(f"batch_norm({AFFINE}, {RUNNING}, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
    composite=batch_norm)

# -- Of channels of each example -----------------------------------------------------------------------------


def instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled):
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    shape = input._array.shape
    examples, count = shape[0], shape[1]
    weight, bias, mean, variance = (
        None if one is None else F.repeat(one, (examples,)) for one in (weight, bias, running_mean, running_var))
    kind = (input if weight is None else weight)._dtype
    mean, variance = (None if one is None else F.to(one, kind) for one in (mean, variance))
    flat = F.view(F.contiguous(input), (1, examples * count, *shape[2:]))
    result = F.batch_norm(flat, weight, bias, mean, variance, use_input_stats, momentum, eps, cudnn_enabled)
    for running, moved in ((running_mean, mean), (running_var, variance)):
        if running is not None and use_input_stats:
            F.copy_(F.alias(running), F.mean(F.view(moved, (examples, count)), (0,), False))
    return F.view(result, shape)


composite(f"instance_norm({AFFINE}, {RUNNING}, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) "
    "-> Tensor", composite=instance_norm)

# -- Of groups of channels -----------------------------------------------------------------------------------


def check_group_norm(input, weight, bias, N, C, HxW, group, eps):
    check_groups(input, C, group)
    if input._array.size != N * C * HxW:
        raise RuntimeError(
            "Expected X.numel() == N * C * HxW to be true, but got false.  (Could this error message be improved?  If "
            "so, please report an enhancement request to PyTorch.)")
    check_kinds("GroupNormKernelImpl", input._dtype, dtypes_of(weight, bias))


def check_groups(input, channels, groups):
    if groups <= 0:
        raise RuntimeError("num_groups must be greater than 0")
    if channels % groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input._array.shape)} and num_groups={groups}")


row(f"native_group_norm({AFFINE}, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> {THREE}",
    kernel.native_group_norm, check=check_group_norm, jvp=backward.group_norm_jvp, derived=3, variants="function",
    joint=(LEARNED, backward.group_norm_backward))

row("native_group_norm_backward(Tensor grad_out, Tensor input, Tensor mean, Tensor rstd, Tensor? weight, SymInt N, "
    f"SymInt C, SymInt HxW, int group, bool[3] output_mask) -> {THREE}", kernel.native_group_norm_backward,
    variants="internal", derived=3, jvp=no_tangent("native_group_norm_backward"))


def group_norm(input, num_groups, weight, bias, eps, cudnn_enabled):
    shape = input._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    examples, channels = shape[0], shape[1]
    check_groups(input, channels, num_groups)
    named = [0] if weight is None else list(weight._array.shape)  # by torch, of a bias that does not fit as well
    for name, one in (("weight", weight), ("bias", bias)):
        if one is not None and one._array.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {named} and input of shape {list(shape)}")
    places = math.prod(shape[2:])
    weight, bias = (None if one is None else F.contiguous(one) for one in (weight, bias))
    return F.native_group_norm(
        F.contiguous(input), weight, bias, examples, channels, places, num_groups, eps)[0]


composite("group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, "
    "bool cudnn_enabled=True) -> Tensor", composite=group_norm)
