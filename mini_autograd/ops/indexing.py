"""Elements picked, put, gathered, scattered and masked."""

import warnings
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.backward.indexing import (
    formula,
    index_add_jvp,
    index_add_source,
    index_backward,
    index_put_self,
    reindexed,
    selected_slices,
    take_backward,
)
from mini_autograd.backward.scattering import (
    index_reduce_backward,
    refuse_second_derivative,
    scatter_reduce_backward,
    scatter_reduce_jvp,
)
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.graph.view import edge_node
from mini_autograd.kernels.lookup import kernel, kernels_of
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.support import no_complex_derivative
from mini_autograd.ops.unrecorded import written_copy
from mini_autograd.tensor import requires_grad

pick = family(dtype=as_is, jvp="linear")
write = family(dtype=as_is, jvp="written", in_place=True)


BYTES = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."


def is_mask(index):
    return index is not None and index._dtype in (dtypes.uint8, dtypes.bool)


def fits(mask, self, place):
    """Whether a mask has the sizes of the dimensions, from ``place`` on, that it is for."""
    return mask._array.shape == self._array.shape[place:place + mask._array.ndim]


def looks_to_fill(self, indices, values, accumulate):
    """Whether torch takes a single value for one to fill in where a mask is set, and so refuses a mask that does not
    fit before it warns of any."""
    if values is None or accumulate or values._array.size != 1:
        return False
    place = next((place for place, one in enumerate(indices) if one is not None), None)
    if place is None or not is_mask(indices[place]):
        return False
    return not fits(indices[place], self, place) or all(one is None for one in indices[place + 1:])


def warn_of_bytes(self, indices, values=None, accumulate=False, unsafe=False):
    """Warn of masks of bytes, up to the first that does not fit, for which torch refuses them all; of those of a node,
    whose puts alone are ``unsafe``, once the pass is over."""
    if len(indices) > self._array.ndim or looks_to_fill(self, indices, values, accumulate):
        return
    place = 0
    for one in indices:
        if one is not None and one._dtype is dtypes.uint8:
            look_at_history(self, values)
            task = modes.current().task if unsafe or formula.works else None
            if task is None:
                warnings.warn(BYTES, UserWarning, stacklevel=5)
            else:
                task.warn(BYTES, None)
        if is_mask(one) and not fits(one, self, place):
            return
        place += one._array.ndim if is_mask(one) else 1


def look_at_history(*given):
    """Raise for a view whose history cannot be told, of which torch says so where it is to be recorded, before it looks
    at any index."""
    switches = modes.current()
    tensors = [one for one in given if one is not None]
    if switches.grad and not switches.inference and any(requires_grad(one) for one in tensors):
        for one in tensors:
            edge_node(one)


def warn_before_writing(self, indices, values, accumulate=False):
    """``warn_of_bytes``, but where memory is read and written, for which torch refuses them all."""
    if not kernels_of(self._array).reads_what_it_puts(self._array, [None if one is None else one._array for one in indices], values._array, accumulate):
        warn_of_bytes(self, indices, values, accumulate)


def masked_put_jvp(self_t, values_t, self, mask, indices, values):
    target = F.zeros_like(self) if self_t is None else self_t
    return F._unsafe_masked_index_put_accumulate(
        target, mask, indices, F.zeros_like(values) if values_t is None else values_t)


# By tensors of indices ------------------------------------------------------------------------------------

pick("index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", kernel.index, check=warn_of_bytes,
    variants="internal",
    self = lambda grad, self_sym_sizes, self_info, indices: index_backward(grad, self_sym_sizes, self_info, indices))

IN_PLACE: dict[str, Any] = {"variants": "in place", "in_place": "function method"}

for warn, where in ((warn_of_bytes, {}), (warn_before_writing, IN_PLACE)):
    pick("index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", kernel.index_put,
        check=warn, jvp="written", write=kernel.index_put_into, **where,
        self   = lambda grad, indices, values_info, accumulate:
            index_put_self(grad, indices, values_info, accumulate),
        values = lambda grad, indices: reindexed(grad, indices))

write("_index_put_impl(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor",
    kernel.index_put, check=warn_of_bytes, write=kernel.index_put_into, variants="internal", in_place="function",
    grad_fn="IndexPutImplBackward0",
    self   = lambda grad, indices, values_info, accumulate:
        index_put_self(grad, indices, values_info, accumulate),
    values = lambda grad, indices: reindexed(grad, indices))

def check_indices(self, mask, indices, other):
    for one in indices:
        if one is not None and one._dtype not in (dtypes.int64, dtypes.int32):
            raise RuntimeError(f"_unsafe_masked_index found unexpected index type {one._dtype.legacy}")


