"""DLPack of device arrays: numpy's capsules, with the device in them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from .array import ndarray
from .memory import MemoryPointer, UnownedMemory, address

CPU, CUDA = 1, 2
# Where the device lies in what a capsule points to, by the capsule's name: behind the address of the memory.
PLACES = {b"dltensor": 8, b"dltensor_versioned": 40}


def place_in(capsule: Any) -> Any:
    """The type and the number of the device that a capsule names."""
    python = ctypes.pythonapi
    python.PyCapsule_GetName.restype, python.PyCapsule_GetPointer.restype = ctypes.c_char_p, ctypes.c_void_p
    held = ctypes.py_object(capsule)
    name = python.PyCapsule_GetName(held)
    start = python.PyCapsule_GetPointer(held, name) + PLACES[name]
    return (ctypes.c_int32 * 2).from_address(start)


def capsule(array: ndarray, **options: Any) -> Any:
    options.pop("stream", None)
    options.pop("dl_device", None)
    made = array._host.__dlpack__(**options)
    place = place_in(made)
    place[0], place[1] = CUDA, array._memory.device_id
    return made


class Source:
    """A capsule as numpy takes one, said to lie on the host."""

    def __init__(self, made: Any) -> None:
        self.made = made
        place_in(made)[0] = CPU

    def __dlpack__(self, **options: Any) -> Any:
        return self.made

    def __dlpack_device__(self) -> tuple[int, int]:
        return CPU, 0


def opened(source: Any) -> ndarray:
    """An array over the memory that a device's array, or a capsule, hands over."""
    made = source if type(source).__name__ == "PyCapsule" else source.__dlpack__()
    kind, index = place_in(made)
    if kind != CUDA:
        raise TypeError("this array cannot be accessed from the device")
    host: Any = np.from_dlpack(Source(made))
    last = sum((size - 1) * step for size, step in zip(host.shape, host.strides, strict=True))
    memory = UnownedMemory(address(host), last + host.itemsize if host.size else 0, host, index)
    return ndarray(host.shape, host.dtype, MemoryPointer(memory, 0), host.strides)
