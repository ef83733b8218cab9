"""Other memory for a tensor, in place."""

from math import prod

from mini_autograd import errors
from mini_autograd.backward.elementary import no_tangent_in_place
from mini_autograd.graph import modes
from mini_autograd.graph.accumulate import part_from_leaf
from mini_autograd.graph.mutation import about_to_write
from mini_autograd.graph.version import count_write
from mini_autograd.graph.view import check_in_place, rebase_history
from mini_autograd.kernels.by_array import placed
from mini_autograd.kernels.lookup import kernels_of
from mini_autograd.kernels.shared.memory import contiguous_strides, steps_of
from mini_autograd.kernels.shared.view import check_strided
from mini_autograd.op.bits import check_mutable, resolved, write_elements
from mini_autograd.op.declare import op
from mini_autograd.op.dispatch import any_requires_grad
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.recorded import record
from mini_autograd.op.resize import resize, warn_resized
from mini_autograd.op.storage import UntypedStorage, grow
from mini_autograd.op.support import CPP_NAMES
from mini_autograd.tensor import BITS, ZERO_BIT, Storage, metadata_of, storage_of
from mini_autograd.tensor import storage_offset as offset_of


def no_derivative(grad):
    raise RuntimeError("derivative for set_ is not implemented")


def node_row(schema, **formulas):
    """The row that the node is of: torch has no derivative of what replaces memory, and says so in the backward pass."""
    row = op(schema, variants="internal", grad_fn=NO_DERIVATIVE, **formulas)
    row.linked_apart = False  # with an edge for each of them, as a derivative would have
    return row


of_one = node_row("_set_(Tensor(a!) self) -> Tensor(a!)", self=no_derivative)
of_two = node_row("_set_.source_Tensor(Tensor(a!) self, Tensor source) -> Tensor(a!)",
                  self=no_derivative, source=no_derivative)


def settle(target, storage, array):
    target._storage, target._array = storage, array


def copy_back(target, storage, array):
    """Write what a copy without bits was set to over the elements of ``target``: NOTE [Set by way of a copy]."""
    warn_resized(target._array, array.shape, 6)
    resize(target, array.shape)
    write_elements(target, array)


def replace(row, args, place, settle=settle):
    """Have ``settle`` do what is to be done with the memory and the array over it that ``place()`` finds for ``self``,
    with torch's checks before that."""
    target, switches = args[0], modes.current()
    recording = switches.grad and not switches.inference and any_requires_grad(args)
    if recording:
        check_in_place(target)
    check_mutable(target)
    if any(tensor._tangent is not None for tensor in args):
        no_tangent_in_place("set")()
    node = record(row, args, True) if recording else None
    about_to_write(target)
    settle(target, *place())
    if not switches.inference:
        part_from_leaf(target)
    count_write(target)
    if node is not None:
        node._outputs = (metadata_of(target),)
        rebase_history(target, node)
    return target


def set_(self):
    def place():
        array = self._array
        storage = Storage(kernels_of(array).new_bytes(0))
        strides = array.strides if array.shape == (0,) else (self._dtype.itemsize,)
        return storage, placed(storage.memory, self._dtype.numpy, (0,), strides, 0)

    return replace(of_one, [self], place)


# NOTE [Set by way of a copy]: torch knows how to set a tensor with bits to all of another tensor, and in inference mode
# to that alone. To a storage it sets a copy without bits, which it then copies back: the tensor keeps its own memory.


