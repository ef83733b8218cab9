"""Elements and memory of a tensor with bits, which differ: see NOTE [Bits]."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.dtypes import BOOL
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.row import Op
from mini_autograd.tensor import BITS, CONJ, NEG, TensorBase, wrap


def elements_of(tensor: TensorBase) -> Any:
    """An array with the elements as they are meant: the tensor's own where it has no bits."""
    if not tensor._marks & BITS:
        return tensor._array
    array = kernel.clone(tensor._array)
    turn(tensor, array)
    return array


def write_elements(tensor: TensorBase, array: Any) -> None:
    """Write the elements of ``array`` over those of the tensor, which has its shape and dtype."""
    tensor._array[...] = array
    turn(tensor, tensor._array)


def turn(tensor: TensorBase, array: Any) -> None:
    """Make elements of what the memory of ``tensor`` holds, or the other way round, in place."""
    if tensor._marks & CONJ:
        kernel.conjugate_into(array)
    if tensor._marks & NEG:
        if tensor._dtype.category == BOOL:
            raise errors.not_implemented("neg_cpu", tensor._dtype)
        kernel.negate_into(array)


def put_off_conjugation(tensor: TensorBase) -> None:
    """Let the memory, which is the tensor's own, hold the conjugates of its elements."""
    kernel.conjugate_into(tensor._array)
    tensor._marks |= CONJ


def resolved(tensor: TensorBase) -> TensorBase:
    """A copy without bits and without history; the tensor itself where it has none."""
    return wrap(elements_of(tensor), tensor._dtype) if tensor._marks & BITS else tensor


def resolve_arguments(op: Op, args: list) -> list:
    """The arguments with copies for the tensors that have bits."""
    args = args[:]
    for position in op.tensors:
        value = args[position]
        if isinstance(value, TensorBase):
            args[position] = resolved(value)
        elif value is not None:
            args[position] = [None if one is None else resolved(one) for one in value]
    return args
