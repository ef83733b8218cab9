"""Distances between rows, and how alike they are."""

import math

from mini_autograd.backward import distance as backward
from mini_autograd.backward.norm import norm_backward, norm_jvp
from mini_autograd.dtypes import FLOAT, dtype
from mini_autograd.errors import not_implemented
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.rules import check_broadcast, result_type
from mini_autograd.op.support import HALF, only, unimplemented
from mini_autograd.ops.gradient_dtype import check_alike
from mini_autograd.ops.norm import check_norm

# fmt: off

# Within a matrix, and between two ------------------------------------------------------------------------


def refuse_half(name, one, count):
    """torch's NotImplementedError for a half type, which has no kernel; but where there are no distances, or rows of no
    elements, torch asks for none."""
    if one._dtype in HALF and one._array.shape[-1] and count:
        raise not_implemented(name, one._dtype)


op("_pdist_forward(Tensor self, float p=2) -> Tensor", kernel.pdist,
    check=lambda self, p: refuse_half("pdist", self, self._array.shape[0] > 1), variants="internal",
    grad_fn="PdistBackward0",
    self = lambda grad, self, p, result: F._pdist_backward(grad, self, p, result))
op("_pdist_backward(Tensor grad, Tensor self, float p, Tensor pdist) -> Tensor", kernel.pdist_backward,
    dtype=only(same, unimplemented("pdist_backward", *HALF)),
    variants="internal", check=lambda grad, self, p, pdist: check_alike(grad, self), grad_fn="PdistBackwardBackward0",
    grad  = backward.no_derivative("_pdist_backward"),
    self  = backward.no_derivative("_pdist_backward"),
    pdist = backward.no_derivative("_pdist_backward"))


def pdist(self, p):
    if self._array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {self._array.ndim}D")
    if self._dtype.category != FLOAT:
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    return F._pdist_forward(F.contiguous(self), p)


op("pdist(Tensor self, float p=2) -> Tensor", composite=pdist, variants="function")


def check_kinds(x1, x2, p, compute_mode):
    """torch looks at the types where it computes, if there is anything to compute."""
    count = math.prod(x1._array.shape[:-1]) * math.prod(x2._array.shape[:-1])
    refuse_half("cdist", x1, count)
    if x1._dtype is not x2._dtype and x1._array.shape[-1] and count:
        raise RuntimeError(f"expected scalar type {x1._dtype.legacy} but found {x2._dtype.legacy}")


op("_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor", kernel.cdist,
    check=check_kinds, variants="internal", grad_fn="CdistBackward0",
    x1 = lambda grad, x1, x2, p, result: F._cdist_backward(F.contiguous(grad), x1, x2, p, result),
    x2 = lambda grad, x1, x2, p, result: backward.cdist_x2(grad, x1, x2, p, result))
op("_cdist_backward(Tensor grad, Tensor x1, Tensor x2, float p, Tensor cdist) -> Tensor", kernel.cdist_backward,
    variants="internal", grad_fn="CdistBackwardBackward0",
    check=lambda grad, x1, x2, p, cdist: check_alike(grad, x1) if x1._array.size and x2._array.size else None,
    grad  = backward.no_derivative("_cdist_backward"),
    x1    = backward.no_derivative("_cdist_backward"),
    x2    = backward.no_derivative("_cdist_backward"),
    cdist = backward.no_derivative("_cdist_backward"))


def check_product(x1, x2):
    """What the product of matrices says of two types."""
    if x1._dtype is not x2._dtype:
        F.matmul(F.detach(x1), F.transpose(F.detach(x2), -2, -1))


op("_euclidean_dist(Tensor x1, Tensor x2) -> Tensor", kernel.euclidean_dist, check=check_product,
    variants="function",
    x1 = lambda grad, x1, x2, result: backward.euclidean_x1(grad, x1, x2, result),
    x2 = lambda grad, x1, x2, result: backward.euclidean_x2(grad, x1, x2, result))

