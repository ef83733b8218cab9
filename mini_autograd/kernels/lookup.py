"""Finds a kernel by name: ``kernel.mul`` is the host's own loop where there is one, else the shared function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from mini_autograd.kernels import host, shared


class Kernels:
    """Every kernel by name; AttributeError for an unknown one, so that a row with a typo fails at import."""

    def __init__(self) -> None:
        self._shared = [
            importlib.import_module(f"{shared.__name__}.{found.name}") for found in pkgutil.iter_modules(shared.__path__)
        ]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for module in (*host.modules(), *self._shared):
            found: Callable[..., Any] | None = vars(module).get(name)
            if found is not None:
                return found
        raise AttributeError(f"there is no kernel named {name!r}")


kernel = Kernels()
