"""Tensors joined, repeated, turned and cut to triangles."""

import warnings

from mini_autograd import dtypes, errors
from mini_autograd.backward.join import (
    block_diag_backward,
    cat_backward,
    repeat_backward,
    stack_backward,
    trace_backward,
)
from mini_autograd.backward.writing import zeros
from mini_autograd.dtypes import DEFAULT
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.layouts import contiguous_format
from mini_autograd.op.declare import family, op, promote
from mini_autograd.op.rules import result_type, wrap_dim
from mini_autograd.ops.unrecorded import part_of, untracked
from mini_autograd.tensor import metadata_of, requires_grad

join = family(dtype=promote, opmath=False, jvp="linear", variants="function")
turn = family(opmath=False, jvp="linear")


def composite(schema, function, variants="function", aliases=()):
    op(schema, composite=function, variants=variants, aliases=aliases)


# Joining --------------------------------------------------------------------------------------------------


def check_cat(tensors, dim):
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")


def check_stack(tensors, dim):
    nonempty(tensors, "stack")


def nonempty(tensors, name):
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")


join("cat(Tensor[] tensors, int dim=0) -> Tensor", kernel.cat, check=check_cat, aliases=("concat", "concatenate"),
    tensors = lambda grad, tensors_info, dim: cat_backward(grad, tensors_info, dim))

def stack_below(tensors, dim):
    """torch joins along the dimension that there is, of which it gives a view."""
    made = F.stack([untracked(one) for one in tensors], dim)
    shape = made._array.shape
    dim = dim % len(shape)
    if dim == len(shape) - 1:
        return made
    return part_of(made, (*shape[:dim], shape[dim] * shape[dim + 1], *shape[dim + 2 :]))


join("stack(Tensor[] tensors, int dim=0) -> Tensor", kernel.stack, check=check_stack, below=stack_below,
    always_below=True,
    tensors = lambda grad, tensors_info, dim: stack_backward(grad, tensors_info, dim))


def check_blocks(tensors):
    for index, tensor in enumerate(tensors):
        if tensor._array.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {index} has "
                f"{tensor._array.ndim} dimensions"
            )


def written_blocks(tensors):
    """The same, of zeros over which they are written."""
    whole = zeros(*metadata_of(F.block_diag([F.detach(tensor) for tensor in tensors])))
    row = column = 0
    for block in map(F.atleast_2d, tensors):
        rows, columns = block._array.shape
        F.copy_(F.slice(F.slice(whole, 0, row, row + rows), 1, column, column + columns), block)
        row, column = row + rows, column + columns
    return whole


join("block_diag(Tensor[] tensors) -> Tensor", kernel.block_diag, check=check_blocks, below=written_blocks,
    dtype=lambda tensors: result_type(tensors) if tensors else DEFAULT.float, variants="internal",
    tensors = lambda grad, tensors_sym_sizes: block_diag_backward(grad, tensors_sym_sizes))


def at_least(ndim):
    def raised(self):
        shape = self._array.shape
        if len(shape) >= ndim:
            return self
        if not shape:
            return F.reshape(self, (1,) * ndim)
        if ndim == 3 and len(shape) == 1:
            return F.unsqueeze(F.unsqueeze(self, 0), -1)
        return F.unsqueeze(self, 0 if ndim == 2 else -1)

    return raised


for ndim in (1, 2, 3):
    one = at_least(ndim)
    composite(f"atleast_{ndim}d(Tensor self) -> Tensor", one, "internal")
    composite(f"atleast_{ndim}d.Sequence(Tensor[] tensors) -> Tensor[]",
              lambda tensors, one=one: tuple([one(tensor) for tensor in tensors]), "internal")


def hstack(tensors):
    nonempty(tensors, "hstack")
    raised = F.atleast_1d(tensors)
    return F.cat(raised, 0 if raised[0]._array.ndim == 1 else 1)


def vstack(tensors):
    nonempty(tensors, "vstack")
    return F.cat(F.atleast_2d(tensors), 0)


def dstack(tensors):
    nonempty(tensors, "dstack")
    return F.cat(F.atleast_3d(tensors), 2)


def column_stack(tensors):
    nonempty(tensors, "column_stack")
    columns = [F.reshape(one, (one._array.size, 1)) if one._array.ndim <= 1 else one for one in tensors]
    return F.cat(columns, 1)


composite("hstack(Tensor[] tensors) -> Tensor", hstack)
composite("vstack(Tensor[] tensors) -> Tensor", vstack, aliases=("row_stack",))
composite("dstack(Tensor[] tensors) -> Tensor", dstack)
composite("column_stack(Tensor[] tensors) -> Tensor", column_stack)

# Order along dimensions -----------------------------------------------------------------------------------


