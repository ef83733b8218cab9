"""Views of a part of a tensor, lists of parts, and tensors with a part replaced."""

from functools import partial
from itertools import pairwise

from mini_autograd.backward.view import (
    as_strided_scatter_backward,
    parts_of,
    slice_backward,
    split_backward,
    unbind_backward,
)
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import no_complex_derivative
from mini_autograd.op.view_copy import view_and_copy
from mini_autograd.ops.unrecorded import written_part

view = partial(view_and_copy, jvp="linear")
part = family(opmath=False, jvp="linear")
internal = family(opmath=False, jvp="linear", variants="internal")

# One part -------------------------------------------------------------------------------------------------

view("select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)", kernel.select, copy_of_complex=False,
    self = lambda grad, self_sym_sizes, dim, index: F.select_backward(grad, self_sym_sizes, dim, index))

view("slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
    kernel.slice_tensor, variants="internal", copy_of_complex=False,
    self = lambda grad, self_sym_sizes, dim, start, end, step:
        slice_backward(grad, self_sym_sizes, dim, start, end, step))

view("diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)", kernel.diagonal,
    self = lambda grad, self_sym_sizes, offset, dim1, dim2:
        F.diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2))

view("unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)", kernel.unfold, variants="method",
    self = lambda grad, self_sym_sizes, dimension, size, step:
        F.unfold_backward(grad, self_sym_sizes, dimension, size, step))

internal("select_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt index) -> Tensor",
    kernel.select_backward,
    grad_output = lambda grad, dim, index: F.select(grad, dim, index))

internal("slice_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt start, SymInt end, SymInt step) -> Tensor",
    kernel.slice_backward,
    grad_output = lambda grad, dim, start, end, step: F.slice(grad, dim, start, end, step))

internal("diagonal_backward(Tensor grad_output, SymInt[] input_sizes, int offset, int dim1, int dim2) -> Tensor",
    kernel.diagonal_backward,
    grad_output = lambda grad, offset, dim1, dim2: F.diagonal(grad, offset, dim1, dim2))

internal("unfold_backward(Tensor grad_in, SymInt[] input_sizes, int dim, int size, int step) -> Tensor",
    kernel.unfold_backward,
    grad_in = lambda grad, dim, size, step: F.unfold(grad, dim, size, step))



def check_narrow(self, dim, start, length):
    shape = self._array.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if dim >= len(shape):
        raise RuntimeError(
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could this error message "
            "be improved?  If so, please report an enhancement request to PyTorch.)")
    size = shape[wrap_dim(dim, len(shape))]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")


part("narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor", kernel.narrow_copy, check=check_narrow,
    self = lambda grad, self_sym_sizes, dim, start, length:
        slice_backward(grad, self_sym_sizes, dim, start, start + length, 1))


def narrow(self, dim, start, length):
    shape = self._array.shape
    if not isinstance(start, int):
        if start._array.ndim != 0 or start._dtype.category > 1 or start._dtype.name == "bool":
            raise RuntimeError("start must be an 0-dim integral Tensor.")
        start = int(start.item())
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    size = shape[wrap_dim(dim, len(shape))]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return F.slice(self, dim, start, start + length, 1)


op("narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)", composite=narrow)
op("narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)", composite=narrow)

# Lists of parts -------------------------------------------------------------------------------------------

view("split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]", kernel.split,
    self = lambda grads, self_sym_sizes, split_size, dim: split_backward(
        grads, self_sym_sizes, parts_of(self_sym_sizes[dim], split_size), dim))

view("split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]", kernel.split_with_sizes,
    self = lambda grads, self_sym_sizes, split_sizes, dim: split_backward(grads, self_sym_sizes, split_sizes, dim))

view("unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]", kernel.unbind,
    self = lambda grads, dim: unbind_backward(grads, dim))

part("unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]", kernel.split,
    self = lambda grads, self_sym_sizes, split_size, dim: split_backward(
        grads, self_sym_sizes, parts_of(self_sym_sizes[dim], split_size), dim))

part("unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]", kernel.split_with_sizes,
    self = lambda grads, self_sym_sizes, split_sizes, dim: split_backward(grads, self_sym_sizes, split_sizes, dim))


