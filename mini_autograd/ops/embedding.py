"""Embeddings: rows of a table by their number, alone or put together in bags, and numbers as rows of one 1."""

from mini_autograd import dtypes
from mini_autograd.backward.arithmetic import not_implemented
from mini_autograd.backward.writing import zeros
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.node_class import NO_DERIVATIVE

# fmt: off

row = family(dtype=as_is, variants="function")
internal = family(dtype=as_is, variants="internal")


def check_index(name, place, argument, tensor):
    kind = tensor._dtype
    if kind is not dtypes.int64 and kind is not dtypes.int32:
        raise RuntimeError(
            f"Expected tensor for argument #{place} '{argument}' to have one of the following scalar types: Long, Int; "
            f"but got torch.{kind.legacy}Tensor instead (while checking arguments for {name})")


def check_embedding(weight, indices, padding_idx, scale_grad_by_freq, sparse):
    if weight._array.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    check_index("embedding", 1, "indices", indices)


def embedding_backward(grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq, sparse):
    return F.embedding_dense_backward(grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq)


row("embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, "
    "bool sparse=False) -> Tensor", kernel.embedding, check=check_embedding, jvp="linear", weight=embedding_backward)


def twice(grad, indices, padding_idx):
    """What arrives at the table, by index again, but for those of the padding."""
    shape = indices._array.shape
    rows = F.index_select(grad, 0, F.reshape(indices, (-1,)))
    if padding_idx >= 0:
        kept = F.unsqueeze(F.reshape(F.ne(indices, padding_idx), (-1,)), 1)
        rows = F.where(kept, rows, F.zeros((), **options_of(rows)))
    return F.view(rows, (*shape, grad._array.shape[1]))


internal("embedding_dense_backward(Tensor grad_output, Tensor indices, SymInt num_weights, SymInt padding_idx, "
    "bool scale_grad_by_freq) -> Tensor", kernel.embedding_dense_backward, jvp="linear", grad_output=twice,
    check=lambda grad_output, indices, num_weights, padding_idx, scale_grad_by_freq:
        check_index("embedding_backward", 2, "indices", indices))


def check_renorm(self, indices, max_norm, norm_type):
    if self._array.ndim != 2:
        raise RuntimeError("'self' must be 2-D")
    check_index("embedding_renorm_", 2, "indices", indices)


op("embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor", kernel.embedding_renorm,
    dtype=as_is, in_place="function", write=kernel.embedding_renorm, variants="in place", check=check_renorm)

# -- Bags ----------------------------------------------------------------------------------------------------

SUM, MEAN, MAX = range(3)
BAGS = "Tensor weight, Tensor indices, Tensor offsets"
FOUR = "(Tensor, Tensor, Tensor, Tensor)"


def check_bags(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights, include_last, padding):
    check_index("embedding_bag", 1, "indices", indices)
    check_index("embedding_bag", 1, "offsets", offsets)
    places = offsets._array
    if include_last and not places.size:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if places.size and places[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {places[0]}\n[ torch.{indices._dtype.legacy}Tensor{{}} ]")
    if places.size and places[-1] > indices._array.shape[0]:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {indices._array.shape[0]} but got offsets[-1] of "
            f"{places[-1]}")
    if per_sample_weights is not None:
        check_weights(weight, indices, mode, per_sample_weights)


def check_weights(weight, indices, mode, per_sample_weights):
    if mode != SUM:
        raise RuntimeError("embedding_bag: per_sample_weights only supported with mode='sum'")
    kind, own = weight._dtype, per_sample_weights._dtype
    if own is not kind:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
            f"'per_sample_weights'; but type torch.{kind.legacy}Tensor does not equal torch.{own.legacy}Tensor (while "
            "checking arguments for embedding_bag)")


def of_table(
    grad, indices, offsets, result1, result2, result3, weight_sym_argsize_0, scale_grad_by_freq, mode, sparse,
    per_sample_weights, padding_idx):
    return F._embedding_bag_backward(
        grad, indices, offsets, result1, result2, result3, weight_sym_argsize_0, scale_grad_by_freq, mode, sparse,
        per_sample_weights, padding_idx)


def of_samples(grad, weight, indices, offsets, result1, mode, padding_idx):
    return F._embedding_bag_per_sample_weights_backward(grad, weight, indices, offsets, result1, mode, padding_idx)


row(f"_embedding_bag({BAGS}, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, "
    f"Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> {FOUR}",
    kernel.embedding_bag, derived=1, check=check_bags, weight=of_table, per_sample_weights=of_samples)

refused = not_implemented("_embedding_bag_backward")
internal("_embedding_bag_backward(Tensor grad, Tensor indices, Tensor offsets, Tensor offset2bag, Tensor bag_size, "
    "Tensor maximum_indices, SymInt num_weights, bool scale_grad_by_freq, int mode, bool sparse, "
    "Tensor? per_sample_weights, int padding_idx=-1) -> Tensor", kernel.embedding_bag_backward,
    grad = refused, per_sample_weights = refused)

refused = not_implemented("_embedding_bag_per_sample_weights_backward")
internal("_embedding_bag_per_sample_weights_backward(Tensor grad, Tensor weight, Tensor indices, Tensor offsets, "
    "Tensor offset2bag, int mode, int padding_idx=-1) -> Tensor", kernel.embedding_bag_per_sample_weights_backward,
    grad_fn=NO_DERIVATIVE, grad = refused, weight = refused)


def with_padding(weight, indices, offsets, scale, mode, sparse, per_sample_weights, include_last_offset, padding_idx):
    count = weight._array.shape[0]
    if padding_idx is None:
        place = -1
    elif -count <= padding_idx < count:
        place = padding_idx % count
    else:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-count} through {count - 1}, but got {padding_idx}")
    indices, offsets = F.contiguous(indices), F.contiguous(offsets)
    return F._embedding_bag(
        weight, indices, offsets, scale, mode, sparse, per_sample_weights, include_last_offset, place)


op(f"embedding_bag.padding_idx({BAGS}, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, "
    f"bool include_last_offset, int? padding_idx) -> {FOUR}", composite=with_padding, variants="function")
op(f"embedding_bag({BAGS}, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, "
    f"Tensor? per_sample_weights=None, bool include_last_offset=False) -> {FOUR}", variants="function",
    composite=lambda *args: with_padding(*(*args, None)))

# -- Rows of one 1 -------------------------------------------------------------------------------------------


def one_hot(self, num_classes):
    if self._dtype is not dtypes.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    array = self._array
    if not array.size:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return F.empty((*array.shape, num_classes), **options_of(self))
    if array.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(array.max()) + 1
    elif array.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    rows = zeros((*array.shape, num_classes), dtypes.int64, number_of(array))
    return F.scatter_(rows, -1, F.unsqueeze(self, -1), 1)


op("one_hot(Tensor self, int num_classes=-1) -> Tensor", composite=one_hot, variants="nn")
