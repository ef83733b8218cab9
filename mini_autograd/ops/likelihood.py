"""Negative log likelihoods, and the cross entropies of classes and of probabilities."""

import math

from mini_autograd import dtypes, errors
from mini_autograd.backward import likelihood as backward
from mini_autograd.backward.loss import reduced
from mini_autograd.dtypes import BOOL, COMPLEX, FLOAT, INT, can_cast
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, like, op, promote, same
from mini_autograd.op.rules import check_broadcast
from mini_autograd.op.support import check_constant, only, unimplemented

# fmt: off

row = family(variants="internal")
gradient = family(variants="internal", dtype=promote)


def composite(schema, function, variants="nn"):
    op(schema, composite=function, variants=variants)


# -- Of classes ----------------------------------------------------------------------------------------------

CLASSES = "Tensor self, Tensor target, Tensor? weight"
PLACED = "int reduction=1, SymInt ignore_index=-100"
GIVEN = "int reduction, SymInt ignore_index"


def check_nll(self, target, weight, reduction, ignore_index):
    check_constant("nll_loss_forward", "weight", weight)
    shape, wanted = self._array.shape, target._array.shape
    if len(shape) not in (1, 2):
        raise RuntimeError("input tensor should be 1D or 2D")
    if len(wanted) > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    check_target_type(target)
    if len(shape) == 1 and wanted not in ((), (1,)):
        raise ValueError(
            f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
    if len(shape) == 2 and wanted != shape[:1]:
        raise RuntimeError(f"size mismatch (got input: {list(shape)}, target: {list(wanted)})")
    if weight is not None and weight._array.shape != shape[-1:]:
        raise RuntimeError(
            f"weight tensor should be defined either for all {shape[-1]} classes or no classes but got weight "
            f"tensor of shape: {list(weight._array.shape)}")
    check_weight_type(self, weight)


def check_nll2d(self, target, weight, reduction, ignore_index):
    check_constant("nll_loss2d_forward", "weight", weight)
    shape, wanted = self._array.shape, target._array.shape
    if len(wanted) != 3:
        raise RuntimeError(
            f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(wanted)}")
    if len(shape) != 4:
        raise RuntimeError(
            f"only batches of spatial inputs supported (4D tensors), but got input of size: {list(shape)}")
    check_target_type(target)
    if weight is not None and weight._array.size != shape[1]:
        raise RuntimeError("weight tensor should be defined either for all or no classes")
    if (shape[0], *shape[2:]) != wanted:
        raise RuntimeError(f"size mismatch (got input: {list(shape)} , target: {list(wanted)}")
    check_weight_type(self, weight)
    if self._dtype.category == FLOAT:
        check_scalar_type(target, dtypes.int64)


def check_nll_backward(self, target):
    """What hooks made of a saved target is looked at only where the gradient is written."""
    shape, wanted = list(self._array.shape), list(target._array.shape)
    if not (len(shape) == 1 and not wanted) and shape[0] != (wanted or [0])[0]:
        raise RuntimeError(f"size mismatch (got input: {shape}, target: {wanted})")
    if target._dtype is not dtypes.uint8 and self._dtype.category == FLOAT:
        check_scalar_type(target, dtypes.int64)


def check_nll2d_backward(self, target):
    check_target_type(target)
    if self._dtype.category == FLOAT:
        check_scalar_type(target, dtypes.int64)


def check_slope_types(grad_output, self, weight, reduction, total_weight):
    """In the order in which torch reads them: it reads no sum of weights for the loss of each row."""
    kind = self._dtype
    if kind.category != FLOAT:
        return
    if weight is not None:
        check_scalar_type(weight, kind)
    if reduction or self._array.ndim == 1:
        check_scalar_type(total_weight, kind)
    check_scalar_type(grad_output, kind)


def check_weight_type(self, weight):
    if weight is not None and self._dtype.category == FLOAT:
        check_scalar_type(weight, self._dtype)


def check_target_type(target):
    if target._dtype not in (dtypes.int64, dtypes.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target._dtype.legacy}")


def check_scalar_type(given, kind):
    if given._dtype is not kind:
        raise RuntimeError(f"expected scalar type {kind.legacy} but found {given._dtype.legacy}")


def type_of_self(grad_output, self, *rest):
    return self._dtype


def nll(name, title, frames, check, check_backward):
    """The loss, the op with two results that it is made of, and that one's gradient."""
    forward, slopes = f"{name}_forward", f"{name}_backward"

    def apply(self, target, weight, reduction, ignore_index):
        return getattr(F, forward)(self, target, weight, reduction, ignore_index)[0]

    def check_slopes(grad_output, self, target, weight, reduction, ignore_index, total_weight):
        check_constant(slopes, "weight", weight)
        check_backward(self, target)
        check_slope_types(grad_output, self, weight, reduction, total_weight)

    def slope(*args):
        return getattr(F, slopes)(*args)

    row(f"{forward}({CLASSES}, {GIVEN}) -> (Tensor output, Tensor total_weight)", getattr(kernel, forward),
        dtype=only(same, unimplemented(frames[0], BOOL, INT, COMPLEX)), promoted=("self", "weight"), check=check,
        derived=1, grad_fn=f"{title}Backward0",
        jvp=lambda self_t, target, weight, reduction, ignore_index:
            (apply(self_t, target, weight, reduction, ignore_index), None),
        self = lambda grad, self, target, weight, reduction, ignore_index, total_weight:
            slope(grad, self, target, weight, reduction, ignore_index, total_weight))

    composite(f"{name}({CLASSES}=None, {PLACED}) -> Tensor", apply)

    gradient(f"{slopes}(Tensor grad_output, {CLASSES}, {GIVEN}, Tensor total_weight) -> Tensor",
        getattr(kernel, slopes), dtype=only(type_of_self, unimplemented(frames[1], BOOL, INT, COMPLEX)), promoted=("self",),
        grad_fn=f"{title}BackwardBackward0", check=check_slopes,
        jvp=lambda grad_output_t, self, target, weight, reduction, ignore_index, total_weight:
            F.zeros_like(self) if grad_output_t is None else
            slope(grad_output_t, self, target, weight, reduction, ignore_index, total_weight),
        grad_output = lambda grad, target, weight, reduction, ignore_index:
            apply(grad, target, weight, reduction, ignore_index),
        self        = lambda grad: F.zeros_like(grad))


nll("nll_loss", "NllLoss", ("nll_loss_out_frame", "nll_loss_backward_out_frame"), check_nll, check_nll_backward)
nll("nll_loss2d", "NllLoss2D", ("nll_loss2d_forward_out_frame", "nll_loss2d_backward_out_frame"), check_nll2d,
    check_nll2d_backward)


def nll_loss_nd(self, target, weight, reduction, ignore_index):
    shape, wanted = self._array.shape, target._array.shape
    ndim = len(shape)
    if ndim < 1:
        raise ValueError(f"Expected 1 or more dimensions (got {ndim})")
    if ndim != 1 and shape[:1] != wanted[:1]:
        raise ValueError(
            f"Expected input batch_size ({shape[0]}) to match target batch_size ({wanted[0] if wanted else 0}).")
    if ndim <= 2:
        return F.nll_loss_forward(self, target, weight, reduction, ignore_index)[0]
    if ndim == 4:
        return F.nll_loss2d_forward(self, target, weight, reduction, ignore_index)[0]
    size = (shape[0], *shape[2:])
    if wanted[1:] != size[1:]:
        raise RuntimeError(f"Expected target size {list(size)}, got {list(wanted)}")
    self, target = F.contiguous(self), F.contiguous(target)
    rest = -1 if self._array.size else 0
    rows = 1 if self._array.size else 0
    self, target = F.view(self, (*shape[:2], rows, rest)), F.view(target, (shape[0], rows, rest))
    result = F.nll_loss2d_forward(self, target, weight, reduction, ignore_index)[0]
    return result if reduction else F.view(result, size)


composite(f"nll_loss_nd({CLASSES}=None, {PLACED}) -> Tensor", nll_loss_nd)

# -- Of the softmax ------------------------------------------------------------------------------------------


def cross_entropy(self, target, weight, reduction, ignore_index, label_smoothing):
    """Of classes, or of their probabilities where those are as many as ``self`` has elements."""
    if self._array.shape == target._array.shape:
        return of_probabilities(self, target, weight, reduction, ignore_index, label_smoothing)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    along = 0 if self._array.ndim == 1 else 1
    logarithm = F.log_softmax(self, along, self._dtype)
    loss = F.nll_loss_nd(logarithm, target, weight, reduction, ignore_index)
    if label_smoothing <= 0:
        return loss
    smooth = smooth_loss(logarithm, target, weight, reduction, ignore_index, along)
    smooth = F.mul_scalar(smooth, label_smoothing / self._array.shape[along])
    return F.add(F.mul_scalar(loss, 1 - label_smoothing), smooth)


def of_probabilities(self, target, weight, reduction, ignore_index, label_smoothing):
    if target._dtype.category != FLOAT:
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got " + target._dtype.legacy)
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    shape = self._array.shape
    if not shape:
        raise errors.no_dimensions(1)
    along = 0 if len(shape) == 1 else 1
    count = shape[along]
    if weight is not None and weight._array.shape != (count,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {count} classes or no classes but got "
            f"weight tensor of shape: {list(weight._array.shape)}")
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    logarithm = F.log_softmax(self, along, self._dtype)
    if label_smoothing > 0:
        share = label_smoothing / count if count else math.inf
        target = F.add_scalar(F.mul_scalar(target, 1 - label_smoothing), share)
    product = F.mul(logarithm, target)
    if weight is not None:
        product = F.mul(product, across(weight, len(shape)) if along else weight)
    if reduction == 0:
        return F.neg(F.sum(product, along))
    total = F.sum(product)
    if reduction == 1 and not self._array.size:
        return F.neg(F.fill_(total, math.nan))
    total = F.neg(total)
    return F.div_scalar(total, self._array.size // count) if reduction == 1 else total


def across(weight, ndim):
    """The weights of classes as a view that broadcasts over the other dimensions."""
    return F.view(weight, (1, -1) + (1,) * (ndim - 2) if ndim > 1 else (-1,))


def smooth_loss(logarithm, target, weight, reduction, ignore_index, along):
    """The loss where all classes are equally likely."""
    weighted = logarithm
    if weight is not None:
        weighted = F.mul(logarithm, across(weight, logarithm._array.ndim))
    loss = F.neg(F.sum(weighted, along))
    ignored = F.eq(target, ignore_index)
    F.masked_fill_(loss, ignored, 0)
    if reduction == 0:
        return loss
    if reduction == 2:
        return F.sum(loss)
    if weight is None:
        return F.div(F.sum(loss), F.sum(F.logical_not(ignored)))
    classes = F.flatten(F.masked_fill(target, ignored, 0))
    counted = F.sum(F.masked_fill_(F.gather(weight, 0, classes), F.flatten(ignored), 0))
    return F.div(F.sum(loss), counted)


composite(f"cross_entropy_loss({CLASSES}=None, {PLACED}, float label_smoothing=0.) -> Tensor", cross_entropy)

# -- Of probabilities ----------------------------------------------------------------------------------------

CHANCES = "Tensor self, Tensor target, Tensor? weight"


def check_chances(self, target, weight, reduction):
    check_constant("binary_cross_entropy", "weight", weight)
    if self._dtype is not target._dtype:
        raise RuntimeError(f"Found dtype {target._dtype.legacy} but expected {self._dtype.legacy}")
    if weight is not None:
        check_written(self._array.shape, weight._array.shape)


def check_chance_slopes(grad_output, self, target, weight, reduction):
    check_constant("binary_cross_entropy_backward", "weight", weight)


def check_written(shape, other):
    """RuntimeError where what is ``shape`` cannot be written over with its product with ``other``."""
    check_broadcast([shape, other])
    size = together(shape, other)
    if size != shape:
        raise RuntimeError(
            f"output with shape {list(shape)} doesn't match the broadcast shape {list(size)}")


def together(shape, other):
    missing = len(shape) - len(other)
    padded = zip((1,) * -missing + shape, (1,) * missing + other, strict=True)
    return tuple([two if one == 1 else one for one, two in padded])


def check_logits(self, target, weight, pos_weight, reduction):
    for name, tensor in (("weight", weight), ("pos_weight", pos_weight)):
        check_constant("binary_cross_entropy_with_logits", name, tensor)
    shape, factor = target._array.shape, self._array.shape
    if pos_weight is not None:
        check_broadcast([pos_weight._array.shape, shape])
        factor = together(together(pos_weight._array.shape, shape), factor)
    check_written(shape, self._array.shape)
    check_written(shape, factor)
    if weight is not None:
        check_written(shape, weight._array.shape)


def logit_dtype(self, target, weight, pos_weight, reduction):
    """The type of the target, which torch writes the loss over: everything else has to be cast to it."""
    only(same, unimplemented("log_sigmoid_cpu", BOOL, INT, COMPLEX))(self)
    kind = target._dtype
    if kind.category == BOOL:
        F.sub(target, target)
    if not can_cast(self._dtype, kind):
        raise errors.cannot_cast(dtypes.promote_types(self._dtype, kind).legacy, kind.legacy)
    return kind


row(f"binary_cross_entropy({CHANCES}=None, int reduction=1) -> Tensor", kernel.binary_cross_entropy,
    variants="nn",
    dtype=only(same, unimplemented("binary_cross_entropy", BOOL, INT, COMPLEX)), elementwise=like,
    check=check_chances, jvp=backward.binary_cross_entropy_jvp,
    self   = lambda grad, self, target, weight, reduction:
        F.binary_cross_entropy_backward(grad, self, target, weight, reduction),
    target = lambda grad, self, target, weight, reduction:
        backward.binary_cross_entropy_target(grad, self, target, weight, reduction))

gradient(f"binary_cross_entropy_backward(Tensor grad_output, {CHANCES}=None, int reduction=1) -> Tensor",
    kernel.binary_cross_entropy_backward, elementwise=like, laid=("self",), jvp="pointwise", check=check_chance_slopes,
    grad_output = lambda grad, self, target, weight, reduction:
        backward.binary_cross_entropy_grad_output(grad, self, target, weight, reduction),
    self        = lambda grad, grad_output, self, target, weight, reduction:
        backward.binary_cross_entropy_double_backward(grad, grad_output, self, target, weight, reduction),
    target      = lambda grad, grad_output, self, target, weight, reduction:
        backward.binary_cross_entropy_double_backward_target(grad, grad_output, self, weight, reduction))

row("binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, "
    "int reduction=0) -> Tensor", kernel.binary_cross_entropy_with_logits, variants="function",
    dtype=logit_dtype, promoted=(), check=check_logits, jvp=backward.with_logits_jvp,
    self   = lambda grad, self, target, weight, pos_weight, reduction:
        backward.with_logits(grad, self, target, weight, pos_weight, reduction),
    target = lambda grad, self, target, weight, pos_weight, reduction:
        backward.with_logits_target(grad, self, target, weight, pos_weight, reduction))


def kl_div(self, target, reduction, log_target):
    for kind in (self._dtype, target._dtype):
        if kind.is_complex:
            raise RuntimeError("kl_div: Complex inputs not supported.")
    for kind in (self._dtype, target._dtype):
        if kind.category != FLOAT:
            raise RuntimeError("kl_div: Integral inputs not supported.")
    if log_target:
        difference = F.sub(target, self)
        elements = F.mul(F.exp(target), difference)
    else:
        crossed = F.mul(target, self)  # before the entropy: later nodes are earlier in a backward pass
        elements = F.sub(F.xlogy(target, target), crossed)
    return reduced(elements, reduction)


composite("kl_div(Tensor self, Tensor target, int reduction=0, *, bool log_target=False) -> Tensor", kl_div,
    variants="function")


def poisson_nll_loss(input, target, log_input, full, eps, reduction):
    if log_input:
        weighted = F.mul(target, input)
        loss = F.sub(F.exp(input), weighted)
    else:
        loss = F.sub(input, F.mul(target, F.log(F.add_scalar(input, eps))))
    if full:
        loss = F.add_(loss, stirling(target))
    return reduced(loss, reduction)


def stirling(target):
    """Stirling's approximation of the logarithm of the factorial, 0 up to 1."""
    half = F.mul_scalar(F.log(F.mul_scalar(target, 2 * math.pi)), 0.5)
    terms = F.add(F.sub(F.mul(target, F.log(target)), target), half)
    return F.masked_fill(terms, F.le(target, 1), 0)


composite("poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> "
    "Tensor", poisson_nll_loss, variants="function")
