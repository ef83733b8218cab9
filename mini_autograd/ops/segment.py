"""Reductions of segments of a dimension, and tensors cut into chunks that are joined one by one."""

from mini_autograd.backward.arithmetic import not_implemented
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import only, unimplemented

# fmt: off

REDUCTIONS = ("sum", "mean", "prod", "max", "min")


def check_segments(data, reduce, lengths, indices, offsets, axis, unsafe, initial):
    dim = wrap_dim(axis, data._array.ndim)
    if reduce not in REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
    if lengths is None and offsets is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    word, given = ("lengths", lengths) if lengths is not None else ("offsets", offsets)
    if dim != given._array.ndim - 1:
        raise RuntimeError(
            f"segment_reduce(): Expected axis to be the last dimension of {word} but got {dim}.")
    if lengths is None or unsafe:
        return
    if lengths.numel() and F.min(lengths).item() < 0:
        raise RuntimeError("lengths contains negative value!")
    if not F.all(F.eq(F.sum(lengths, -1), data.shape[dim])).item():
        raise RuntimeError("segment_reduce(): Expected all rows of lengths along axis to sum to "
                           "data.size(lengths.dim()-1) when !unsafe.")


computed = only(same, unimplemented("_segment_reduce_cpu", BOOL, INT, COMPLEX))

op("segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, "
    "int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor", kernel.segment_reduce, check=check_segments,
    dtype=computed, promoted=("data",), variants="function",
    data = lambda grad, axis, data, initial, lengths, offsets, reduce, result: F._segment_reduce_backward(
        F.contiguous(grad), result, data, reduce, lengths, offsets, axis, initial))
op("_segment_reduce_backward(Tensor grad, Tensor output, Tensor data, str reduce, Tensor? lengths, Tensor? offsets, "
    "int axis, Scalar? initial) -> Tensor", kernel.segment_reduce_backward, promoted=("grad", "output", "data"),
    variants="internal", grad_fn=NO_DERIVATIVE,
    grad = not_implemented("_segment_reduce_backward"))


def check_chunks(tensors, dim, num_chunks):
    if not tensors:
        raise RuntimeError("_chunk_cat expects a non-empty input tensor list")
    if num_chunks <= 0:
        raise RuntimeError("_chunk_cat expects positive num_chunks")
    first = tensors[0]
    if dim < 0 and any(one._array.ndim != first._array.ndim for one in tensors):
        raise RuntimeError("_chunk_cat expects non-negative dim when input tensors have different ndims")
    dim = wrap_dim(dim, first._array.ndim)
    for one in tensors:
        if not one._array.size:
            raise RuntimeError("_chunk_cat expects non-empty tensor")
        if one._dtype is not first._dtype:
            raise RuntimeError("_chunk_cat expects all input tensors with the same dtype")
        if dim >= one._array.ndim:
            raise RuntimeError("_chunk_cat expects dim < ndim for all input tensors")
        if one._array.shape[:dim] != first._array.shape[:dim]:
            raise RuntimeError("_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors")


op("_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor", kernel.chunk_cat, check=check_chunks,
    opmath=False, variants="function", grad_fn=NO_DERIVATIVE,
    tensors = not_implemented("_chunk_cat"))
