"""``cuda``: devices, streams, events and memory, by CuPy's names."""

from __future__ import annotations

from . import device, event, graph, hook, memory, pinned, pool, runtime, stream
from .device import Device, get_compute_capability, get_device_id
from .event import Event, get_elapsed_time
from .graph import Graph
from .hook import MemoryHook
from .memory import BaseMemory, Memory, MemoryPointer, UnownedMemory
from .pinned import (
    PinnedMemory,
    PinnedMemoryPointer,
    PinnedMemoryPool,
    alloc_pinned_memory,
    set_pinned_memory_allocator,
)
from .pool import MemoryPool, alloc, get_allocator, set_allocator, using_allocator
from .stream import ExternalStream, Stream, get_current_stream

memory_hook = hook
pinned_memory = pinned

__all__ = [
    "BaseMemory", "Device", "Event", "ExternalStream", "Graph", "Memory", "MemoryHook", "MemoryPointer", "MemoryPool",
    "PinnedMemory", "PinnedMemoryPointer", "PinnedMemoryPool", "Stream", "UnownedMemory", "alloc",
    "alloc_pinned_memory", "device", "event", "get_allocator", "get_compute_capability", "get_current_stream",
    "get_device_id", "get_elapsed_time", "graph", "is_available", "memory", "memory_hook", "pinned_memory", "pool",
    "runtime", "set_allocator", "set_pinned_memory_allocator", "stream", "using_allocator",
]  # fmt: skip


def is_available() -> bool:
    return runtime.getDeviceCount() > 0
