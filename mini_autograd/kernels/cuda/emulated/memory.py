"""``cuda.memory``: memory of a device, which is the host's, and pointers into it.

Every memory keeps a ``root``: the numpy array that owns the bytes, by which a view is known for one.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import counting, device


class OutOfMemoryError(MemoryError):
    def __init__(self, size: int, total: int, limit: int = 0) -> None:
        text = f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes"
        super().__init__(text + (f", limit set to: {limit:,} bytes)." if limit else ")."))
        self._size, self._total, self._limit = size, total, limit

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._size, self._total, self._limit)


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def root_of(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory."""
    base = array.base
    while isinstance(base, np.ndarray):
        array, base = base, base.base
    return array


class BaseMemory:
    """``ptr`` is the true address, or 0 for no bytes."""

    def __init__(self, root: np.ndarray, device_id: int) -> None:
        self.root = root
        self.size: int = root.nbytes
        self.device_id = device_id
        self.ptr: int = address(root) if root.nbytes else 0

    @property
    def device(self) -> device.Device:
        return device.Device(self.device_id)

    @property
    def bytes(self) -> np.ndarray:
        return self.root.ravel(order="K").view(np.uint8)

    def __int__(self) -> int:
        return self.ptr


class Memory(BaseMemory):
    """Taken from the device itself, past every pool."""

    def __init__(self, size: int) -> None:
        index = device.current()
        chip = device.chips()[index]
        if not chip.acquire(size):
            raise OutOfMemoryError(size, chip.taken)
        super().__init__(np.empty(size, np.uint8), index)

    def __del__(self, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "size") and not is_finalizing():
            device.chips()[self.device_id].release(self.size)


class UnownedMemory(BaseMemory):
    """Somebody else's bytes at an address; ``owner`` keeps them alive."""

    def __init__(self, ptr: int, size: int, owner: object, device_id: int = -1) -> None:
        self._owner = owner
        root = (
            np.frombuffer((ctypes.c_char * size).from_address(ptr), np.uint8)
            if size
            else np.empty(0, np.uint8)
        )
        super().__init__(root, device.current() if device_id < 0 else device_id)


class MemoryPointer:
    def __init__(self, mem: BaseMemory, offset: int) -> None:
        self.mem = mem
        self.device_id = mem.device_id
        self.ptr: int = mem.ptr + offset
        self.offset = offset

    @property
    def device(self) -> device.Device:
        return device.Device(self.device_id)

    def __add__(self, offset: int) -> MemoryPointer:
        return MemoryPointer(self.mem, self.offset + offset)

    def __radd__(self, offset: int) -> MemoryPointer:
        return self + offset

    def __sub__(self, offset: int) -> MemoryPointer:
        return self + -offset

    def __int__(self) -> int:
        return self.ptr

    def _span(self, size: int) -> np.ndarray:
        return self.mem.bytes[self.offset : self.offset + size]

    def copy_from_device(self, src: MemoryPointer, size: int) -> None:
        self._into("copy_from_device", lambda: np.copyto(self._span(size), src._span(size)), (self, src))

    def copy_from_device_async(self, src: MemoryPointer, size: int, stream: Any = None) -> None:
        self.copy_from_device(src, size)

    def copy_from_host(self, mem: Any, size: int) -> None:
        counting.written("copy_from_host", size)
        ctypes.memmove(self.ptr, _host_address(mem), size)

    def copy_from_host_async(self, mem: Any, size: int, stream: Any = None) -> None:
        self.copy_from_host(mem, size)

    def copy_from(self, mem: Any, size: int) -> None:
        copy = self.copy_from_device if isinstance(mem, MemoryPointer) else self.copy_from_host
        copy(mem, size)

    def copy_from_async(self, mem: Any, size: int, stream: Any = None) -> None:
        self.copy_from(mem, size)

    def copy_to_host(self, mem: Any, size: int) -> None:
        from . import stream

        stream.before_read("copy_to_host", size)
        ctypes.memmove(_host_address(mem), self.ptr, size)

    def copy_to_host_async(self, mem: Any, size: int, stream: Any = None) -> None:
        self.copy_to_host(mem, size)

    def memset(self, value: int, size: int) -> None:
        self._into("memset", lambda: self._span(size).fill(value), (self,))

    def memset_async(self, value: int, size: int, stream: Any = None) -> None:
        self.memset(value, size)

    def _into(self, name: str, work: Any, keeps: tuple) -> None:
        from . import stream

        stream.into(name, work, keeps)


def _host_address(mem: Any) -> int:
    return mem if isinstance(mem, int) else int(getattr(mem, "value", None) or mem.ptr)
