"""Gradients of indexing, of taking by number, and of masking."""

from __future__ import annotations

import threading

from mini_autograd.backward.writing import over
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.tensor import Tensor


class Formula(threading.local):
    """Whether :func:`reindexed` is at work in this thread."""

    works = False


formula = Formula()


def reindexed(grad, indices):
    """``grad[indices]``; what it warns of waits until the pass is over, as all that torch's own nodes warn of does."""
    formula.works = True
    try:
        return F.index(grad, indices)
    finally:
        formula.works = False


def index_backward(grad, sizes, info, indices):
    """``grad`` added up where it was taken; the zeros are of the input's type, which a node that is called checks."""
    none = F.new_zeros(grad, sizes, dtype=info[1])
    if grad._layered or modes.current().written is not None:
        return F.index_put(none, indices, grad, True)
    return F._index_put_impl_(none, indices, grad, True, True)


def index_put_self(grad, indices, values_info, accumulate):
    """Zeros where something was put: as many as were put there."""
    if accumulate:
        return grad
    shape, dtype = values_info[:2]
    return F.index_put(grad, indices, F.zeros(shape, **options_of(grad, dtype)))


def gather_backward(grad, self, dim, index, sparse_grad):
    return over("scatter_add", F.new_zeros(grad, self._array.shape), dim, index, grad)


def index_select_backward(grad, sizes, dim, index):
    return over("index_add", F.new_zeros(grad, sizes), dim, index, grad)


def selected_slices(grad, dim, index, source, source_dim):
    """The slices of ``grad`` that went to ``index``, in the shape of ``source``."""
    if source_dim > 0:
        return F.expand_as(F.index_select(grad, dim, index), source)
    return F.index_select(grad, dim, F.squeeze(index, 0))


def index_add_source(grad, dim, index, source, source_dim, alpha):
    slices = selected_slices(grad, dim, index, source, source_dim)
    return slices if alpha == 1 else F.mul_scalar(slices, alpha)


def index_add_jvp(self_t, dim, index, source_t, alpha):
    return F.index_add(self_t, dim, index, source_t if alpha == 1 else F.mul_scalar(source_t, alpha))


def take_backward(grad, self, index):
    return over("put", F.zeros_like(self), index, grad, True)


def masked_select_backward(grad, self, mask):
    """``grad`` put back where ``mask`` is set; the engine sums it to the shape of ``self``."""
    whole = F.broadcast_tensors([self, mask])[0]
    none = F.zeros_like(whole)
    if type(grad) is not Tensor:  # under a transform zeros may be too few
        return F.masked_scatter(none, mask, grad)
    return over("masked_scatter", none, mask, grad)
