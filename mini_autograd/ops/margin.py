"""Losses of scores that are to be apart by a margin: of classes, of pairs and of triplets.

``reduction``: 0 for none, 1 for the mean, 2 for the sum.
"""

from mini_autograd.backward.arithmetic import not_implemented
from mini_autograd.backward.loss import reduced
from mini_autograd.dtypes import BOOL, COMPLEX, FLOAT, INT, bfloat16, float16
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import check_constant, only, unimplemented

# fmt: off

composite = family(variants="function")

# -- Of classes ----------------------------------------------------------------------------------------------

CLASSES = "Tensor self, Tensor target"


def refuse(name):
    """The dtype rule of a loss that torch has for float32 and float64 alone."""
    return only(same, unimplemented(name, BOOL, INT, COMPLEX, (float16, bfloat16)))


def of_self(name):
    """The same for a gradient, whose second argument says the type."""
    rule = refuse(name)
    return lambda grad_output, self, *rest: rule(self)


def check_rows(self, target):
    """RuntimeError but for a vector, or a matrix with elements in its rows."""
    shape = self._array.shape
    if len(shape) > 2 or (shape and not shape[-1]):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}")


def check_type(given, kind):
    if given._dtype.legacy != kind:
        raise RuntimeError(f"expected scalar type {kind} but found {given._dtype.legacy}")


def check_multi_margin(self, target, p, margin, weight, reduction):
    check_constant("multi_margin_loss", "weight", weight)
    check_rows(self, target)
    shape, wanted = self._array.shape, target._array.shape
    examples = shape[0] if len(shape) == 2 else 1
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if len(wanted) > 1 or target._array.size != examples:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{examples}], but got {list(wanted)}. Input has shape {list(shape)}.")
    classes = shape[-1] if shape else 1
    if weight is not None and weight._array.ndim > 1:
        raise ValueError("weight must be one-dimensional")
    if weight is not None and weight._array.size != classes:
        raise RuntimeError(
            f"inconsistent weight size, expected {classes} but got {list(weight._array.shape)}")
    if self._dtype.category == FLOAT and self._dtype not in (float16, bfloat16):
        check_type(target, "Long")
        if weight is not None:
            check_type(weight, self._dtype.legacy)


def check_multilabel(self, target, reduction):
    check_rows(self, target)
    if self._array.shape != target._array.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(target._array.shape)} for input of size: {list(self._array.shape)}")
    if self._dtype.category == FLOAT and self._dtype not in (float16, bfloat16):
        check_type(target, "Long")


WHOLE = "Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1"

op(f"multi_margin_loss({CLASSES}, {WHOLE}) -> Tensor", kernel.multi_margin_loss, variants="nn",
    dtype=refuse("multi_margin_loss_cpu_kernel"), promoted=("self",), check=check_multi_margin,
    self = lambda grad, self, target, p, margin, weight, reduction:
        F.multi_margin_loss_backward(grad, self, target, p, margin, weight, reduction))

refused = not_implemented("multi_margin_loss_backward")
op(f"multi_margin_loss_backward(Tensor grad_output, {CLASSES}, Scalar p, Scalar margin, Tensor? weight=None, "
    "int reduction=1) -> Tensor", kernel.multi_margin_loss_backward, variants="internal", grad_fn=NO_DERIVATIVE,
    dtype=of_self("multi_margin_loss_backward_cpu_kernel"), promoted=("grad_output", "self"),
    grad_output = refused, self = refused)

op(f"multilabel_margin_loss_forward({CLASSES}, int reduction) -> (Tensor output, Tensor is_target)",
    kernel.multilabel_margin_loss_forward, variants="internal", derived=1, grad_fn="MultilabelMarginLossBackward0",
    dtype=refuse("multilabel_margin_loss_forward_out_frame"), promoted=("self",), check=check_multilabel,
    self = lambda grad, self, target, reduction, is_target:
        F.multilabel_margin_loss_backward(grad, self, target, reduction, is_target))

