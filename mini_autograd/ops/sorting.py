"""Sorting and selection by rank: values with their indices."""

from mini_autograd import dtypes
from mini_autograd.backward.reduction import (
    indexed_jvp,
    selected_all_backward,
    selected_all_jvp,
)
from mini_autograd.dtypes import COMPLEX
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import BOOL, by_out, only, refused, unimplemented
from mini_autograd.ops.unrecorded import of_one_element, sorted_in_place


def check_dim(self, dim, *rest):
    wrap_dim(dim, self._array.ndim)


def check_dim_stable(self, stable, dim, descending):
    wrap_dim(dim, self._array.ndim)


def chosen_jvp(self_t, dim, indices):
    return indexed_jvp(self_t, dim, indices, True), None


def chosen_dim_jvp(self_t, dim, keepdim, indices):
    return indexed_jvp(self_t, dim, indices, keepdim), None


chosen = family(result=(None, dtypes.int64), jvp=chosen_jvp,
    self = lambda grad, self_sym_sizes, dim, indices: F.value_selecting_reduction_backward(grad, dim, indices, self_sym_sizes,
        True))

chosen_dim = family(result=(None, dtypes.int64), jvp=chosen_dim_jvp,
    self = lambda grad, self_sym_sizes, dim, keepdim, indices:
        F.value_selecting_reduction_backward(grad, dim, indices, self_sym_sizes, keepdim))

sortable = only(same, refused(RuntimeError, " Sort does not support complex dtypes on CPU", COMPLEX))

chosen("sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> "
    "(Tensor values, Tensor indices)", kernel.sort_stable, dtype=sortable, grad_fn="SortBackward1",
    check=check_dim_stable, below=sorted_in_place(lambda self, stable, dim, descending:
        F.sort(self, stable=stable, dim=dim, descending=descending)))
chosen("sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)", kernel.sort,
    dtype=sortable, check=check_dim, below=sorted_in_place(lambda *args: F.sort(*args)))
op("argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor",
    composite=lambda self, stable, dim, descending: F.sort(self, stable=stable, dim=dim, descending=descending)[1])
op("argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
    composite=lambda self, dim, descending: F.sort(self, dim, descending)[1])
op("msort(Tensor self) -> Tensor", composite=lambda self: F.sort(self, 0, False)[0])


def check_topk(self, k, dim, largest, sorted):
    at = wrap_dim(dim, self._array.ndim)
    if not 0 <= k <= (self._array.shape[at] if self._array.ndim else 1):
        raise RuntimeError("selected index k out of range")


def check_not_empty(name, self, dim):
    at = wrap_dim(dim, self._array.ndim)
    if self._array.ndim and self._array.shape[at] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {at} to have non-zero size.")


def check_kth(self, k, dim, keepdim):
    check_not_empty("kthvalue", self, dim)
    at = wrap_dim(dim, self._array.ndim)
    if not 1 <= k <= (self._array.shape[at] if self._array.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {at}")


chosen("topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> "
    "(Tensor values, Tensor indices)", kernel.topk, check=check_topk,
    below=of_one_element(lambda *args: F.topk(*args), lambda values, self: F.copy_(values, self)),
    dtype=only(same, refused(RuntimeError, " topk does not support complex dtypes on CPU", COMPLEX),
               refused(RuntimeError, "topk does not support bool dtypes on CPU", BOOL)))
chosen_dim("kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor "
    "indices)",
    kernel.kthvalue, dtype=only(same, unimplemented("kthvalue_cpu", BOOL, COMPLEX)), check=check_kth,
    below=by_out("kthvalue"))
chosen_dim("mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
    kernel.mode,
    dtype=only(same, unimplemented("mode_cpu", COMPLEX)),
    below=of_one_element(lambda *args: F.mode(*args), lambda values, self: F.fill_(values, self), before=1,
        several=2),
    check=lambda self, dim, keepdim: check_not_empty("mode", self, dim))

for name in ("median", "nanmedian"):
    chosen_dim(f"{name}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        getattr(kernel, f"{name}_dim"), dtype=only(same, unimplemented("median_out", BOOL, COMPLEX)),
        check=lambda self, dim, keepdim: check_not_empty("median", self, dim),
        grad_fn=f"{name.title()}Backward1", below=by_out(name))
    op(f"{name}(Tensor self) -> Tensor", getattr(kernel, name),
        dtype=only(same, unimplemented("median_cpu", BOOL, COMPLEX)), jvp=selected_all_jvp,
        self = lambda grad, self, result: selected_all_backward(grad, self, result))
