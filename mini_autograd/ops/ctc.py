"""Connectionist temporal classification."""

import math

from mini_autograd.backward.arithmetic import not_implemented
from mini_autograd.backward.loss import reduced
from mini_autograd.dtypes import BOOL, COMPLEX, FLOAT, INT, bfloat16, float16
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import only, unimplemented

# fmt: off

composite = family(variants="function")

INPUTS = "Tensor log_probs, Tensor targets"
LENGTHS = "int[] input_lengths, int[] target_lengths"
TENSORS = "Tensor input_lengths, Tensor target_lengths"
WORDS = "int blank=0, int reduction=1, bool zero_infinity=False"
WHERE = "(while checking arguments for ctc_loss_allocate_outputs)"


def check_ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    steps, examples, classes = log_probs._array.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, lengths in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if len(lengths) != examples:
            raise RuntimeError(f"{name} must be of size batch_size")
    for length in target_lengths:
        if length < 0:
            raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {length} {WHERE}")
    check_targets(targets, target_lengths, examples)
    for length in input_lengths:
        if length < 0:
            raise RuntimeError(f"Expected input_lengths to have value at least 0, but got value {length} {WHERE}")
        if length > steps:
            raise RuntimeError(
                f"Expected input_lengths to have value at most {steps}, but got value {length} {WHERE}")


def check_targets(targets, lengths, examples):
    """RuntimeError unless there are as many labels as the lengths say, in one row or in one for each example."""
    shape = targets._array.shape
    if len(shape) == 1:
        if shape[0] != sum(lengths):
            raise RuntimeError(
                f"Expected tensor to have size {sum(lengths)} at dimension 0, but got size {shape[0]} for argument #2 "
                f"'targets' {WHERE}")
        return
    longest = max(lengths, default=0)
    if shape[0] != examples:
        raise RuntimeError(
            f"Expected tensor to have size {examples} at dimension 0, but got size {shape[0]} for argument #2 "
            f"'targets' {WHERE}")
    if shape[1] < longest:
        raise RuntimeError(
            f"Expected tensor to have size at least {longest} at dimension 1, but got size {shape[1]} for argument #2 "
            f"'targets' {WHERE}")


row = family(dtype=only(same, unimplemented("ctc_loss_cpu", BOOL, INT, COMPLEX, (float16, bfloat16))),
    promoted=("log_probs",))

row(f"_ctc_loss({INPUTS}, {LENGTHS}, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)", kernel.ctc_loss,
    check=check_ctc_loss, derived=1, variants="function",
    log_probs = lambda grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity:
        F._ctc_loss_backward(
            grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity))


def by_tensors(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    of_inputs, of_targets = listed(input_lengths, target_lengths)
    return F._ctc_loss(log_probs, targets, of_inputs, of_targets, blank, zero_infinity)


def listed(input_lengths, target_lengths):
    """Both lengths as ints; RuntimeError for what is none."""
    for name, one in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if one._dtype.category >= FLOAT:
            raise RuntimeError(f"{name} must be integral")
    return [tuple(one._array.reshape(-1).tolist()) for one in (input_lengths, target_lengths)]


op(f"_ctc_loss.Tensor({INPUTS}, {TENSORS}, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)",
    composite=by_tensors, variants="function")

refused = not_implemented("_ctc_loss_backward")
row(f"_ctc_loss_backward(Tensor grad, {INPUTS}, {LENGTHS}, Tensor neg_log_likelihood, Tensor log_alpha, int blank, "
    "bool zero_infinity=False) -> Tensor", kernel.ctc_loss_backward, variants="internal", grad_fn=NO_DERIVATIVE,
    dtype=lambda grad, log_probs, *rest: log_probs._dtype, grad = refused, log_probs = refused,
    neg_log_likelihood = refused, log_alpha = refused)


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity):
    batched = log_probs._array.ndim == 3
    if not batched:
        log_probs = F.unsqueeze(log_probs, 1)
        targets = F.unsqueeze(targets, 0)
    loss = F._ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity)[0]
    if zero_infinity:
        loss = F.where(F.eq(loss, math.inf), F.scalar_tensor(0, **options_of(loss)), loss)
    if reduction == 1:
        lengths = F.clamp_min(F._int64_list(loss, list(target_lengths)), 1)
        return F.mean(F.div(loss, F.to(lengths, loss._dtype)))
    return reduced(loss if batched or reduction else F.squeeze(loss, 0), reduction)


def ctc_loss_of_tensors(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity):
    of_inputs, of_targets = listed(input_lengths, target_lengths)
    return ctc_loss(log_probs, targets, of_inputs, of_targets, blank, reduction, zero_infinity)


composite(f"ctc_loss.IntList({INPUTS}, {LENGTHS}, {WORDS}) -> Tensor", composite=ctc_loss)
composite(f"ctc_loss.Tensor({INPUTS}, {TENSORS}, {WORDS}) -> Tensor", composite=ctc_loss_of_tensors)