pick("_unsafe_masked_index(Tensor self, Tensor mask, Tensor?[] indices, Scalar fill) -> Tensor",
    kernel.masked_index, variants="function", check=check_indices,
    jvp=lambda self_t, mask, indices: F._unsafe_masked_index(self_t, mask, indices, 0),
    self = lambda grad, self_sym_sizes, mask, indices:
        F._unsafe_masked_index_put_accumulate(F.new_zeros(grad, self_sym_sizes), mask, indices, grad))

pick("_unsafe_masked_index_put_accumulate(Tensor self, Tensor mask, Tensor?[] indices, Tensor values) -> Tensor",
    kernel.masked_index_put, variants="function", check=check_indices, jvp=masked_put_jvp,
    self   = lambda grad: grad,
    values = lambda grad, mask, indices: F._unsafe_masked_index(grad, mask, indices, 0))

# Along a dimension, an index for each element -------------------------------------------------------------


def dense_only(self, dim, index, sparse_grad):
    if sparse_grad:
        raise NotImplementedError("gather(): sparse gradients are not supported")


pick("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor", kernel.gather, check=dense_only,
    self = lambda grad, self, dim, index, sparse_grad: F.gather_backward(grad, self, dim, index, sparse_grad))

write("scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", kernel.scatter,
    write=kernel.scatter_into,
    self = lambda grad, dim, index: F.scatter(grad, dim, index, 0),
    src  = lambda grad, dim, index: F.gather(grad, dim, index))

write("scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", kernel.scatter,
    write=kernel.scatter_into, grad_fn="ScatterBackward1",
    self = lambda grad, dim, index: F.scatter(grad, dim, index, 0))


def check_combined(self, *args):
    warnings.warn(
        "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch "
        "release. Use torch.scatter_reduce instead for more reduction options.", UserWarning, stacklevel=5)


def no_derivative(grad):
    raise RuntimeError("derivative for aten::scatter is not implemented")


write("scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor", kernel.scatter_combined,
    write=kernel.scatter_combined_into, check=check_combined, jvp=None, grad_fn="torch::autograd::NotImplemented",
    self = no_derivative,
    src  = no_derivative)

write("scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
    kernel.scatter_combined, write=kernel.scatter_combined_into, jvp=None, grad_fn="torch::autograd::NotImplemented",
    self = no_derivative)

write("scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", kernel.scatter_add,
    write=kernel.scatter_add_into, jvp="linear",
    self = lambda grad:             grad,
    src  = lambda grad, dim, index: F.gather(grad, dim, index))

write("scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
    kernel.scatter_reduce, write=kernel.scatter_reduce_into, jvp=scatter_reduce_jvp,
    check=no_complex_derivative("scatter_reduce"),
    joint=(("self", "src"), scatter_reduce_backward))


def take_along_dim(self, indices, dim):
    """An index beyond the dimension, on either side, starts over in it, unless all are counted as one."""
    if dim is None:
        return F.gather(F.view(self, (-1,)), 0, F.view(indices, (-1,)))
    ndim = self._array.ndim
    if ndim != indices._array.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{ndim} dimensions for input, and {indices._array.ndim} dimensions for indices")
    if indices._dtype is not dtypes.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {indices._dtype.legacy}")
    shape = kernel.broadcast_except(self._array.shape, indices._array.shape, dim)
    own = list(self._array.shape)
    dim = dim % max(ndim, 1)
    source = F.expand(self, [own[at] if at == dim else shape[at] for at in range(ndim)])
    length = indices._array.shape[dim]
    places = F.expand(indices, [length if at == dim else shape[at] for at in range(ndim)])
    return F.gather(source, dim, F.remainder(places, own[dim]))


op("take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor", composite=take_along_dim)

# Along a dimension, an index for each slice ---------------------------------------------------------------

pick("index_select(Tensor self, int dim, Tensor index) -> Tensor", kernel.index_select,
    self = lambda grad, self_sym_sizes, dim, index: F.index_select_backward(grad, self_sym_sizes, dim, index))

write("index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor", kernel.index_add,
    write=kernel.index_add_into,
    jvp=index_add_jvp,
    self   = lambda grad: grad,
    source = lambda grad, dim, index, source, source_dim, alpha:
        index_add_source(grad, dim, index, source, source_dim, alpha))

write("index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
    kernel.index_reduce, write=kernel.index_reduce_into, jvp=None,
    joint=(("self", "source"), index_reduce_backward))

write("index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor", kernel.index_copy,
    write=kernel.index_copy_into,
    self   = lambda grad, dim, index: F.index_fill(grad, dim, index, 0),
    source = lambda grad, dim, index, source, source_dim: selected_slices(grad, dim, index, source, source_dim))

