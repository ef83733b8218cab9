"""The memory that tensors share, as an object, and how it grows."""

from __future__ import annotations

import gc

from mini_autograd.devices import device
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.by_array import address, grown, owner_of, placed
from mini_autograd.kernels.shared.memory import is_lent
from mini_autograd.tensor import Storage, TensorBase


class UntypedStorage:
    """A block of memory; equal for tensors that share it."""

    __slots__ = ("_storage",)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def data_ptr(self) -> int:
        return address(self._storage.memory) if self._storage.memory.size else 0

    @property
    def device(self) -> device:
        return device_of(self._storage.memory)

    @property
    def is_cuda(self) -> bool:
        return self.device.type == "cuda"

    def get_device(self) -> int:
        """The number of the GPU that holds it; -1 for the CPU."""
        index = self.device.index
        return -1 if index is None else index

    def nbytes(self) -> int:
        return self._storage.memory.size

    size = __len__ = nbytes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UntypedStorage):
            return NotImplemented
        # Other libraries' tensors, and what comes back from them, may be at one address with storages of their own.
        return owner_of(self._storage.memory) is owner_of(other._storage.memory)

    def __hash__(self) -> int:
        return hash(address(self._storage.memory))


def grow(storage: Storage, size: int) -> None:
    """Have ``storage`` hold at least ``size`` bytes, with all tensors that look into it.

    RuntimeError where it would have to move and numpy looks into it too.
    """
    if size <= storage.memory.size:
        return
    if is_lent(storage.memory):
        raise RuntimeError("Trying to resize storage that is not resizable")
    before = storage.memory
    sharing = tensors_over(storage)
    storage.memory = grown(before, size)
    for tensor in sharing:
        array = tensor._array
        offset = address(array) - address(before)
        tensor._storage = storage
        tensor._array = placed(storage.memory, array.dtype, array.shape, array.strides, offset)


def tensors_over(storage: Storage) -> list[TensorBase]:
    """The tensors that look into ``storage``, found by asking all there are, since hardly ever one has to know."""
    tensors = [one for one in gc.get_objects() if issubclass(type(one), TensorBase)]
    owner = owner_of(storage.memory)
    return [one for one in tensors if one._storage is storage or owner_of(one._array) is owner]
