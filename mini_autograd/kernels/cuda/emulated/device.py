"""``cuda.Device``: how many devices there are, which is current, and how much of each one's memory is taken."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

DEFAULT_MEMORY = 4 << 30


class CUDARuntimeError(RuntimeError):
    """As CuPy's: the runtime's error by name, with its number in ``status``."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, str(self))


@dataclass
class Chip:
    """The state of one emulated device. ``taken`` is what pools and direct allocations have acquired."""

    index: int
    total: int
    taken: int = 0
    peak: int = 0

    def acquire(self, nbytes: int) -> bool:
        if self.taken + nbytes > self.total:
            return False
        self.taken += nbytes
        self.peak = max(self.peak, self.taken)
        return True

    def release(self, nbytes: int) -> None:
        self.taken -= nbytes


@cache
def chips() -> tuple[Chip, ...]:
    """``MINI_AUTOGRAD_CUDA=host:2`` gives two devices, each of ``MINI_AUTOGRAD_CUDA_MEMORY`` bytes."""
    _, _, number = os.environ.get("MINI_AUTOGRAD_CUDA", "").partition(":")
    size = int(os.environ.get("MINI_AUTOGRAD_CUDA_MEMORY", DEFAULT_MEMORY))
    return tuple(Chip(index, size) for index in range(int(number or 1)))


class _Current(threading.local):
    index = 0


_current = _Current()


def current() -> int:
    return _current.index


def make_current(index: int) -> None:
    if not 0 <= index < len(chips()):
        raise CUDARuntimeError(101, "cudaErrorInvalidDevice: invalid device ordinal")
    _current.index = index


class Device:
    def __init__(self, device: Any = None) -> None:
        self.id: int = current() if device is None else int(device)
        self._before: list[int] = []

    def __int__(self) -> int:
        return self.id

    def __enter__(self) -> Device:
        self._before.append(current())
        make_current(self.id)
        return self

    def __exit__(self, *error: object) -> None:
        make_current(self._before.pop())

    def use(self) -> Device:
        make_current(self.id)
        return self

    def synchronize(self) -> None:
        from . import stream

        stream.synchronize_device(self.id)

    @property
    def compute_capability(self) -> str:
        return "90"

    @property
    def mem_info(self) -> tuple[int, int]:
        chip = chips()[self.id]
        return chip.total - chip.taken, chip.total

    @property
    def pci_bus_id(self) -> str:
        return f"0000:{self.id:02X}:00.0"

    @property
    def attributes(self) -> dict[str, int]:
        return {"MultiProcessorCount": 132, "WarpSize": 32, "MaxThreadsPerBlock": 1024}

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, Device) else NotImplemented

    def __lt__(self, other: Device) -> bool:
        return self.id < other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<CUDA Device {self.id}>"


def get_device_id() -> int:
    return current()


def get_compute_capability() -> str:
    return Device().compute_capability
