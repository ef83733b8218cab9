"""Finds a kernel by name: ``kernel.mul`` is the host's own loop where there is one, else the shared function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from mini_autograd.kernels import host, shared


class Kernels:
    """Every kernel by name; AttributeError for an unknown one, so that a row with a typo fails at import."""

    def __init__(self) -> None:
        found = [entry.name for entry in pkgutil.iter_modules(shared.__path__)]
        self._shared = [importlib.import_module(f"{shared.__name__}.{name}") for name in found]
        self._host = host.modules()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for module in (*self._host, *self._shared):
            found = public(module, name)
            if found is not None:
                return without_preparations(found) if isinstance(found, np.ufunc) else found
        raise AttributeError(f"there is no kernel named {name!r}")


def public(module: ModuleType, name: str) -> Any:
    return vars(module).get(name)


def without_preparations(ufunc: np.ufunc) -> Callable[..., Any]:
    """The ufunc as a kernel: by its inner loops where the host's module for that was compiled."""
    direct = host.loop_module()
    suits = ufunc.nin in (1, 2) and ufunc.nout == 1
    return direct.Direct(ufunc) if direct is not None and suits else ufunc


kernel = Kernels()
