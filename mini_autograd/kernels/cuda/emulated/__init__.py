"""CuPy's API over the memory of the host: a device for machines that have none.

Code that runs on it runs on CuPy. Its arrays are no numpy arrays, an operand that is one is refused, and what CuPy lacks
is lacking here: names, parameters and loops are those that :mod:`record` found in CuPy (``names.json``). What a GPU would
have to wait for is counted (``counted``).
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from mini_autograd.kernels.cuda.emulated import cuda, functions, methods
from mini_autograd.kernels.cuda.emulated.array import ndarray
from mini_autograd.kernels.cuda.emulated.counting import counted
from mini_autograd.kernels.cuda.emulated.pinned import get_default_pinned_memory_pool
from mini_autograd.kernels.cuda.emulated.pool import get_default_memory_pool
from mini_autograd.kernels.cuda.emulated.ufunc import ufunc

methods.attach()

RAW = ("RawModule", "RawKernel")


class Module(ModuleType):
    """A module of CuPy's by the table, its names made when they are first asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = functions.find(self._name, name)
        setattr(self, name, found)
        return found


linalg, fft = Module("cupy.linalg"), Module("cupy.fft")
MODULES: dict[str, ModuleType] = {
    "scipy.special": Module("cupyx.scipy.special"),
    "scipy.linalg": Module("cupyx.scipy.linalg"),
    "scipy.fft": Module("cupyx.scipy.fft"),
}


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if name in RAW:
        return getattr(importlib.import_module(f"{__name__}.raw"), name)
    found = functions.find("cupy", name)
    globals()[name] = found
    return found


__all__ = [
    "MODULES", "counted", "cuda", "fft", "get_default_memory_pool", "get_default_pinned_memory_pool", "linalg", "ndarray",
    "ufunc",
]  # fmt: skip
