"""Quantiles: compositions of a sort, gathers and an interpolation, as torch's graph shows them."""

from functools import partial

from mini_autograd import dtypes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import op
from mini_autograd.op.rules import wrap_dim

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def check(self, q, interpolation):
    if self._array.size == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if q._array.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if self._dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if q._dtype is not self._dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}")
    if not F.all(F.logical_and(F.ge(q, 0), F.le(q, 1)))._array:
        raise RuntimeError("quantile() q values must be in the range [0, 1]")


def lanes(self, dim, keepdim):
    """What is to be sorted as the last dimension, and the shape of one quantile."""
    if dim is None:
        return F.flatten(self), (1,) * self.ndim if keepdim else ()
    dim = wrap_dim(dim, self.ndim)
    shape = list(self.shape)
    if keepdim and shape:
        shape[dim] = 1
    elif shape:
        del shape[dim]
    if dim == self.ndim - 1:
        return self, tuple(shape)
    return F.transpose(F.unsqueeze(self, -1), dim, -1), tuple(shape)


def ranks_of(q, ordered, ignore_nan):
    """Which of the ordered elements are meant, as numbers with a fraction; the last one where there is a NaN."""
    last = ordered.shape[-1] - 1
    if ignore_nan:
        ranks = q * (F.sum(F.logical_not(F.isnan(ordered)), -1, True) - 1)
        return F.masked_fill(ranks, F.lt(ranks, 0), 0)
    ranks = F.mul_scalar(q, last)
    ranks, mask = F.broadcast_tensors([ranks, F.any(F.isnan(ordered), -1, True)])
    return F.masked_fill(ranks, mask, last)


def interpolated(ordered, ranks, interpolation):
    if interpolation in ROUND:
        return F.gather(ordered, -1, F.to(ROUND[interpolation](ranks), dtypes.int64))
    below = F.floor(ranks.detach())
    weights = F.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
    low = F.gather(ordered, -1, F.to(below, dtypes.int64))
    high = F.gather(ordered, -1, F.to(F.ceil(ranks.detach()), dtypes.int64))
    return F.lerp_(low, high, weights)


ROUND = {
    "lower": lambda ranks: F.floor(ranks),
    "higher": lambda ranks: F.ceil(ranks),
    "nearest": lambda ranks: F.round(ranks),
}


def compute(self, q, dim, keepdim, interpolation, ignore_nan):
    check(self, q, interpolation)
    ordered, shape = lanes(self, dim, keepdim)
    ordered = F.sort(ordered)[0]
    ordered = F.view(ordered, (*shape, ordered.shape[-1]))
    values = interpolated(ordered, ranks_of(q, ordered, ignore_nan), interpolation)
    if q.ndim:
        values = F.transpose_(F.unsqueeze_(values, 0), 0, -1)
    return F.squeeze_(values, -1)


def compute_number(self, q, dim, keepdim, interpolation, ignore_nan):
    if not 0 <= q <= 1:
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
    kind = self.dtype if self.dtype.is_floating_point else dtypes.float64
    return compute(self, F.scalar_tensor(q, **options_of(self, kind)), dim, keepdim, interpolation, ignore_nan)


for name, ignore_nan in (("quantile", False), ("nanquantile", True)):
    rest = 'int? dim=None, bool keepdim=False, *, str interpolation="linear"'
    op(f"{name}(Tensor self, Tensor q, {rest}) -> Tensor",
        composite=partial(compute, ignore_nan=ignore_nan))
    op(f"{name}.scalar(Tensor self, float q, {rest}) -> Tensor",
        composite=partial(compute_number, ignore_nan=ignore_nan))
