"""The array library that speaks to the GPU: CuPy where there is one, its emulation on the host where that is asked for.

``MINI_AUTOGRAD_CUDA`` chooses: ``host`` the emulated device (``host:2`` two of them), ``off`` none; unset or empty, the
GPUs that CuPy finds. Everything else in ``kernels.cuda`` is written against CuPy's API.
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from types import ModuleType
from typing import Any

VARIABLE = "MINI_AUTOGRAD_CUDA"
CUPYX = {
    "scipy.special": "cupyx.scipy.special",
    "scipy.fft": "cupyx.scipy.fft",
    "scipy.linalg": "cupyx.scipy.linalg",
}


class Absent:
    """Why there is no GPU: ``built`` says whether there is at least a library that could speak to one."""

    def __init__(self, reason: str, built: bool) -> None:
        self.reason = reason
        self.built = built


class Backend:
    """The library: ``xp`` is the module with CuPy's names, ``modules`` what stands in for scipy's, by their names."""

    def __init__(self, xp: ModuleType, modules: dict[str, ModuleType], emulated: bool) -> None:
        self.xp: Any = xp
        self.modules = modules
        self.emulated = emulated
        self.array: Any = xp.ndarray


@cache
def found() -> Backend | Absent:
    """The library in use, looked for once; what is wrong where there is none. ValueError for a choice there is none
    of."""
    choice, _, count = os.environ.get(VARIABLE, "").partition(":")
    if choice == "host" and (not count or count.isdigit()):
        return emulation()
    if choice == "off":
        return Absent(f"{VARIABLE} is off", built=False)
    if choice:
        raise ValueError(f"{VARIABLE} must be host, host:N or off, not {os.environ[VARIABLE]!r}")
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as error:
        return Absent(f"CuPy cannot be imported: {error}", built=False)
    try:
        count_of_devices = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return Absent(str(error), built=True)
    if not count_of_devices:
        return Absent("there is no CUDA device", built=True)
    return Backend(
        cupy, {name: importlib.import_module(path) for name, path in CUPYX.items()}, emulated=False
    )


def emulation() -> Backend:
    emulated: Any = importlib.import_module("mini_autograd.kernels.cuda.emulated")
    return Backend(emulated, emulated.MODULES, emulated=True)


def load() -> Backend | None:
    """The library in use, None where there is no GPU."""
    library = found()
    return library if isinstance(library, Backend) else None