def chunk(self, chunks, dim, unsafe=False):
    shape = self._array.shape
    if not shape:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = shape[wrap_dim(dim, len(shape))]
    length = -(-size // chunks)
    if length == 0:
        return (F.unsafe_split_with_sizes if unsafe else F.split_with_sizes)(self, (0,) * chunks, dim)
    return (F.unsafe_split if unsafe else F.split)(self, length, dim)


def tensor_split(self, sections, dim):
    """At the given places, or in so many parts of nearly equal size, the longer ones first."""
    shape = self._array.shape
    if not shape:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = wrap_dim(dim, len(shape))
    size = shape[dim]
    if isinstance(sections, int):
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        length, longer = divmod(size, sections)
        bounds = [index * length + min(index, longer) for index in range(sections + 1)]
    else:
        bounds = [0, *sections, size]
    return tuple([F.slice(self, dim, start, end, 1) for start, end in pairwise(bounds)])


def tensor_split_at(self, where, dim):
    if where._dtype.name != "int64":
        raise RuntimeError(
            f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {where._dtype.legacy}"
        )
    if where._array.ndim > 1:
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but "
            f"got a tensor with {where._array.ndim} dims"
        )
    return tensor_split(self, where.tolist(), dim)


def split_along(name, at_least, dim):
    """``hsplit`` and its like: along a fixed dimension, in parts of equal size or at the given places."""

    def run(self, sections):
        shape = self._array.shape
        if len(shape) < at_least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {at_least} dimension, but got a tensor with {len(shape)} "
                "dimensions!"
            )
        along = 0 if len(shape) == 1 else dim
        if isinstance(sections, int) and (sections == 0 or shape[along] % sections):
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {along}, but the size of the dimension {shape[along]} "
                f"is not divisible by the split_size {sections}!"
            )
        return tensor_split(self, sections, along)

    return run


op("split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]",
   composite=lambda self, split_size, dim: F.split_with_sizes(self, split_size, dim))
op("chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]", composite=chunk)
op("unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]",
   composite=lambda self, chunks, dim: chunk(self, chunks, dim, unsafe=True))
op("tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]", composite=tensor_split)
op("tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]", composite=tensor_split)
op("tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) "
   "-> Tensor(a)[]", composite=tensor_split_at)

for name, at_least, dim in (("hsplit", 1, 1), ("vsplit", 2, 0), ("dsplit", 3, 2)):
    run = split_along(name, at_least, dim)
    op(f"{name}.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", composite=run)
    op(f"{name}.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", composite=run)

# A part replaced ------------------------------------------------------------------------------------------

part("select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor", kernel.select_scatter,
    below=written_part("select_scatter"), always_below=True,
    check=no_complex_derivative("select_scatter"),
    self = lambda grad, dim, index: F.select_scatter(grad, F.zeros_like(F.select(grad, dim, index)), dim, index),
    src  = lambda grad, dim, index: F.select(grad, dim, index))

part("slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor",
    kernel.slice_scatter,
    below=written_part("slice_scatter"), always_below=True, check=no_complex_derivative("slice_scatter"),
    self = lambda grad, dim, start, end, step: F.slice_scatter(
        grad, F.zeros_like(F.slice(grad, dim, start, end, step)), dim, start, end, step),
    src  = lambda grad, dim, start, end, step: F.slice(grad, dim, start, end, step))

part("as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor",
    kernel.as_strided_scatter, below=written_part("as_strided_scatter"), always_below=True,
    self = lambda grad, self_geometry, size, stride, storage_offset:
        as_strided_scatter_backward(grad, self_geometry, size, stride, storage_offset),
    src  = lambda grad, size, stride, storage_offset: F.as_strided(F.contiguous(grad), size, stride, storage_offset))

part("diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor", kernel.diagonal_scatter,
    below=written_part("diagonal_scatter"), always_below=True,
    self = lambda grad, offset, dim1, dim2: F.diagonal_scatter(
        grad, F.zeros_like(F.diagonal(grad, offset, dim1, dim2)), offset, dim1, dim2),
    src  = lambda grad, offset, dim1, dim2: F.diagonal(grad, offset, dim1, dim2))
