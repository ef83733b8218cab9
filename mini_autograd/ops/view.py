"""Views of a whole tensor: in other shapes, orders of dimensions and strides; and reshape, which may copy."""

import warnings
from functools import partial

from mini_autograd import dtypes
from mini_autograd.backward.view import as_strided_backward, permute_backward, unsqueeze_to
from mini_autograd.graph import modes
from mini_autograd.graph.engine import sum_to
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel, kernels_of
from mini_autograd.layouts import contiguous_format
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.inplace_view import inplace_view
from mini_autograd.op.recorded import record
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.view_copy import view_and_copy
from mini_autograd.tensor import CONJ, NEG, Version, alias_of, metadata_of, storage_offset

view = partial(view_and_copy, jvp="linear")
plain = family(dtype=as_is, jvp="linear")


def composite(schema, function, variants="function method"):
    """A view made of other views."""
    op(schema, composite=function, variants=variants)


# Shape ----------------------------------------------------------------------------------------------------

view("view(Tensor(a) self, SymInt[] size) -> Tensor(a)", kernel.view, variants="method",
    self = lambda grad, self_sym_sizes: F.reshape(grad, self_sym_sizes))


def view_dtype(self, dtype):
    """The bytes are shared, and counted when written; of the graph torch knows nothing here, nor outside of inference
    mode of inference tensors."""
    if self._marks & (CONJ | NEG):
        what = "conjugate view tensors" if self._marks & CONJ else "tensors with negative bit set"
        raise RuntimeError(f"torch.Tensor.view is not supported for {what} when converting to a different dtype.")
    seen = alias_of(self)
    if self._inference and not modes.current().inference:
        seen._inference, seen._counter = False, Version()
    seen._array, seen._dtype = kernels_of(self._array).view_dtype(self._array, dtype), dtype
    return seen


composite("view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)", view_dtype, "method")
composite("view_copy.dtype(Tensor self, ScalarType dtype) -> Tensor",
    lambda self, dtype: F.clone(view_dtype(self, dtype)), "function")

plain("_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)", kernel.reshape_alias,
    variants="internal",
    self = lambda grad, self_sym_sizes: F.reshape(grad, self_sym_sizes))

plain("_unsafe_view(Tensor self, SymInt[] size) -> Tensor", kernel.view, variants="internal",
    self = lambda grad, self_sym_sizes: F.reshape(grad, self_sym_sizes))

view("alias(Tensor(a) self) -> Tensor(a)", kernel.alias, variants="internal", jvp=lambda self_t: self_t,
    self = lambda grad: grad)


def reshape(self, shape):
    array = self._array
    if array.flags.c_contiguous:
        return F.view(self, shape)
    size = kernel.infer_size(shape, array.size)
    strides = kernel.view_strides(array, size)
    if strides is None:
        return F._unsafe_view(F.clone(self, memory_format=contiguous_format), size)
    if modes.current().written is not None:  # torch sees writes from where it makes no such alias
        return F.view(self, size)
    return F._reshape_alias(self, size, [step // array.itemsize for step in strides])


def flatten(self, start_dim, end_dim):
    shape = self._array.shape
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape(self, (1,))
    if start == end:
        return self
    length = 1
    for size in shape[start : end + 1]:
        length *= size
    return reshape(self, (*shape[:start], length, *shape[end + 1 :]))


def unflatten(self, dim, sizes):
    shape = self._array.shape
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not shape:
        raise RuntimeError(f"unflatten got an unexpected error:\nDimension specified as {dim} but tensor has no dimensions")
    dim = wrap_dim(dim, len(shape))
    try:
        parts = kernel.infer_size(sizes, shape[dim])
    except RuntimeError as error:
        if "is invalid for input of size" not in str(error):
            raise RuntimeError(f"unflatten got an unexpected error:\n{error}") from None
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} ({shape[dim]}) in the "
            "input tensor"
        ) from None
    return F.view(self, (*shape[:dim], *parts, *shape[dim + 1 :]))


