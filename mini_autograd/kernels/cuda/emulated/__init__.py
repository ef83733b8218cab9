"""CuPy's names over the memory of the host: a stand-in, numpy's functions on arrays that have CuPy's ``data.ptr``."""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda.emulated import raw


class Pointer:
    def __init__(self, ptr: int) -> None:
        self.ptr = ptr


class DeviceArray(np.ndarray):
    @property
    def data(self) -> Any:
        return Pointer(self.ctypes.data)

    def get(self) -> np.ndarray:
        return np.array(self)


class Device:
    id = 0
    attributes = types.MappingProxyType({"MultiProcessorCount": 2})

    def __init__(self, device: int = 0) -> None:
        pass


RawModule, RawKernel, ndarray = raw.RawModule, raw.RawKernel, DeviceArray
cuda = types.SimpleNamespace(Device=Device)
MODULES = {
    name: __import__(name, fromlist=["special"]) for name in ("scipy.special", "scipy.fft", "scipy.linalg")
}


def __getattr__(name: str) -> Any:
    found = getattr(np, name)
    if not callable(found) or isinstance(found, type):
        return found

    @functools.wraps(found)
    def wrapped(*args: Any, **options: Any) -> Any:
        result = found(*args, **options)
        if isinstance(result, tuple):
            return tuple([np.asarray(one).view(DeviceArray) for one in result])
        return (
            np.asarray(result).view(DeviceArray) if isinstance(result, (np.ndarray, np.generic)) else result
        )

    return wrapped
