"""The modules: each name that CuPy's has, made when it is first asked for; any other is an AttributeError."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from .table import table

# What numpy's or scipy's module the mathematics come from.
SOURCES = {
    "cupy": "numpy",
    "cupy.linalg": "numpy.linalg",
    "cupy.fft": "numpy.fft",
    "cupy.lib.stride_tricks": "numpy.lib.stride_tricks",
    "cupy.random": "numpy.random",
    "cupyx": "numpy",
    "cupyx.scipy.special": "scipy.special",
    "cupyx.scipy.linalg": "scipy.linalg",
    "cupyx.scipy.fft": "scipy.fft",
}
# Names that numpy no longer has.
ALIASES = {
    "Inf": np.inf,
    "Infinity": np.inf,
    "PINF": np.inf,
    "infty": np.inf,
    "NINF": -np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
}
ALIASES |= {"PZERO": 0.0, "NZERO": -0.0}
# What compiles source of one's own.
RAW = ("RawModule", "RawKernel", "ElementwiseKernel", "ReductionKernel")


class Namespace(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._facts: dict[str, Any] = table()[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._facts:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        value = build(self.__name__, name, self._facts[name])
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted(self._facts)


def knows(name: str) -> bool:
    return name in SOURCES


@cache
def of(name: str) -> Any:
    return Namespace(name)


def ufunc_type() -> type:
    from .ufunc import ufunc

    return ufunc


@cache
def _outside() -> dict[str, dict[str, Any]]:
    from . import own

    return own.outside()


def build(module: str, name: str, facts: dict[str, Any]) -> Any:
    from . import own
    from .function import made

    if name in _outside().get(module, {}):
        return _outside()[module][name]
    if name in RAW:
        return _raw(name)
    source: Any = importlib.import_module(SOURCES[module])
    function = own.INSIDE.get(module, {}).get(name) or getattr(source, name, None)
    if name == "sinc" and function is None:
        function = np.sinc
    kind = facts["kind"]
    if name in ("r_", "c_"):
        raise AttributeError(f"module '{module}' has no attribute '{name}' in the emulation")
    if kind == "value":
        return ALIASES[name] if name in ALIASES else getattr(source, name)
    if kind == "module":
        return _submodule(module, name, source)
    if function is None:
        raise AttributeError(f"module '{module}' has no attribute '{name}' in the emulation")
    if kind == "ufunc":
        return ufunc_type()(name, facts, function)
    if kind == "function" and facts["parameters"] is not None:
        return made(name, facts["parameters"], function, facts.get("refuses_lists"))
    return function


def _raw(name: str) -> Any:
    try:
        return getattr(importlib.import_module(f"{__package__}.raw"), name)
    except ImportError as error:
        raise AttributeError(f"module 'cupy' has no attribute '{name}' in the emulation") from error


def _submodule(module: str, name: str, source: Any) -> Any:
    full = f"{module}.{name}"
    if full in SOURCES:
        return of(full)
    if any(entry.startswith(f"{full}.") for entry in SOURCES):
        return _Package(full)
    return getattr(source, name)


class _Package(ModuleType):
    """A package that is only the way to its modules, as ``lib`` and ``cupyx.scipy``."""

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if full not in SOURCES:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        return of(full)


scipy = _Package("cupyx.scipy")