def flip_below(self, dims):
    """torch copies what stays as it is, which is recorded."""
    turned = F.flip(F.detach(self), dims)
    shape = self._array.shape
    stays = not shape or 0 in shape or all(shape[dim] == 1 for dim in dims)
    return F.clone(self) if stays else turned


def roll_below(self, shifts, dims):
    """The same of what is empty; what is rolled along one dimension after the other is recorded from the second on, and
    along none it is a view of all in a row."""
    if not dims:
        return part_of(F.roll(untracked(self), shifts, dims), (-1,))
    if self._array.size or not (requires_grad(self) and modes.current().grad):
        return F.roll(untracked(self), shifts, dims)
    first = F.clone(self)
    return F.roll(first, shifts[1:], dims[1:]) if len(dims) > 1 else first


def rot90_below(self, k, dims):
    """torch flips, and then transposes the result."""
    F.rot90(F.detach(self), k, dims)  # which checks them
    if k % 4 == 0:
        return F.clone(self)
    if k % 4 == 2:
        return F.flip(self, dims)
    return F.transpose_(F.flip(self, (dims[k % 4 == 1],)), dims[0], dims[1])


turn("flip(Tensor self, int[] dims) -> Tensor", kernel.flip, below=flip_below,
    self = lambda grad, dims: F.flip(grad, dims))

turn("roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor", kernel.roll, below=roll_below, always_below=True,
    self = lambda grad, shifts, dims: F.roll(grad, [-shift for shift in shifts[::-1]], dims[::-1]))

turn("rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor", kernel.rot90, below=rot90_below,
    grad_fn="Rot90Backward0",
    self = lambda grad, k, dims: F.rot90(grad, -k, dims))


def flip_one(ndim, dim):
    def flipped(self):
        if self._array.ndim < ndim:
            raise RuntimeError(f"Input must be >= {ndim}-d.")
        return F.flip(self, (dim,))

    return flipped


composite("fliplr(Tensor self) -> Tensor", flip_one(2, 1), "function method")
composite("flipud(Tensor self) -> Tensor", flip_one(1, 0), "function method")

# Repetition -----------------------------------------------------------------------------------------------

def repeat_below(self, repeats):
    made = F.repeat(untracked(self), repeats)
    return part_of(made, made._array.shape, 1)


turn("repeat(Tensor self, SymInt[] repeats) -> Tensor", kernel.repeat, variants="method", below=repeat_below,
    always_below=True,
    self = lambda grad, self_sym_sizes, repeats: repeat_backward(grad, self_sym_sizes, repeats))

op("_repeat_counts(Tensor repeats, *, SymInt? output_size=None) -> Tensor", kernel.repeat_counts, variants="internal")

composite("tile(Tensor self, SymInt[] dims) -> Tensor",
          lambda self, dims: F.repeat(self, (1,) * (self._array.ndim - len(dims)) + tuple(dims)), "function method")


def repeat_counts(repeats, output_size):
    if repeats._dtype not in (dtypes.int64, dtypes.int32):
        raise errors.not_implemented("repeat_interleave_cpu", repeats._dtype)
    counts = F._repeat_counts(repeats)
    if output_size is not None and output_size != counts._array.size:
        raise RuntimeError("allocated size does not match required size")
    return counts


def repeat_by_tensor(self, repeats, dim, output_size):
    source = F.flatten(self) if dim is None else self
    dim = 0 if dim is None else dim
    size = source._array.shape[wrap_dim(dim, source._array.ndim)] if source._array.ndim else 1
    if repeats._array.ndim == 0 or repeats._array.shape == (1,):
        repeats = F.expand(F.reshape(repeats, (1,)), (size,))
    elif repeats._array.ndim != 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    elif repeats._array.shape[0] != size:
        raise RuntimeError(
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats._array.shape[0]} and "
            f"input.size({dim}) = {size}"
        )
    return F.index_select(source, dim, repeat_counts(repeats, output_size))


def repeat_by_number(self, repeats, dim, output_size):
    source = F.flatten(self) if dim is None else self
    shape = source._array.shape
    if not shape:
        raise errors.dim_out_of_range(dim + 1, 0)
    dim = wrap_dim(0 if dim is None else dim, len(shape))
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    length = shape[dim] * repeats
    if output_size is not None and output_size != length:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {length} but got {output_size}")
    between = F.expand(F.unsqueeze(source, dim + 1), (*shape[: dim + 1], repeats, *shape[dim + 1 :]))
    return F.flatten(F.clone(between, memory_format=contiguous_format), dim, dim + 1)


op("repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor", composite=repeat_counts,
   variants="function")
op("repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
   composite=repeat_by_tensor)
op("repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
   composite=repeat_by_number)

# Triangles and diagonals ----------------------------------------------------------------------------------

turn("tril(Tensor self, SymInt diagonal=0) -> Tensor", kernel.tril, in_place=True,
    self = lambda grad, diagonal: F.tril(grad, diagonal))

