"""Torch with a `cuda` that is the CPU: what stands for a device in tests of what is done with one."""

from __future__ import annotations

import contextlib
import time
from types import ModuleType, SimpleNamespace
from typing import Any

import torch

MAKERS = ("tensor", "zeros", "ones", "empty", "as_tensor", "arange", "full", "rand", "randn", "eye")


class Event:
    """A moment of the host's clock."""

    def __init__(self, enable_timing: bool = False) -> None:
        self.at = 0.0

    def record(self, stream: Any = None) -> None:
        self.at = time.perf_counter()

    def synchronize(self) -> None:
        pass

    def elapsed_time(self, other: Event) -> float:
        return 1e3 * (other.at - self.at)


class Stream:
    def wait_stream(self, other: Any) -> None:
        pass


class Graph:
    """Runs nothing again: what a graph computed stays."""

    def replay(self) -> None:
        pass


class Memory:
    """How much is allocated, as a test says."""

    def __init__(self, allocated: list[int], most: int = 0) -> None:
        self.allocated, self.most = allocated, most

    def memory_allocated(self) -> int:
        return self.allocated.pop(0) if len(self.allocated) > 1 else self.allocated[0]


def cuda(memory: Memory | None = None) -> Any:
    """The namespace."""
    memory = memory or Memory([0])
    return SimpleNamespace(
        is_available=lambda: True,
        Event=Event,
        Stream=Stream,
        CUDAGraph=Graph,
        current_stream=Stream,
        stream=lambda stream: contextlib.nullcontext(),
        graph=lambda graph: contextlib.nullcontext(),
        synchronize=lambda: None,
        empty_cache=lambda: None,
        reset_peak_memory_stats=lambda: None,
        memory_allocated=memory.memory_allocated,
        max_memory_allocated=lambda: memory.most,
    )


class Library(ModuleType):
    """Torch, whose names may be others, and which takes `cuda` for the CPU."""

    def __init__(self, memory: Memory | None = None, **names: Any) -> None:
        super().__init__("cuda_on_cpu")
        self.names = {"cuda": cuda(memory), **names}

    def __getattr__(self, name: str) -> Any:
        if name in self.names:
            if self.names[name] is None:
                raise AttributeError(
                    f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self
                )
            return self.names[name]
        found = getattr(torch, name)
        return on_cpu(found) if name in MAKERS else found


def on_cpu(function: Any) -> Any:
    """A function that makes on the CPU what is asked for on `cuda`."""

    def made(*args: Any, **kwargs: Any) -> Any:
        if str(kwargs.get("device", "cpu")).startswith("cuda"):
            kwargs = {**kwargs, "device": "cpu"}
        return function(*args, **kwargs)

    return made