op(f"multilabel_margin_loss({CLASSES}, int reduction=1) -> Tensor", variants="nn",
    composite=lambda self, target, reduction: F.multilabel_margin_loss_forward(self, target, reduction)[0])

refused = not_implemented("multilabel_margin_loss_backward")
op(f"multilabel_margin_loss_backward(Tensor grad_output, {CLASSES}, int reduction, Tensor is_target) -> Tensor",
    kernel.multilabel_margin_loss_backward, variants="internal", grad_fn=NO_DERIVATIVE,
    dtype=of_self("multilabel_margin_loss_backward_out_frame"), promoted=("grad_output", "self"),
    grad_output = refused, self = refused)

# -- Of pairs ------------------------------------------------------------------------------------------------


def margin_ranking_loss(input1, input2, target, margin, reduction):
    """Zero where ``target``, 1 or -1, says which of both is larger, and is right by at least ``margin``."""
    apart = F.sub(input1, input2)  # NOTE [Order of operands] in arithmetic
    ordered = F.mul(F.neg(target), apart)
    return reduced(F.clamp_min_(F.add_scalar(ordered, margin), 0), reduction)


composite("margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> "
    "Tensor", composite=margin_ranking_loss)


def hinge_embedding_loss(self, target, margin, reduction):
    """A distance where the target is 1, what it lacks to ``margin`` where it is -1."""
    zeros = F.zeros_like(self)
    lacking = F.clamp_min_(F.sub_(F.fill_(F.empty_like(self), margin), self), 0)
    apart = F.where(F.ne(target, 1), lacking, zeros)
    alike = F.where(F.ne(target, -1), self, zeros)
    return reduced(F.add(apart, alike), reduction)


composite("hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor",
    composite=hinge_embedding_loss)


def check_targets(input1, input2, target):
    sizes, ndim = [list(one._array.shape) for one in (input1, input2)], target._array.ndim
    if ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if any(len(size) != ndim + 1 for size in sizes):
        raise RuntimeError(
            f"{ndim}D target tensor expects {ndim + 1}D input tensors, but found inputs with sizes {sizes[0]} and "
            f"{sizes[1]}.")


# What keeps the cosine of a vector of zeros finite.
LEAST = 1e-12


def cosine_embedding_loss(input1, input2, target, margin, reduction):
    """One less the cosine where the target is 1, by how far it is above ``margin`` where it is -1."""
    check_targets(input1, input2, target)
    dim = (target._array.ndim,)
    product = F.sum(F.mul(input1, input2), dim)
    first = F.add_scalar(F.sum(F.mul(input1, input1), dim), LEAST)
    second = F.add_scalar(F.sum(F.mul(input2, input2), dim), LEAST)
    cosine = F.div(product, F.sqrt_(F.mul(first, second)))
    zeros = F.zeros_like(cosine)
    apart = F.sub(F.ones_like(cosine), cosine)
    near = F.clamp_min_(F.sub_scalar(cosine, margin), 0)
    alike = F.where(F.eq(target, 1), apart, zeros)
    unlike = F.where(F.eq(target, -1), near, zeros)
    return reduced(F.add(alike, unlike), reduction)


composite("cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> "
    "Tensor", composite=cosine_embedding_loss)

# -- Of triplets ---------------------------------------------------------------------------------------------


def check_triplet(anchor, positive, negative):
    dims = [one._array.ndim for one in (anchor, positive, negative)]
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs")


def triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction):
    """By how far the negative is not further than ``margin`` beyond the positive: V. Balntas et al., "Learning local
    feature descriptors with triplets and shallow convolutional neural networks" (2016)."""
    check_triplet(anchor, positive, negative)
    near = F.pairwise_distance(anchor, positive, p, eps)
    far = F.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = F.min(far, F.pairwise_distance(positive, negative, p, eps))
    return reduced(F.clamp_min(F.sub(F.add_scalar(near, margin), far), 0), reduction)


composite("triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2, "
    "float eps=1e-06, bool swap=False, int reduction=1) -> Tensor", composite=triplet_margin_loss)