composite("reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)", reshape)
composite("reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)",
          lambda self, other: F.reshape(self, other._array.shape), "method")
composite("view_as(Tensor(a) self, Tensor other) -> Tensor(a)",
          lambda self, other: F.view(self, other._array.shape), "method")
composite("flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)", flatten)
composite("unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)", unflatten)
composite("ravel(Tensor(a) self) -> Tensor(a)", lambda self: F.view(F.contiguous(self), (-1,)))

# Expansion ------------------------------------------------------------------------------------------------

view("expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)", kernel.expand, variants="method",
    self = lambda grad, self_sym_sizes: sum_to(grad, self_sym_sizes))

composite("expand_as(Tensor(a) self, Tensor other) -> Tensor(a)",
          lambda self, other: F.expand(self, other._array.shape), "method")
composite("broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)", lambda self, size: F.expand(self, size))

# Order of dimensions --------------------------------------------------------------------------------------

view("permute(Tensor(a) self, int[] dims) -> Tensor(a)", kernel.permute,
    self = lambda grad, dims: permute_backward(grad, dims))

view("transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", kernel.transpose,
    self = lambda grad, dim0, dim1: F.transpose(grad, dim0, dim1))

view("t(Tensor(a) self) -> Tensor(a)", kernel.t,
    self = lambda grad: F.t(grad))


def movedim(self, source, destination):
    if isinstance(source, int):
        source, destination = (source,), (destination,)
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(source)} dims) should contain the same number "
            f"of dims as destination ({list(destination)} dims)"
        )
    ndim = self._array.ndim
    wanted = {}
    wrapped = [[wrap_dim(dim, ndim) for dim in dims] for dims in (source, destination)]
    for name, dims, given in zip(("source", "destination"), wrapped, (source, destination), strict=True):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    if ndim == 0:
        return F.alias(self)
    wanted = dict(zip(wrapped[1], wrapped[0], strict=True))
    others = iter([dim for dim in range(ndim) if dim not in wrapped[0]])
    return F.permute(self, [wanted[dim] if dim in wanted else next(others) for dim in range(ndim)])


for name in ("movedim", "moveaxis"):
    composite(f"{name}.int(Tensor(a) self, int source, int destination) -> Tensor(a)", movedim)
    composite(f"{name}.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)", movedim)


def transpose(self, dim0, dim1):
    return F.transpose(self, dim0, dim1)


composite("swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)", transpose)
composite("swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", transpose)


def numpy_T(self):
    ndim = self._array.ndim
    if ndim == 0:
        warnings.warn(IDENTITY.format("Tensor.T"), UserWarning, stacklevel=4)
    elif ndim != 2:
        warnings.warn(REVERSAL, UserWarning, stacklevel=4)
    return F.permute(self, tuple(range(ndim - 1, -1, -1)))


def matrices_only(self, name):
    if self._array.ndim == 1:
        raise RuntimeError(f"{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")


def mT(self):
    matrices_only(self, "tensor.mT")
    if self._array.ndim == 0:
        warnings.warn(IDENTITY.format("Tensor.mT"), UserWarning, stacklevel=4)
        return self
    return F.transpose(self, -2, -1)


def adjoint_of(self, name, deprecated):
    """The conjugate transpose of the last two dimensions."""
    matrices_only(self, name)
    if self._array.ndim == 0:
        text = f"{deprecated} is deprecated on 0-D tensors. Consider using x.conj()."
        warnings.warn(text, UserWarning, stacklevel=5)
        return F.conj(self)
    return F.conj(F.transpose(self, -2, -1))


def matrix_H(self):
    ndim = self._array.ndim
    if ndim not in (0, 2):
        batch = " For batches of matrices, consider using tensor.mH" if ndim > 2 else ""
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{batch}")
    return adjoint_of(self, "tensor.H", "Tensor.H")


