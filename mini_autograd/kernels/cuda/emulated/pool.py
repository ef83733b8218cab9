"""``cuda.MemoryPool``: keeps what was freed for the next allocation, as CuPy's does.

The bytes themselves come from numpy; the pool keeps the books, so that used, free and peak memory are what they would
be on a device, and a device that is full says so.
"""

from __future__ import annotations

import gc
import sys
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import device, hook
from .memory import BaseMemory, MemoryPointer, OutOfMemoryError

UNIT = 512


class _Arena:
    """A pool's blocks on one device."""

    def __init__(self, chip: device.Chip) -> None:
        self.chip = chip
        self.used = 0
        self.free: list[int] = []
        self.limit = 0

    @property
    def total(self) -> int:
        return self.used + sum(self.free)

    def take(self, size: int) -> int:
        """A block of the size asked for, rounded up: a kept one, or a new one of the device."""
        block = -(-size // UNIT) * UNIT
        place = bisect_left(self.free, block)
        if place < len(self.free):
            rest = self.free.pop(place) - block
            if rest:
                insort(self.free, rest)
        else:
            self._acquire(size, block)
        self.used += block
        return block

    def _acquire(self, size: int, block: int) -> None:
        hook.tell("alloc_preprocess", device_id=self.chip.index, mem_size=block)
        for attempt in (self.release_free, gc.collect, self.release_free, None):
            within = not self.limit or self.total + block <= self.limit
            if within and self.chip.acquire(block):
                hook.tell("alloc_postprocess", device_id=self.chip.index, mem_size=block, mem_ptr=0)
                return
            if attempt is not None:
                attempt()
        raise OutOfMemoryError(size, self.total, self.limit)

    def give(self, block: int) -> None:
        self.used -= block
        insort(self.free, block)

    def release_free(self) -> None:
        self.chip.release(sum(self.free))
        self.free.clear()


class PooledMemory(BaseMemory):
    def __init__(self, root: np.ndarray, arena: _Arena) -> None:
        self._block = 0
        self._arena = arena
        index = arena.chip.index
        hook.tell(
            "malloc_preprocess", device_id=index, size=root.nbytes, mem_size=-(-root.nbytes // UNIT) * UNIT
        )
        if root.nbytes:
            self._block = arena.take(root.nbytes)
        super().__init__(root, index)
        self._tell("malloc_postprocess", size=self.size)

    def _tell(self, event: str, **more: int) -> None:
        facts = {
            "device_id": self._arena.chip.index,
            "mem_size": self._block,
            "mem_ptr": self.ptr,
            "pmem_id": id(self),
        }
        hook.tell(event, **facts, **more)

    def free(self) -> None:
        if self._block:
            self._tell("free_preprocess")
            self._arena.give(self._block)
            self._tell("free_postprocess")
            self._block = 0

    def __del__(self, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if not is_finalizing():  # else what is needed may be gone, as the name of a module is
            self.free()


class MemoryPool:
    def __init__(self, allocator: Any = None) -> None:
        self._arenas: dict[int, _Arena] = {}

    def _arena(self) -> _Arena:
        index = device.current()
        found = self._arenas.get(index)
        if found is None:
            found = self._arenas[index] = _Arena(device.chips()[index])
        return found

    def adopt(self, root: np.ndarray) -> PooledMemory:
        """Memory for what numpy has just made: as if it had been asked for before."""
        return PooledMemory(root, self._arena())

    def malloc(self, size: int) -> MemoryPointer:
        return MemoryPointer(self.adopt(_bytes(size)), 0)

    def free_all_blocks(self, stream: Any = None) -> None:
        self._arena().release_free()

    def free_all_free(self) -> None:
        self.free_all_blocks()

    def n_free_blocks(self) -> int:
        return len(self._arena().free)

    def used_bytes(self) -> int:
        return self._arena().used

    def free_bytes(self) -> int:
        return sum(self._arena().free)

    def total_bytes(self) -> int:
        return self._arena().total

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        if size is not None and fraction is not None:
            raise ValueError("size and fraction cannot be specified at once")
        if fraction is not None and not 0 <= fraction <= 1:
            raise ValueError(f"memory limit fraction out of range: {fraction}")
        arena = self._arena()
        arena.limit = int(arena.chip.total * fraction) if fraction is not None else size or 0

    def get_limit(self) -> int:
        return self._arena().limit


def _bytes(size: int) -> np.ndarray:
    try:
        return np.empty(size, np.uint8)
    except MemoryError:
        raise OutOfMemoryError(size, 0) from None


_default = MemoryPool()
_allocator: Callable[[int], MemoryPointer] = _default.malloc


def get_default_memory_pool() -> MemoryPool:
    return _default


def alloc(size: int) -> MemoryPointer:
    return _allocator(size)


def adopt(root: np.ndarray) -> BaseMemory:
    """The memory of an array that numpy has made, from the current allocator. One that is no pool's gets a copy."""
    pool = getattr(_allocator, "__self__", None)
    if isinstance(pool, MemoryPool):
        return pool.adopt(root)
    pointer = _allocator(root.nbytes)
    pointer._span(root.nbytes)[...] = root.ravel(order="K").view(np.uint8)
    return pointer.mem


def get_allocator() -> Callable[[int], MemoryPointer]:
    return _allocator


def set_allocator(allocator: Callable[[int], MemoryPointer] | None = None) -> None:
    global _allocator
    _allocator = _malloc_directly if allocator is None else allocator


def _malloc_directly(size: int) -> MemoryPointer:
    from .memory import Memory

    return MemoryPointer(Memory(size), 0)


@contextmanager
def using_allocator(allocator: Callable[[int], MemoryPointer] | None = None) -> Iterator[None]:
    before = get_allocator()
    set_allocator(allocator)
    try:
        yield
    finally:
        set_allocator(before)
