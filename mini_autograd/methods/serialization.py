"""Copies of tensors by ``copy`` and ``pickle``: leaves with what a user gave the originals."""

from __future__ import annotations

import copy
import copyreg
import warnings
from typing import Any

from mini_autograd.devices import device
from mini_autograd.graph import modes
from mini_autograd.graph.view import grad_fn
from mini_autograd.kernels import accelerator
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.kernels.by_array import address, placed
from mini_autograd.kernels.shared.memory import bytes_as_memory
from mini_autograd.kernels.transfer import moved, put, to_host
from mini_autograd.methods.subclass import as_subclass
from mini_autograd.op.bits import resolved
from mini_autograd.tensor import (
    BITS,
    ZERO_BIT,
    Storage,
    Tensor,
    TensorBase,
    counter_of,
    requires_grad,
    storage_of,
    storage_offset,
    wrap,
)

NO_DEVICE = (
    "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a "
    "CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU."
)
LEAVES_ONLY = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
    "moment.  If you were attempting to deepcopy a module, this may be because of a "
    "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
)

NO_CLONE = (
    "The default implementation of __deepcopy__() for wrapper subclasses only works for subclass types that implement "
    "clone() and for which cloning returns another instance of the same subclass. You should either properly implement "
    "clone() for your subclass or override __deepcopy__() if it is intended behavior for clone() to return an instance "
    "of a different type."
)

NO_NEW_EMPTY = (
    "The default implementation of __deepcopy__() for non-wrapper subclasses only works for subclass types that "
    "implement new_empty() and for which that function returns another instance of the same subclass. You should "
    "either properly implement new_empty() for your subclass or override __deepcopy__() if it is intended behavior "
    "for new_empty() to return an instance of a different type."
)


def __deepcopy__(self: TensorBase, memo: dict[int, Any]) -> TensorBase:
    """A leaf with memory and gradient of its own; RuntimeError for a tensor that was computed."""
    if grad_fn(self) is not None:
        raise RuntimeError(LEAVES_ONLY)
    if id(self) in memo:
        known: TensorBase = memo[id(self)]
        return known
    if type(self) is not Tensor:
        check_copied(self)
    if self._marks & ZERO_BIT:
        raise RuntimeError("Attempted to call copy_() on an invalid python storage.")
    made = rebuilt(class_of(self), deepcopied(storage_of(self), memo), *layout_of(self))
    if self._marks & BITS:
        made = copy_without_bits(made)
    if self._gradient is not None:
        made._gradient = copy.deepcopy(self._gradient, memo)
    memo[id(self)] = made
    vars(made).update(copy.deepcopy(vars(self), memo))
    return made


def check_copied(tensor: Any) -> None:
    """RuntimeError where the class does not make tensors of its own: by ``clone``, what has no memory, else by
    ``new_empty``."""
    switches = modes.current()
    recording, switches.grad = switches.grad, False
    try:
        made = tensor.new_empty([]) if tensor._array.size else tensor.clone()
    finally:
        switches.grad = recording
    if type(made) is not type(tensor):
        raise RuntimeError(NO_NEW_EMPTY if tensor._array.size else NO_CLONE)


def check_serializable(tensor: TensorBase) -> None:
    if tensor._marks & ZERO_BIT:
        raise RuntimeError("ZeroTensor is not serializable, please file an issue if required.")


def __copy__(self: TensorBase) -> TensorBase:
    """A leaf over the same memory, without gradient."""
    warn_of_hooks(self)
    check_serializable(self)
    made = rebuilt(class_of(self), storage_of(self), *layout_of(self))
    vars(made).update(vars(self))
    return made


def __reduce_ex__(self: TensorBase, protocol: Any) -> tuple:
    """What pickles: memory, layout, ``requires_grad`` and attributes; neither history nor gradient.

    Tensors that share memory do so no more once unpickled: each is given a storage of its own.
    """
    warn_of_hooks(self)
    check_serializable(self)
    own = Storage(storage_of(self).memory)
    return rebuilt, (class_of(self), own, *layout_of(self)), vars(self) or None


def __setstate__(self: TensorBase, state: dict[str, Any]) -> None:
    """Take the attributes that a pickle kept."""
    vars(self).update(state)


def warn_of_hooks(tensor: TensorBase) -> None:
    hooks: dict[int, Any] | None = tensor._hooks
    node = tensor._node
    if hooks is None and node is not None and node._tensor_hooks:
        hooks = node._tensor_hooks.get(tensor._nr)
    for hook in (hooks or {}).values():
        warnings.warn(
            f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can "
            "decorate the function with @torch.utils.hooks.unserializable_hook to suppress this warning",
            UserWarning,
            stacklevel=3,
        )


def class_of(tensor: TensorBase) -> type | None:
    """Its class if that is a user's."""
    return None if type(tensor) is Tensor else type(tensor)


def layout_of(tensor: TensorBase) -> tuple:
    """What, besides memory, makes the tensor."""
    strides = tensor._array.strides
    offset = storage_offset(tensor) * tensor._dtype.itemsize
    bits = tensor._marks & BITS
    return tensor._dtype, offset, tensor._array.shape, strides, bits, requires_grad(tensor)


def rebuilt(
    kind: Any,
    storage: Storage,
    dtype: Any,
    offset: int,
    shape: tuple,
    strides: tuple,
    bits: int,
    requires: bool,
) -> TensorBase:
    """A leaf over ``storage``, of another class an alias of one.

    ``offset`` and ``strides`` are in bytes, ``bits`` as NOTE [Bits] has them.
    """
    array = placed(storage.memory, dtype.numpy, shape, strides, offset)
    made: Any = wrap(array, dtype)
    made._storage = storage
    made._marks = bits
    made._requires = requires
    made._inference = modes.current().inference
    if not made._inference:
        # torch makes it empty and then puts it over its memory, which counts as a write.
        counter_of(made).value = 1
    return made if kind is None else as_subclass(made, kind)


def copy_without_bits(tensor: TensorBase) -> TensorBase:
    """What torch makes of a deep copy with bits: one that has its elements in memory."""
    made = resolved(tensor)
    made._requires, made._inference = tensor._requires, tensor._inference
    return made


def deepcopied(storage: Storage, memo: dict[int, Any]) -> Storage:
    """A copy that all tensors over the same memory share in one deepcopy."""
    memory: Any = ("memory", address(storage.memory))
    if memory not in memo:
        memo[memory] = Storage(moved(storage.memory, number_of(storage.memory)))
    copied: Storage = memo[memory]
    return copied


def reduce_storage(storage: Storage) -> tuple:
    index = number_of(storage.memory)
    place = () if index is None else (str(accelerator.of_number(index)),)
    return restored_storage, (to_host(storage.memory).tobytes(), *place)


def restored_storage(content: bytes, place: str = "cpu") -> Storage:
    """The storage that a pickle stands for, on the device where it was."""
    if place != "cpu" and not accelerator.count():
        raise RuntimeError(NO_DEVICE)
    return Storage(put(bytes_as_memory(content), device(place)))


METHODS = (__copy__, __deepcopy__, __reduce_ex__, __setstate__)


def attach() -> None:
    for method in METHODS:
        setattr(Tensor, method.__name__, method)
    copyreg.pickle(Storage, reduce_storage)