# From so many rows on, if not told otherwise, Euclidean distances are found by a product of matrices.
MANY = 25
IF_NECESSARY, BY_PRODUCT, NEVER = range(3)


def check_cdist(x1, x2, p, mode):
    for name, one in (("X1", x1), ("X2", x2)):
        if one._array.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {one._array.ndim}D")
    columns = [one._array.shape[-1] for one in (x1, x2)]
    if columns[0] != columns[1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {columns[0]} X2: {columns[1]}")
    for name, one in (("X1", x1), ("X2", x2)):
        if one._dtype.category != FLOAT:
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {one._dtype.legacy}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if mode not in (IF_NECESSARY, BY_PRODUCT, NEVER):
        raise RuntimeError(f"possible modes: 0, 1, 2, but was: {mode}")


def cdist(x1, x2, p, compute_mode):
    mode = compute_mode or IF_NECESSARY
    check_cdist(x1, x2, p, mode)
    lead = check_broadcast([x1._array.shape[:-2], x2._array.shape[:-2]])
    counts = [one._array.shape[-2] for one in (x1, x2)]
    many = mode == BY_PRODUCT or (mode == IF_NECESSARY and max(counts) > MANY)
    if p != 2 or not many or 0 in (*counts, *lead, x1._array.shape[-1]):
        return F._cdist_forward(x1, x2, p, compute_mode)
    if math.prod(lead) > 1:
        x1, x2 = (
            F.view(F.contiguous(F.expand(one, (*lead, *one.shape[-2:]))), (-1, *one.shape[-2:])) for one in (x1, x2))
    return F.view(F._euclidean_dist(x1, x2), (*lead, *counts))


op("cdist(Tensor x1, Tensor x2, float p=2, int? compute_mode=None) -> Tensor", composite=cdist, variants="internal")

# Row by row -----------------------------------------------------------------------------------------------

op("_norm_along(Tensor self, Scalar p, int[1] dim, bool keepdim=False) -> Tensor",
    lambda self, p, dim, keepdim: kernel.vector_norm(self, p, dim, keepdim, None), result=dtype.to_real,
    check=lambda self, p, dim, keepdim: check_norm(self, p, dim, keepdim, None),
    variants="internal", grad_fn="NormBackward1",
    jvp=lambda self_t, self, p, result, dim, keepdim: norm_jvp(self_t, self, p, result, dim, keepdim),
    self = lambda grad, self, p, result, dim, keepdim: norm_backward(grad, self, p, result, dim, keepdim))


def pairwise_distance(x1, x2, p, eps, keepdim):
    """With ``eps`` added to each difference, so that there is a gradient where there is none."""
    last = max(x1._array.ndim, x2._array.ndim) - 1
    return F._norm_along(F.add_scalar(F.sub(x1, x2), eps), float(p), (last,), keepdim)


op("pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False) -> Tensor",
    composite=pairwise_distance, variants="function")


def cosine_similarity(x1, x2, dim, eps):
    """The sum of the products of both divided by their norms, which are at least ``eps``."""
    kind = result_type([x1, x2])
    if kind.category != FLOAT:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {kind.legacy}")
    several = [one if one._dtype.is_differentiable else F.to(one, kind) for one in (x1, x2)]
    shape = check_broadcast([one._array.shape for one in several])
    if several[0]._array.shape != several[1]._array.shape:
        several = [F.expand(one, shape) for one in several]
    norms = [F.clone(F.linalg_vector_norm(one, 2, (dim,), True)) for one in several]
    switches = modes.current()
    recording, switches.grad = switches.grad, False
    try:
        for one in norms:
            F.clamp_min_(one, eps)
    finally:
        switches.grad = recording
    other = F.div(several[1], norms[1])  # NOTE [Order of operands]
    return F.sum(F.mul(F.div(several[0], norms[0]), other), (dim,))


op("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor", composite=cosine_similarity,
    variants="function")
