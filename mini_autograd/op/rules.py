"""The dtype that an operation on several tensors computes in, and the checks that rows share.

See https://pytorch.org/docs/stable/tensor_attributes.html, "Type promotion".
"""

from __future__ import annotations

from mini_autograd import dtypes, errors
from mini_autograd.dtypes import BOOL, COMPLEX, DEFAULT, FLOAT, dtype, promote_types
from mini_autograd.graph import modes
from mini_autograd.op.row import Op
from mini_autograd.tensor import WRAPPED, TensorBase, requires_grad
from mini_autograd.warning import warn_discarded


def result_type(tensors: list) -> dtype:
    """The type torch computes in: tensors with dimensions decide, then 0-d ones, then Python numbers."""
    ranked: list[dtype | None] = [None, None, None]
    for tensor in tensors:
        kind = tensor._dtype
        if tensor._marks & WRAPPED:
            rank = 2
            if kind.category == FLOAT:
                kind = DEFAULT.float
            elif kind.category == COMPLEX:
                kind = DEFAULT.complex
        else:
            rank = 0 if tensor._array.ndim else 1
        held = ranked[rank]
        ranked[rank] = kind if held is None else promote_types(held, kind)
    result = _combine(ranked[0], _combine(ranked[1], ranked[2]))
    assert result is not None
    return result


def _combine(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """The type of a category that outranks another: it gives way only to a higher kind of number."""
    if higher is None or lower is None:
        return lower if higher is None else higher
    if higher.category == COMPLEX:
        return higher
    if higher.category == FLOAT:
        return higher.to_complex() if lower.category == COMPLEX else higher
    if higher.category == BOOL or lower.category >= FLOAT:
        return promote_types(higher, lower)
    return higher


def to_float(kind: dtype) -> dtype:
    """``kind``, or the default floating type for integers and bool."""
    return kind if kind.category >= FLOAT else DEFAULT.float


def accumulating(self: TensorBase, dtype: dtype | None) -> dtype:
    """The type of sums and products: the one asked for, int64 for integers and bool, else the tensor's own."""
    if dtype is not None:
        recorded = modes.current().grad and not self._inference
        if dtype.category < FLOAT and recorded and requires_grad(self):
            warn_discarded(self._dtype, dtype, self._array.size)
            raise RuntimeError(f"Autograd not support dtype: {dtype.legacy}")
        return dtype
    return self._dtype if self._dtype.category >= FLOAT else dtypes.int64


def check_broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all broadcast to; RuntimeError naming the last dimension that keeps them from it."""
    known: list[int] = []
    for shape in shapes:
        ndim = max(len(known), len(shape))
        left = [1] * (ndim - len(known)) + known
        right = [1] * (ndim - len(shape)) + list(shape)
        for dim in range(ndim - 1, -1, -1):
            if left[dim] != right[dim] and left[dim] != 1 and right[dim] != 1:
                raise errors.no_broadcast(left[dim], right[dim], dim)
        known = [two if one == 1 else one for one, two in zip(left, right, strict=True)]
    return tuple(known)


def wrap_dim(dim: int, ndim: int) -> int:
    """``dim`` counted from the front; IndexError when there is no such dimension."""
    bound = max(ndim, 1)
    if not -bound <= dim < bound:
        raise errors.dim_out_of_range(dim, ndim)
    return dim % bound


def wrap_dims(dims: tuple | list | int | None, ndim: int) -> tuple[int, ...]:
    """Every dimension counted from the front; all of them for None and for an empty list."""
    if dims is None:
        return tuple(range(ndim))
    if isinstance(dims, int):
        dims = (dims,)
    if len(dims) == 0:
        return tuple(range(ndim))
    wrapped = tuple([wrap_dim(dim, ndim) for dim in dims])
    for dim in wrapped:
        if wrapped.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return wrapped


def check_cast(op: Op, args: list) -> None:
    """RuntimeError where the type that the arguments have together cannot be written over the first."""
    kind = result_type([args[position] for position in op.promoted if args[position] is not None])
    if not dtypes.can_cast(kind, args[0]._dtype):
        raise errors.cannot_cast(kind.legacy, args[0]._dtype.legacy)