turn("triu(Tensor self, SymInt diagonal=0) -> Tensor", kernel.triu, in_place=True,
    self = lambda grad, diagonal: F.triu(grad, diagonal))

def written_diagonal(self, *where):
    """The same, of zeros over whose diagonal it is written."""
    whole = zeros(*metadata_of(F.diag_embed(F.detach(self), *where)))
    F.copy_(F.diagonal(whole, *where), self)
    return whole


turn("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor", kernel.diag_embed, below=written_diagonal,
    self = lambda grad, offset, dim1, dim2: F.diagonal(grad, offset, dim1, dim2))


def diag(self, diagonal):
    ndim = self._array.ndim
    if ndim == 1:
        return F.diag_embed(self, diagonal)
    if ndim == 2:
        return F.diagonal_copy(self, diagonal)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")


composite("diag(Tensor self, int diagonal=0) -> Tensor", diag, "function method")
composite("diagflat(Tensor self, int offset=0) -> Tensor",
          lambda self, offset: F.diag(F.view(F.contiguous(self), (-1,)), offset), "function method")


def trace_dtype(self):
    if self._dtype is dtypes.bool:
        raise errors.not_implemented("trace", dtypes.bool)
    return self._dtype if self._dtype.category >= dtypes.FLOAT else dtypes.int64


op("trace(Tensor self) -> Tensor", kernel.trace, dtype=trace_dtype, jvp="linear",
    self = lambda grad, self_sym_sizes: trace_backward(grad, self_sym_sizes))



def broadcast_tensors(tensors):
    """Each expanded to the common shape; one that has it is returned itself."""
    shape = ()
    for tensor in tensors:
        shape = kernel.shape_together(shape, tensor._array.shape)
    return tuple([one if one._array.shape == shape else F.expand(one, shape) for one in tensors])


composite("broadcast_tensors(Tensor[] tensors) -> Tensor[]", broadcast_tensors, "internal")

# Grids ----------------------------------------------------------------------------------------------------


def meshgrid(tensors, indexing=None):
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.", UserWarning,
            stacklevel=4,
        )
    nonempty(tensors, "meshgrid")
    check_axes(tensors)
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    order = list(range(len(tensors)))
    if indexing == "xy" and len(tensors) > 1:
        order[0], order[1] = 1, 0
    shape = [1] * len(tensors)
    for tensor, place in zip(tensors, order, strict=True):
        shape[place] = tensor._array.size
    grids = []
    for tensor, place in zip(tensors, order, strict=True):
        axis = [1] * len(tensors)
        axis[place] = -1
        grids.append(F.expand(F.view(tensor, axis), shape))
    return tuple(grids)


def check_axes(tensors):
    for tensor in tensors:
        if tensor._array.ndim > 1:
            sizes = ",".join(map(str, tensor._array.shape))
            raise RuntimeError(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: "
                f"[ torch.{tensor._dtype.legacy}Tensor{{{sizes}}} ]"
            )
    if len({tensor._dtype for tensor in tensors}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")


def check_vector(tensor):
    if tensor._array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor._array.shape)}")


def cartesian_prod(tensors):
    for tensor in tensors:
        check_vector(tensor)
    if len(tensors) == 1:
        return tensors[0]
    return F.stack([F.flatten(grid) for grid in meshgrid(tensors, "ij")], 1)


def combinations(self, r, with_replacement):
    check_vector(self)
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return F.zeros((0,), **options_of(self))
    grids = meshgrid([self] * r, "ij")
    mask = F._increasing(self, r, with_replacement)
    return F.stack([F.masked_select(grid, mask) for grid in grids], 1)


composite("meshgrid(Tensor[] tensors) -> Tensor[]", meshgrid, "internal")
composite("meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]", meshgrid, "internal")
composite("cartesian_prod(Tensor[] tensors) -> Tensor", cartesian_prod, "internal")
composite("combinations(Tensor input, int r=2, bool with_replacement=False) -> Tensor", combinations)
op("_increasing(Tensor self, int r, bool with_replacement) -> Tensor", kernel.increasing, result=dtypes.bool,
   variants="internal")
op("_int64_list(Tensor self, int[] values) -> Tensor", kernel.int64_list, result=dtypes.int64, variants="internal")


def kron(self, other):
    ndim = max(self._array.ndim, other._array.ndim)
    one, two = ((1,) * (ndim - array.ndim) + array.shape for array in (self._array, other._array))
    left = [part for size in one for part in (size, 1)]
    right = [part for size in two for part in (1, size)]
    product = F.mul(F._unsafe_view(self, left), F._unsafe_view(other, right))
    return F._unsafe_view(product, [a * b for a, b in zip(one, two, strict=True)])


composite("kron(Tensor self, Tensor other) -> Tensor", kron, "function method")