write("index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", kernel.index_fill,
    write=kernel.index_fill_into, below=written_copy("index_fill"),
    self = lambda grad, dim, index: F.index_fill(grad, dim, index, 0))

write("index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor", kernel.index_fill,
    write=kernel.index_fill_into, grad_fn="IndexFillBackward1",
    self  = lambda grad, dim, index: F.index_fill(grad, dim, index, 0),
    value = lambda grad, dim, index: F.sum(F.index_select(grad, dim, F._distinct(index))))

op("_distinct(Tensor self) -> Tensor", kernel.distinct, variants="internal")

# By number, as if the tensor were one list ----------------------------------------------------------------

pick("take(Tensor self, Tensor index) -> Tensor", kernel.take,
    self = lambda grad, self, index: take_backward(grad, self, index))

write("put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor", kernel.put,
    write=kernel.put_into, below=written_copy("put"),
    self   = lambda grad, index, source_info, accumulate:
        grad if accumulate else F.put(grad, index, F.zeros(source_info[0], **options_of(grad)), False),
    source = lambda grad, index, source: F.reshape_as(F.take(grad, index), source))

# Where a mask is set --------------------------------------------------------------------------------------

write("masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor", kernel.masked_fill,
    write=kernel.masked_fill_into, below=written_copy("masked_fill", True),
    self = lambda grad, mask: F.masked_fill(grad, mask, 0))

write("masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor", kernel.masked_fill, strict=True,
    write=kernel.masked_fill_into, grad_fn="MaskedFillBackward1",
    self  = lambda grad, mask: F.masked_fill(grad, mask, 0),
    value = lambda grad, mask: F.sum(F.masked_select(grad, mask)))

pick("masked_select(Tensor self, Tensor mask) -> Tensor", kernel.masked_select,
    self = lambda grad, self, mask: F.masked_select_backward(grad, self, mask))


def check_mask(self, mask, source):
    if mask._dtype is dtypes.uint8:
        warnings.warn(
            "masked_scatter_ received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask "
            "with dtype torch.bool instead.", UserWarning, stacklevel=5)


def check_mask_in_place(self, mask, source):
    check_mask(self, mask, source)
    shape, wanted = list(mask._array.shape), list(self._array.shape)
    if len(shape) > len(wanted):
        raise RuntimeError(
            f"expand(CPU{mask._dtype.legacy}Type{{{shape}}}, size={wanted}): the number of sizes provided ({len(wanted)}) "
            f"must be greater or equal to the number of dimensions in the tensor ({len(shape)})")


for where in ({"check": check_mask, "in_place": False}, {"check": check_mask_in_place, "variants": "in place"}):
    write("masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor", kernel.masked_scatter, **where,
        write=kernel.masked_scatter_into, below=written_copy("masked_scatter", True),
        self   = lambda grad, mask: F.masked_fill(grad, mask, 0),
        source = lambda grad, mask, source_sym_sizes: F.masked_scatter_backward(grad, mask, source_sym_sizes))

def masked_scatter_backward_jvp(grad_output_t, mask, sizes):
    """In torch the tangent has the size of the gradient, which the source has to have then."""
    given = grad_output_t._array.shape
    if given != tuple(sizes):
        raise errors.tangent_of_another_size(tuple(sizes), given)
    return F.masked_scatter_backward(grad_output_t, mask, sizes)


pick("masked_scatter_backward(Tensor grad_output, Tensor mask, SymInt[] sizes) -> Tensor", kernel.masked_scatter_backward,
    variants="internal",
    jvp=masked_scatter_backward_jvp,
    grad_output = lambda grad, grad_output_geometry, mask: F.masked_scatter(
        F.zeros(grad_output_geometry[0], **options_of(grad)), mask, grad))

# Places of what is not zero -------------------------------------------------------------------------------

op("_nonzero(Tensor self) -> Tensor", kernel.nonzero, dtype=as_is, variants="internal")
op("nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor", kernel.nonzero_static, dtype=as_is)


def nonzero(self, as_tuple=False):
    if not as_tuple:
        return F._nonzero(self)
    return F.unbind(F._nonzero(F.unsqueeze(self, 0) if self._array.ndim == 0 else self), 1)


op("nonzero(Tensor self, *, bool as_tuple=False) -> Tensor", composite=nonzero)
op("argwhere(Tensor self) -> Tensor", composite=lambda self: F._nonzero(self))

# The gradient of a product with several zeros in one place, which torch has no gradient of.
for name, src in (("scatter_reduce", "src"), ("index_reduce", "source")):
    op(f"_{name}_of_zeros(Tensor self) -> Tensor", lambda self: self, variants="internal",
        grad_fn="torch::autograd::Error", self=refuse_second_derivative(name, src))
