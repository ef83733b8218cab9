"""``cuda.pinned_memory``: host memory that copies to and from the device need not wait for."""

from __future__ import annotations

from typing import Any

import numpy as np

from .memory import address


class PinnedMemory:
    def __init__(self, size: int, flags: int = 0) -> None:
        self._bytes = np.zeros(max(size, 1), np.uint8)
        self.ptr = address(self._bytes)
        self.size = size


class PinnedMemoryPointer:
    """Readable and writable as a buffer, so that ``numpy.frombuffer`` makes an array of it."""

    def __init__(self, mem: PinnedMemory, offset: int) -> None:
        self.mem = mem
        self.ptr = mem.ptr + offset
        self._offset = offset

    def __add__(self, offset: int) -> PinnedMemoryPointer:
        return PinnedMemoryPointer(self.mem, self._offset + offset)

    def size(self) -> int:
        return self.mem.size - self._offset

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {"data": (self.ptr, False), "shape": (self.size(),), "typestr": "|u1", "version": 3}

    def array(self, shape: Any, dtype: Any) -> np.ndarray:
        return np.ndarray(shape, dtype, self.mem._bytes, self._offset)


class PinnedMemoryPool:
    def malloc(self, size: int) -> PinnedMemoryPointer:
        return PinnedMemoryPointer(PinnedMemory(size), 0)

    def free_all_blocks(self) -> None: ...

    def n_free_blocks(self) -> int:
        return 0


_default = PinnedMemoryPool()
_allocator: Any = _default.malloc


def get_default_pinned_memory_pool() -> PinnedMemoryPool:
    return _default


def alloc_pinned_memory(size: int) -> Any:
    return _allocator(size)


def set_pinned_memory_allocator(allocator: Any = None) -> None:
    global _allocator
    _allocator = _default.malloc if allocator is None else allocator
