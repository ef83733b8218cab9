"""Elements and memory of a tensor with bits, which differ: see NOTE [Bits]."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.dtypes import BOOL, PYTHON_TYPES, dtype
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.by_array import clone, restrided
from mini_autograd.kernels.lookup import kernel, kernels_of, on_host
from mini_autograd.kernels.shared.arrangement import elementwise_strides, layout_of
from mini_autograd.op.cast import overwrite
from mini_autograd.op.row import Op
from mini_autograd.op.rules import result_type
from mini_autograd.op.support import keeping_floats, with_numbers
from mini_autograd.tensor import BITS, CONJ, NEG, WRAPPED, ZERO_BIT, TensorBase, wrap

IMMUTABLE = (
    "ZeroTensors are immutable. Please use the materialized zero tensor obtained using .clone() if you want a mutable "
    "tensor."
)


def elements_of(tensor: TensorBase) -> Any:
    """An array with the elements as they are meant: the tensor's own where it has no bits."""
    if not tensor._marks & BITS:
        return tensor._array
    array = clone(tensor._array)
    turn(tensor, array)
    return array


def write_elements(tensor: TensorBase, array: Any) -> None:
    """Write the elements of ``array`` over those of the tensor, which has its shape and dtype."""
    overwrite(tensor._array, array, tensor._dtype)
    turn(tensor, tensor._array)


def turn(tensor: TensorBase, array: Any) -> None:
    """Make elements of what the memory of ``tensor`` holds, or the other way round, in place."""
    if tensor._marks & CONJ:
        kernels_of(array).conjugate_into(array)
    if tensor._marks & NEG:
        if tensor._dtype.category == BOOL:
            raise errors.not_implemented("neg_cpu", tensor._dtype)
        kernels_of(array).negate_into(array)


def put_off(op: Op, args: list, output: TensorBase) -> None:
    """Give the result of ``args``, some of which have bits, the bit that the row says it has, and the elements that it
    means; its memory is its own."""
    bit = op.puts_off(*args)
    if bit == CONJ:
        kernels_of(output._array).conjugate_into(output._array)
    elif bit == ZERO_BIT:
        output._array = kernels_of(output._array).zeros(output._array.shape, output._dtype)
    elif op.name in ("add", "sub"):
        copy_beside_zeros(op, args, output)
    output._marks |= bit


def copy_beside_zeros(op: Op, args: list, output: TensorBase) -> None:
    """What zeros by a bit are added to, or taken from, is copied, the sign of its own zeros and all."""
    one, other, alpha = args
    kernel = kernels_of(output._array)
    if marks_of(other) & ZERO_BIT:
        kept = kernel.expand(beside(resolved(one)._array, output._array), output._array.shape)
        output._array = kernel.to_copy(kept, output._dtype)
    elif marks_of(one) & ZERO_BIT:
        kept = kernel.expand(beside(resolved(other)._array, output._array), output._array.shape)
        factor = -alpha if op.name == "sub" else alpha
        copied = kernel.to_copy(kept, output._dtype)
        output._array = copied if factor == 1 else scaled(copied, factor)


def beside(array: Any, other: Any) -> Any:
    """``array``, which may be a number of the host's, where ``other`` lies."""
    if on_host(other) or not on_host(array):
        return array
    return kernels_of(other).sent(array, other.device.id)


def scaled(array: Any, factor: complex) -> Any:
    """The product with a number, in its own memory, and with the strides that such a product has."""
    product = restrided(array, elementwise_strides(array.shape, [layout_of(array), ((), ())]))
    product[...] = kernels_of(array).mul_scalar(array, factor)
    return product


def check_mutable(tensor: TensorBase) -> None:
    """RuntimeError for what is zeros by a bit, and has no memory to write to."""
    if tensor._marks & ZERO_BIT:
        raise RuntimeError(IMMUTABLE)


def zeros_by_bit(like: TensorBase, dtype: Any = None) -> TensorBase:
    """Zeros in the shape of ``like`` that say so: NOTE [Zero tensors]."""
    zeros: Any = F.zeros(like._array.shape, **options_of(like, dtype))
    one = zeros
    one._marks |= ZERO_BIT
    while one._layered:
        one = one._value
        one._marks |= ZERO_BIT
    return zeros


def are_zeros(tensor: Any) -> bool:
    """Whether a tensor is zeros by a bit."""
    return bool(marks_of(tensor) & ZERO_BIT)


@keeping_floats
def type_of_scaled(self: TensorBase, other: complex) -> dtype:
    """The type of a product with a number, which beside zeros by a bit counts as a tensor of no dimensions: of those
    it widens the type, and decides it where the zeros are a number's."""
    if not self._marks & ZERO_BIT:
        return with_numbers(self, other)
    kind = PYTHON_TYPES[type(other)]
    return result_type([self, wrap(kernel.zeros((), kind), kind)])


def zero_if_any(self: Any, other: Any) -> int:
    """The bit of a product."""
    return (marks_of(self) | marks_of(other)) & ZERO_BIT


def zero_if_first(self: Any, other: Any) -> int:
    """The bit of a quotient."""
    return marks_of(self) & ZERO_BIT


def zero_if_both(self: Any, other: Any, alpha: complex) -> int:
    """The bit of a sum or difference."""
    return marks_of(self) & marks_of(other) & ZERO_BIT


def marks_of(value: Any) -> int:
    return value._marks if isinstance(value, TensorBase) else 0


def resolved(tensor: TensorBase) -> TensorBase:
    """A copy without bits and without history, of zeros one that is expanded; the tensor itself where it has none."""
    if tensor._marks & ZERO_BIT:
        kernel = kernels_of(tensor._array)
        zeros = wrap(kernel.expand(kernel.zeros((), tensor._dtype), tensor._array.shape), tensor._dtype)
        zeros._marks = tensor._marks & WRAPPED
        return zeros
    return wrap(elements_of(tensor), tensor._dtype) if tensor._marks & BITS else tensor


def check_beside_zeros(given: list) -> None:
    """RuntimeError where what is added to zeros by a bit, or multiplied with them, has other sizes: it is told before
    either is computed, and in other words than of other tensors."""
    if len(given) != 2 or not (given[0]._marks | given[1]._marks) & ZERO_BIT:
        return
    known, shape = (list(one._array.shape) for one in given)
    known = [1] * (len(shape) - len(known)) + known
    for place in range(-1, -1 - len(shape), -1):
        if shape[place] == known[place] or shape[place] == 1:
            continue
        if known[place] != 1:
            raise RuntimeError(
                f"Attempting to broadcast a dimension of length {shape[place]} at {place}! Mismatching argument at "
                f"index 1 had torch.Size({shape}); but expected shape should be broadcastable to {known}"
            )
        known[place] = shape[place]


def resolve_arguments(op: Op, args: list) -> list:
    """The arguments with copies for the tensors that have bits."""
    if op.in_place:
        check_mutable(args[0])
    args = args[:]
    if op.name == "clone":  # which alone sees how zeros lie
        args[0] = wrap(elements_of(args[0]), args[0]._dtype)
        return args
    if op.elementwise and op.puts_off is not None and not op.in_place:
        check_beside_zeros([args[position] for position in op.tensors])
    for position in op.tensors:
        value = args[position]
        if isinstance(value, TensorBase):
            args[position] = resolved(value)
        elif value is not None:
            args[position] = [None if one is None else resolved(one) for one in value]
    return args
