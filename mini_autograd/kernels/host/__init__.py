"""Compiled loops for numpy arrays on the CPU; each overrides the shared kernel of the same name.

They are absent where no compiler was found and where plain Python was asked for; every one has a shared twin that
gives the same result.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def modules() -> tuple[ModuleType, ...]:
    """The compiled modules that are there."""
    found = []
    for entry in pkgutil.iter_modules(__path__):
        try:
            found.append(importlib.import_module(f"{__name__}.{entry.name}"))
        except ModuleNotFoundError:
            continue
    return tuple(found)


@cache
def loop_module() -> ModuleType | None:
    """The module that calls numpy's inner loops directly, where it was compiled."""
    return next((module for module in modules() if module.__name__.endswith(".direct")), None)


def is_direct(kernel: object) -> bool:
    """Whether dispatch can call ``kernel`` as a C function."""
    module = loop_module()
    return module is not None and isinstance(kernel, module.Direct)
