"""Reductions over dimensions."""

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op
from mini_autograd.op.rules import accumulating, wrap_dims


def expand_back(grad, shape, dim, keepdim):
    """``grad`` of a reduction over ``dim`` in the shape of what was reduced."""
    if not keepdim and len(shape) > 0:
        for d in sorted(wrap_dims(dim, len(shape))):
            grad = F.unsqueeze(grad, d)
    return F.expand(grad, shape)


op("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor", kernel.sum_all, dtype=accumulating, jvp="linear",
    self = lambda grad, self_sym_sizes: F.expand(grad, self_sym_sizes))

op("sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", kernel.sum,
    dtype=lambda self, dim, keepdim, dtype: accumulating(self, dtype), jvp="linear", grad_fn="SumBackward1",
    self = lambda grad, self_sym_sizes, dim, keepdim: expand_back(grad, self_sym_sizes, dim, keepdim))
