"""Finds a kernel by name: ``kernel.mul`` is the host's own loop where there is one, else the shared
function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd.kernels import host, shared


class Kernels:
    """Every kernel by name; AttributeError for an unknown one, so that a row with a typo fails at import."""

    def __init__(self) -> None:
        names = [entry.name for entry in pkgutil.iter_modules(shared.__path__)]
        modules = [importlib.import_module(f"{shared.__name__}.{name}") for name in names]
        self._found: dict[str, Any] = {}
        # Functions that modules have for themselves may be of one name; kernels may not.
        self._several: set[str] = set()
        for module in modules:
            for name, value in vars(module).items():
                if self._found.setdefault(name, value) is not value:
                    self._several.add(name)
        for module in reversed(host.modules()):
            self._found.update(vars(module))
            self._several.difference_update(vars(module))

    def __getattr__(self, name: str) -> Any:
        found = self._found.get(name)
        if found is None or name in self._several:
            raise AttributeError(f"there is {'more than one' if found else 'no'} kernel named {name!r}")
        return without_preparations(found) if isinstance(found, np.ufunc) else found


def without_preparations(ufunc: np.ufunc) -> Callable[..., Any]:
    """The ufunc as a kernel: by its inner loops where the host's module for that was compiled."""
    direct = host.loop_module()
    suits = ufunc.nin in (1, 2) and ufunc.nout == 1
    return direct.Direct(ufunc) if direct is not None and suits else ufunc


kernel = Kernels()
