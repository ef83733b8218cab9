"""Decides, before anything else is imported, whether the compiled modules of this package or their Python
sources run; both are made of the same files, so nothing but speed may differ."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

VARIABLE = "MINI_AUTOGRAD_PURE"
PACKAGE = __name__.rpartition(".")[0]
CORE = f"{PACKAGE}.graph.engine"


class SourceOnly:
    """A meta-path finder that loads a package's submodules from Python source, or not at all."""

    def __init__(self, package: str) -> None:
        self.prefix = f"{package}."

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of ``name``'s source; None for other packages; ModuleNotFoundError without a source."""
        if not name.startswith(self.prefix):
            return None
        for folder in path or ():
            spec = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
            if spec is not None:
                return spec
        raise ModuleNotFoundError(f"No module named {name!r} in Python source ({VARIABLE} is set)", name=name)


def pure_requested() -> bool:
    """Whether the environment asks for plain Python; ValueError if it asks for neither yes nor no."""
    value = os.environ.get(VARIABLE, "")
    if value not in ("", "0", "1"):
        raise ValueError(f"{VARIABLE} must be 0 or 1, not {value!r}")
    return value == "1"


def select() -> None:
    """Make every later import of this package's submodules follow the environment's choice."""
    if pure_requested():
        sys.meta_path.insert(0, SourceOnly(PACKAGE))


def is_compiled() -> bool:
    """Whether the autograd engine that this process has imported is machine code; False before its import."""
    core = sys.modules.get(CORE)
    spec = core.__spec__ if core is not None else None
    return spec is not None and isinstance(spec.loader, ExtensionFileLoader)