def set_storage(self, source):
    size = (source.nbytes() // self._dtype.itemsize,)
    if not self._marks & BITS:
        return set_part(self, source, 0, size, ())
    return set_copy(self, source, 0, size, ())


def set_copy(self, source, storage_offset, size, stride):
    """As :func:`set_part` where ``self`` has bits: NOTE [Set by way of a copy]."""
    copy = resolved(self)
    return replace(of_one, [self], lambda: part(copy, source._storage, storage_offset, size, stride), copy_back)


def set_part(self, source, storage_offset, size, stride):
    return replace(of_one, [self], lambda: part(self, source._storage, storage_offset, size, stride))


def set_tensor(self, source):
    if source._dtype is not self._dtype:
        given, own = CPP_NAMES[source._dtype], CPP_NAMES[self._dtype]
        raise RuntimeError(f"Could not set tensor of type {given} to a tensor of type {own}")
    source = resolved(source) if source._marks & ZERO_BIT else source
    return replace(of_two, [self, source], lambda: (storage_of(source), source._array))


def set_part_of_tensor(self, source, storage_offset, size, stride):
    copied = modes.current().inference
    if copied:
        source = resolved(source)
    if not source._array.flags.c_contiguous:
        raise RuntimeError("passed in tensor to be used as storage must be contiguous")
    start = offset_of(source) + storage_offset
    setting = set_copy if copied and self._marks & BITS else set_part
    return setting(self, UntypedStorage(storage_of(source)), start, size, stride)


def part(self, storage, offset, size, stride):
    """``storage``, grown if need be, and a look into it with ``size`` and ``stride`` in elements; without strides as the
    tensor lies, if it has that size."""
    itemsize, array, given = self._dtype.itemsize, self._array, stride
    strides = tuple([step * itemsize for step in stride])
    if not stride:
        strides = array.strides if size == array.shape else contiguous_strides(size, itemsize)
    stride = tuple([step // itemsize for step in strides])
    check_part(offset, size, stride)
    if (size, strides) == (array.shape, array.strides):
        check_unchanged(size, given, stride, offset, itemsize, storage.memory.size)  # torch sees no cause to grow it
    elif 0 not in size:
        last = sum((length - 1) * step for length, step in zip(size, stride, strict=True))
        grow(storage, (offset + last + 1) * itemsize)
    return storage, placed(storage.memory, self._dtype.numpy, size, strides, offset * itemsize)


def check_unchanged(size, given, stride, offset, itemsize, available):
    """Whether the memory reaches as far as a tensor that keeps its size and strides. Where none are ``given`` torch makes
    sure of what contiguous elements need, and reads beyond the memory where these lie further apart."""
    needed = (offset + prod(size)) * itemsize
    if not given and needed > available and 0 not in size:
        raise errors.out_of_storage(size, given, offset, itemsize, needed, available)
    check_strided(size, stride, offset, itemsize, available)


def check_part(offset, size, stride):
    if len(size) != len(stride):
        raise RuntimeError(f"unequal size length ({len(size)}) and stride length ({len(stride)})")
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if min(size, default=0) < 0:
        raise RuntimeError("numel: integer multiplication overflow")
    if min(stride, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}")


def is_set_to(self, tensor):
    return not (self._marks | tensor._marks) & BITS and look(self) == look(tensor)


def look(tensor):
    """What is compared, counted in elements of whatever type."""
    array = tensor._array
    return UntypedStorage(storage_of(tensor)), offset_of(tensor), array.shape, steps_of(array)


op("set_(Tensor(a!) self) -> Tensor(a!)", composite=set_, variants="method")
op("set_.source_Storage(Tensor(a!) self, Storage source) -> Tensor(a!)", composite=set_storage, variants="method")
op("set_.source_Storage_storage_offset(Tensor(a!) self, Storage source, SymInt storage_offset, SymInt[] size, "
   "SymInt[] stride=[]) -> Tensor(a!)", composite=set_part, variants="method")
op("set_.source_Tensor(Tensor(a!) self, Tensor source) -> Tensor(a!)", composite=set_tensor, variants="method")
op("set_.source_Tensor_storage_offset(Tensor(a!) self, Tensor source, SymInt storage_offset, SymInt[] size, "
   "SymInt[] stride=[]) -> Tensor(a!)", composite=set_part_of_tensor, variants="method")
op("is_set_to(Tensor self, Tensor tensor) -> bool", composite=is_set_to, variants="method")
