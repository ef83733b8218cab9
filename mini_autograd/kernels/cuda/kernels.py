"""The kernels for the arrays of a GPU, and the counterpart there of what a row names for the host."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache, partial
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

from mini_autograd.kernels import host, lookup, shared
from mini_autograd.kernels.cuda import instance
from mini_autograd.kernels.lookup import Kernels


@cache
def named() -> dict[int, str]:
    """The names of the host's kernels."""
    return {id(value): name for name, value in vars(lookup.kernel)["_found"].items() if callable(value)}


@cache
def current() -> CudaKernels:
    return CudaKernels(instance.current())


class CudaKernels(Kernels):
    """Every kernel by name for the arrays of ``made.library``."""

    def __init__(self, made: instance.Instance) -> None:
        super().__init__([made.module(name) for name in lookup.SHARED])
        self._instance = made
        self._translated: dict[int, Any] = {}
        self._scopes: dict[int, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        found = self._found.get(name)
        if found is None or name in self._several:
            raise AttributeError(f"there is {'more than one' if found else 'no'} kernel named {name!r}")
        return found

    def on(self, place: int) -> Any:
        """A context in which new arrays are made on device ``place``."""
        device = self._instance.library.xp.cuda.Device
        return nullcontext() if place == device().id else device(place)

    def number(self, array: Any) -> Any:
        """An array of the host without dimensions as a number of its type, which a launch takes by value."""
        return array[()]

    def sent(self, array: Any, place: int) -> Any:
        """A copy on device ``place``."""
        with self.on(place):
            return self._instance.library.xp.asarray(array)

    def counterpart(self, kernel: Any) -> Any:
        """What does for a GPU's arrays what ``kernel``, a row's, does for the host's.

        A kernel of the host has the same name here. A row's own function is the same code, with the kernels that it
        names found here.
        """
        key = id(kernel)
        found = self._translated.get(key)
        if found is None:
            # Kept together: another object must not come to have this identity.
            found = self._translated[key] = (kernel, self.translated(kernel))
        return found[1]

    def translated(self, value: Any) -> Any:
        if value is lookup.kernel:
            return self
        if isinstance(value, np.ufunc):
            known = named().get(id(value), "")
            return (
                getattr(self, known) if known in self._found else getattr(self._instance.xp, value.__name__)
            )
        if host.is_direct(value):
            return self.translated(value.general)
        if isinstance(value, partial) and id(value) not in named():
            return partial(
                self.translated(value.func),
                *[self.translated(one) for one in value.args],
                **{name: self.translated(one) for name, one in value.keywords.items()},
            )
        if isinstance(value, ModuleType):
            return self.module(value)
        name = named().get(id(value))
        if name is not None and name not in self._several:
            return getattr(self, name)
        home = getattr(value, "__module__", None) or ""
        if home.startswith(f"{shared.__name__}."):
            return self.of_shared(value, home)
        if isinstance(value, FunctionType):
            return self.rebound(value)
        # What holds a kernel says how it is with another one.
        return value.on(self.translated) if hasattr(type(value), "on") else value

    def module(self, value: ModuleType) -> Any:
        """A module of shared kernels that a row names."""
        if value.__name__.startswith(f"{shared.__name__}."):
            return self._instance.module(value.__name__.rpartition(".")[2])
        return value

    def of_shared(self, value: Any, home: str) -> Any:
        """The same name in the same module, here; a function without a name of its own is the same code."""
        ours = self._instance.module(home.rpartition(".")[2])
        name = getattr(value, "__name__", "")
        theirs = vars(instance.host_module(home.rpartition(".")[2]))
        if theirs.get(name) is value:
            return getattr(ours, name)
        for each, one in theirs.items():
            if one is value:
                return getattr(ours, each)
        return self.rebound(value) if isinstance(value, FunctionType) else value

    def rebound(self, function: FunctionType) -> Any:
        """The same code with the kernels that it names, or holds, found here."""
        cells = function.__closure__
        made = FunctionType(
            function.__code__,
            self.scope(function.__globals__),
            function.__name__,
            function.__defaults__ and tuple([self.translated(one) for one in function.__defaults__]),
            cells and tuple([CellType(self.translated(one.cell_contents)) for one in cells]),
        )
        made.__kwdefaults__ = function.__kwdefaults__
        return made

    def scope(self, names: dict[str, Any]) -> dict[str, Any]:
        """The globals of a module of rows as its functions see them here."""
        if names["__name__"].startswith(f"{shared.__name__}."):
            return vars(self._instance.module(names["__name__"].rpartition(".")[2]))
        made = self._scopes.get(id(names))
        if made is None:
            made = self._scopes[id(names)] = dict(names)
            for name, value in names.items():
                ours = isinstance(value, FunctionType) and value.__globals__ is names
                theirs = getattr(value, "__module__", None) or ""
                if ours or value is lookup.kernel or theirs.startswith(f"{shared.__name__}."):
                    made[name] = self.translated(value)
        return made
