"""Gradients that are ops, made of others: a pass under a transform may run one as a whole (NOTE [Rows of a pass])."""

from mini_autograd.backward.indexing import gather_backward, index_select_backward, masked_select_backward
from mini_autograd.backward.reduction import indexed_backward
from mini_autograd.backward.scan import cumextremum_backward, cumprod_backward
from mini_autograd.op.declare import family

# fmt: off

gradient = family(variants="internal")

gradient("gather_backward(Tensor grad, Tensor self, int dim, Tensor index, bool sparse_grad) -> Tensor",
    composite=gather_backward)
gradient("index_select_backward(Tensor grad, SymInt[] self_sizes, int dim, Tensor index) -> Tensor",
    composite=index_select_backward)
gradient("masked_select_backward(Tensor grad, Tensor input, Tensor mask) -> Tensor", composite=masked_select_backward)
gradient("value_selecting_reduction_backward(Tensor grad, int dim, Tensor indices, SymInt[] sizes, bool keepdim) -> Tensor",
    composite=indexed_backward)
gradient("cumprod_backward(Tensor grad, Tensor input, int dim, Tensor output) -> Tensor", composite=cumprod_backward)
gradient("cummaxmin_backward(Tensor grad, Tensor input, Tensor indices, int dim) -> Tensor",
    composite=cumextremum_backward)