IDENTITY = "{} is deprecated on 0-D tensors. This function is the identity in these cases."
REVERSAL = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an "
    "error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - "
    "1, -1, -1))` to reverse the dimensions of a tensor."
)

composite("numpy_T(Tensor(a) self) -> Tensor(a)", numpy_T, "internal")
composite("mT(Tensor(a) self) -> Tensor(a)", mT, "internal")
composite("matrix_H(Tensor(a) self) -> Tensor(a)", matrix_H, "internal")
composite("mH(Tensor(a) self) -> Tensor(a)", lambda self: adjoint_of(self, "tensor.mH", "Tensor.mH"), "internal")
composite("adjoint(Tensor(a) self) -> Tensor(a)", lambda self: adjoint_of(self, "tensor.adjoint()", "adjoint()"))

# Dimensions of size 1 -------------------------------------------------------------------------------------

view("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)", kernel.unsqueeze,
    self = lambda grad, dim: F.squeeze(grad, dim))

view("squeeze(Tensor(a) self) -> Tensor(a)", kernel.squeeze,
    self = lambda grad, self_sym_sizes: unsqueeze_to(grad, self_sym_sizes))

view("squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)", kernel.squeeze_dim, grad_fn="SqueezeBackward1",
    self = lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, (dim,)))

view("squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)", kernel.squeeze_dims, grad_fn="SqueezeBackward2",
    self = lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))

# Any strides ----------------------------------------------------------------------------------------------

AS_STRIDED = view("as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
    kernel.as_strided,
    self = lambda grad, self_geometry, size, stride, storage_offset:
        as_strided_backward(grad, self_geometry, size, stride, storage_offset))

op("_places(Tensor self, SymInt[] size, SymInt[] stride, SymInt storage_offset) -> Tensor",
   kernel.strided_places,
   dtype=lambda self, size, stride, storage_offset: dtypes.int64, promoted=(), variants="internal")


def as_strided_node(view, base):
    """The node of a view of ``base`` that was written since it was made, as an ``as_strided`` of the base."""
    array = view._array
    stride = tuple([step // array.itemsize for step in array.strides])
    node = record(AS_STRIDED, [base, array.shape, stride, storage_offset(view)], False)
    node._outputs = (metadata_of(view),)
    return node


F.as_strided_node = as_strided_node  # type: ignore[attr-defined]

# In place -------------------------------------------------------------------------------------------------

inplace_view("t_(Tensor(a!) self) -> Tensor(a!)", kernel.t_in_place, "TBackward1",
    self = lambda grad: F.t(grad))

inplace_view("transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)", kernel.transpose, "TransposeBackward1",
    self = lambda grad, dim0, dim1: F.transpose(grad, dim0, dim1))

inplace_view("unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)", kernel.unsqueeze, "UnsqueezeBackward1",
    self = lambda grad, dim: F.squeeze(grad, dim))

inplace_view("squeeze_(Tensor(a!) self) -> Tensor(a!)", kernel.squeeze, "SqueezeBackward3",
    self = lambda grad, self_sym_sizes: unsqueeze_to(grad, self_sym_sizes))

inplace_view("squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)", kernel.squeeze_dim, "SqueezeBackward4",
    self = lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, (dim,)))

inplace_view("squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)", kernel.squeeze_dims, "SqueezeBackward5",
    self = lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))

inplace_view("as_strided_(Tensor(a!) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a!)",
    kernel.as_strided, "AsStridedBackward1",
    self = lambda grad, self_geometry, size, stride, storage_offset:
        as_strided_backward(grad, self_geometry, size, stride, storage_offset))

composite("swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)",
          lambda self, axis0, axis1: F.transpose_(self, axis0, axis1), "method")
composite("swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
          lambda self, dim0, dim1: F.transpose_(self, dim0, dim1), "method")
