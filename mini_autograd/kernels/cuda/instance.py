"""The second instance of the shared kernels: their modules executed with a GPU's array library (NOTE [Two instances]).

A module of ``kernels.cuda.override`` has kernels that take the place of those of the same name in the shared module of
its name, also where shared kernels call them. Those that ``hosted`` lists run on the host, on copies.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from types import ModuleType, SimpleNamespace
from typing import Any

from mini_autograd.kernels import shared
from mini_autograd.kernels.cuda import backend, hosted, override
from mini_autograd.kernels.cuda.namespace import Namespace

ARRAYS = "mini_autograd.kernels.arrays"
OVERRIDES = {entry.name for entry in pkgutil.iter_modules(override.__path__)}


class Instance:
    """The modules of ``kernels.shared`` for one array library, each executed when it is first asked for."""

    def __init__(self, library: backend.Backend) -> None:
        self.library = library
        self.xp = Namespace(library.xp)
        self.modules: dict[str, ModuleType] = {}
        # What a kernel was before another one took its place.
        self.replaced: dict[str, Any] = {}
        self.builtins = {**vars(builtins), "__import__": self.imported}

    def module(self, name: str) -> ModuleType:
        """The module ``kernels.shared.name`` of this instance."""
        made = self.modules.get(name)
        if made is not None:
            return made
        spec = importlib.util.find_spec(f"{shared.__name__}.{name}")
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"there are no shared kernels {name!r}", name=name)
        made = self.modules[name] = ModuleType(spec.name)
        made.__dict__.update(__builtins__=self.builtins, __file__=spec.origin)
        exec(spec.loader.get_code(spec.name), made.__dict__)  # type: ignore[attr-defined]
        self.replace(made, name)
        return made

    def replace(self, made: ModuleType, name: str) -> None:
        """Put the kernels of a GPU, and those that run on the host, in the place of the shared ones."""
        ours: Mapping[str, Any] = {}
        if name in OVERRIDES:
            ours = kernels_of(importlib.import_module(f"{override.__name__}.{name}"))
        for each in hosted.KERNELS.get(name, ()):
            self.replaced[each] = getattr(made, each)
            setattr(made, each, hosted.Hosted(self, each))
        for each, kernel in ours.items():
            if hasattr(made, each):
                self.replaced[each] = getattr(made, each)
            setattr(made, each, kernel)

    def kept(self, count: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """``lru_cache`` for functions that make arrays: what lies on one device serves none of the others."""
        device = self.library.xp.cuda.Device

        def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
            @lru_cache(count)
            def on_device(_: int, *args: Any) -> Any:
                return function(*args)

            return wraps(function)(lambda *args: on_device(device().id, *args))

        return decorated

    def imported(
        self, name: str, where: Any = None, scope: Any = None, wanted: tuple[str, ...] = (), level: int = 0
    ) -> Any:
        """``__import__`` as the modules of this instance see it."""
        if name == ARRAYS:
            return SimpleNamespace(xp=self.xp, Array=self.library.array, kept=self.kept)
        if name == shared.__name__ and wanted:
            return SimpleNamespace(**{each: self.module(each) for each in wanted})
        if name.startswith(f"{shared.__name__}."):
            return self.module(name.rpartition(".")[2])
        if name in self.library.modules:
            return self.library.modules[name]
        if name == "scipy" and wanted:
            return SimpleNamespace(**{each: self.library.modules[f"scipy.{each}"] for each in wanted})
        return builtins.__import__(name, where, scope, wanted, level)


def kernels_of(module: ModuleType) -> dict[str, Any]:
    """What a module defines itself and does not keep to itself."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }


@cache
def current() -> Instance:
    """The instance of the library in use; RuntimeError where there is no GPU."""
    library = backend.load()
    if library is None:
        raise RuntimeError("there is no GPU to run kernels on")
    return Instance(library)


def shared_kernel(module: str, name: str) -> Any:
    """The shared kernel itself, whatever took its place."""
    instance = current()
    found = getattr(instance.module(module), name)
    return instance.replaced.get(name, found)


def host_module(name: str) -> ModuleType:
    """The module ``kernels.shared.name`` for numpy arrays."""
    return importlib.import_module(f"{shared.__name__}.{name}")
