"""Finds a kernel by name: ``kernel.mul`` is the host's own loop where there is one, else the shared function; for the
arrays of a GPU see :func:`kernels_of`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import numpy as np

from mini_autograd.kernels import host, shared

ndarray = np.ndarray
SHARED = tuple([entry.name for entry in pkgutil.iter_modules(shared.__path__)])


class Kernels:
    """Every kernel by name; AttributeError for an unknown one, so that a row with a typo fails at import.

    Those of ``own`` take the place of those of ``modules``.
    """

    def __init__(self, modules: Iterable[ModuleType], own: Iterable[ModuleType] = ()) -> None:
        self._found: dict[str, Any] = {}
        # Functions that modules have for themselves may be of one name; kernels may not.
        self._several: set[str] = set()
        for module in modules:
            for name, value in vars(module).items():
                if self._found.setdefault(name, value) is not value:
                    self._several.add(name)
        for module in own:
            self._found.update(vars(module))
            self._several.difference_update(vars(module))

    def __getattr__(self, name: str) -> Any:
        found = self._found.get(name)
        if found is None or name in self._several:
            raise AttributeError(f"there is {'more than one' if found else 'no'} kernel named {name!r}")
        return without_preparations(found) if isinstance(found, np.ufunc) else found

    def counterpart(self, kernel: Any) -> Any:
        """The kernel for arrays of this kind that a row has as ``kernel`` for numpy's: itself, here."""
        return kernel


def without_preparations(ufunc: np.ufunc) -> Callable[..., Any]:
    """The ufunc as a kernel: by its inner loops where the host's module for that was compiled."""
    direct = host.loop_module()
    suits = ufunc.nin in (1, 2) and ufunc.nout == 1
    return direct.Direct(ufunc) if direct is not None and suits else ufunc


kernel = Kernels(
    [importlib.import_module(f"{shared.__name__}.{name}") for name in SHARED], reversed(host.modules())
)


def on_host(array: Any) -> bool:
    """Whether an array is numpy's; if not it is a GPU's."""
    return type(array) is ndarray


def settled(result: Any) -> Any:
    """What a kernel gave, as an array: numpy's functions of 0-d arrays give scalars."""
    return np.asarray(result) if isinstance(result, (ndarray, np.generic, int, float, complex)) else result


def kernels_of(array: Any) -> Kernels:
    """The kernels for arrays like this one: the host's, or those of ``kernels.cuda``."""
    if type(array) is ndarray:
        return kernel
    return elsewhere()


def elsewhere() -> Any:
    """The kernels for the arrays of a GPU; RuntimeError where there is none."""
    from mini_autograd.kernels.cuda.kernels import current  # NOTE [Two instances]

    return current()
