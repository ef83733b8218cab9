"""Gradients of indexing, scattering and masking."""

from __future__ import annotations

from mini_autograd.graph.operations import F


def index_backward(grad, sizes, indices):
    return F._index_put_impl_(F.zeros(sizes, dtype=grad._dtype), indices, grad, True, True)


def gather_backward(grad, self, dim, index):
    return F.scatter_add_(F.zeros(self._array.shape, dtype=grad._dtype), dim, index, grad)


def index_select_backward(grad, sizes, dim, index):
    return F.index_add_(F.zeros(sizes, dtype=grad._dtype), dim, index, grad)


def selected_slices(grad, dim, index, source, source_dim):
    """The slices of ``grad`` that went to ``index``, in the shape of ``source``."""
    if source_dim > 0:
        return F.expand_as(F.index_select(grad, dim, index), source)
    return F.index_select(grad, dim, F.squeeze(index, 0))


def index_add_source(grad, dim, index, source, source_dim, alpha):
    slices = selected_slices(grad, dim, index, source, source_dim)
    return slices if alpha == 1 else F.mul_scalar(slices, alpha)


def take_backward(grad, self, index):
    return F.put(F.zeros_like(self), index, grad, True)


def masked_select_backward(grad, self, mask):
    """``grad`` put back where ``mask`` is set; the engine sums it to the shape of ``self``."""
    whole = F.broadcast_tensors([self, mask])[0]
    return F.masked_scatter(F.zeros(whole._array.shape, dtype=grad._dtype), mask, grad)


def scatter_reduce_backward(grad, self, dim, index, src, reduce, include_self, result, needs):
    """Gradients of ``self`` and ``src``; ties of ``amax`` and ``amin`` share equally."""
    of_self, of_src = REDUCED[reduce](grad, self, dim, index, src, include_self, result, needs)
    if not include_self and of_self is not None:
        of_self = F.scatter(of_self, dim, index, 0)
    return of_self, of_src


def sum_backward(grad, self, dim, index, src, include_self, result, needs):
    return grad, F.gather(grad, dim, index) if needs[1] else None


def mean_backward(grad, self, dim, index, src, include_self, result, needs):
    counts = F.ones_like(grad) if include_self else F.zeros_like(grad)
    counts = F.scatter_add(counts, dim, index, F.ones_like(src))
    F.masked_fill_(counts, F.eq(counts, 0), 1)
    of_self = F.div(grad, counts) if needs[0] else None
    of_src = F.div(F.gather(grad, dim, index), F.gather(counts, dim, index)) if needs[1] else None
    return of_self, of_src


def extreme_backward(grad, self, dim, index, src, include_self, result, needs):
    winners = F.gather(result, dim, index)
    self_wins, src_wins = F.eq(self, result), F.eq(src, winners)
    sharers = F.scatter_add(F.to(self_wins, self._dtype), dim, index, F.to(src_wins, self._dtype))
    share = F.div(grad, sharers)
    of_self = F.mul(self_wins, share) if needs[0] else None
    return of_self, F.mul(src_wins, F.gather(share, dim, index)) if needs[1] else None


def product_backward(grad, self, dim, index, src, include_self, result, needs):
    of_self = of_src = None
    if needs[0]:
        nonzero_self = F.masked_fill(self, F.eq(self, 0), 1)
        product = F.scatter_reduce(nonzero_self, dim, index, src, "prod", include_self=include_self)
        of_self = F.div(F.mul(grad, product), nonzero_self)
    if needs[1]:
        of_src = product_backward_src(grad, self, dim, index, src, include_self, result)
    return of_self, of_src


def product_backward_src(grad, self, dim, index, src, include_self, result):
    """Of several factors that are zero none has a gradient; of a single one it is the product of the others."""
    zero = F.eq(src, 0)
    zeros = F.gather(F.scatter_add(F.zeros_like(self), dim, index, F.to(zero, self._dtype)), dim, index)
    single = F.logical_and(zero, F.eq(zeros, 1))
    others = F.scatter_reduce(
        self, dim, index, F.masked_fill(src, single, 1), "prod", include_self=include_self
    )
    return F.where(
        single,
        F.gather(F.mul(grad, others), dim, index),
        F.div(F.gather(F.mul(grad, result), dim, index), F.masked_fill(src, zero, 1)),
    )


REDUCED = {
    "sum": sum_backward,
    "mean": mean_backward,
    "amax": extreme_backward,
    "amin": extreme_backward,
    "prod": product_backward,
}


def scatter_reduce_jvp(self, self_t, dim, index, src, src_t, reduce, include_self, result):
    """The tangent; of a product torch has none."""
    self_t = F.zeros_like(self) if self_t is None else self_t
    src_t = F.zeros_like(src) if src_t is None else src_t
    if reduce in ("sum", "mean"):
        return F.scatter_reduce(self_t, dim, index, src_t, reduce, include_self=include_self)
    if reduce == "prod":
        return None
    self_wins = F.to(F.eq(self, result), self._dtype)
    src_wins = F.to(F.eq(src, F.gather(result, dim, index)), self._dtype)
    if not include_self:
        self_wins = F.scatter(self_wins, dim, index, 0)
    sharers = F.scatter_add(self_wins, dim, index, src_wins)
    return F.div(F.scatter_add(F.mul(self_wins, self_t), dim, index, F.mul(src_wins, src_t)), sharers)
