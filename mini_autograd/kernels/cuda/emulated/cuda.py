"""``cupy.cuda`` of the emulated device."""

from __future__ import annotations

from . import device, event, graph, hook, memory, pinned, pool, runtime, stream
from .device import Device, get_device_id
from .event import Event, get_elapsed_time
from .graph import Graph
from .hook import MemoryHook
from .memory import BaseMemory, Memory, MemoryPointer, UnownedMemory
from .pinned import PinnedMemory, PinnedMemoryPointer, alloc_pinned_memory, set_pinned_memory_allocator
from .pool import MemoryPool, PooledMemory, alloc, get_allocator, set_allocator, using_allocator
from .stream import ExternalStream, Stream, get_current_stream

memory.PooledMemory = PooledMemory  # type: ignore[attr-defined]
memory.MemoryPool = MemoryPool  # type: ignore[attr-defined]


def is_available() -> bool:
    return True


__all__ = [
    "BaseMemory", "Device", "Event", "ExternalStream", "Graph", "Memory", "MemoryHook", "MemoryPointer", "MemoryPool",
    "PinnedMemory", "PinnedMemoryPointer", "PooledMemory", "Stream", "UnownedMemory", "alloc", "alloc_pinned_memory",
    "device", "event", "get_allocator", "get_current_stream", "get_device_id", "get_elapsed_time", "graph", "hook",
    "is_available", "memory", "pinned", "pool", "runtime", "set_allocator", "set_pinned_memory_allocator", "stream",
    "using_allocator",
]  # fmt: skip
