"""The library that mutants are put into: `mini_autograd` as plain Python, and its parts by name.

NOTE [Plain mutants]: what is compiled calls its own functions without looking their names up, so that nothing could be
put in their place. Compiled or plain it is one source, and the harness sees no more of the one than of the other: so
all mutants are put into plain Python. Its short ways, which are written out from rows and take the place of what is to
be wrong, are left out.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import FunctionType, ModuleType
from typing import Any

from ..records import RunError

LIBRARY = "mini_autograd"
SHORT_WAYS = f"{LIBRARY}.interpreted"


def load_plain() -> None:
    """Import the library as NOTE [Plain mutants] has it; RunError where it was imported otherwise before."""
    if SHORT_WAYS not in sys.modules and LIBRARY not in sys.modules:
        os.environ["MINI_AUTOGRAD_PURE"] = "1"
        none: Any = ModuleType(SHORT_WAYS)
        none.attach = lambda: None
        sys.modules[SHORT_WAYS] = none
    library = importlib.import_module(LIBRARY)
    if library.__compiled__ or hasattr(sys.modules[SHORT_WAYS], "__path__"):
        raise RunError(f"{LIBRARY} is imported already, in a form that mutants cannot be put into")


def part(name: str) -> Any:
    """A module of the library: ``part("graph.engine")``."""
    return importlib.import_module(f"{LIBRARY}.{name}")


def found(place: str) -> Any:
    """What is at a place: ``graph.engine:Pass.deliver``; of a package itself ``:tensor``."""
    module, _, path = place.partition(":")
    at = part(module) if module else importlib.import_module(LIBRARY)
    for name in path.split("."):
        at = vars(at)[name] if isinstance(at, type) and name in vars(at) else getattr(at, name)
    return at


def function_at(place: str) -> FunctionType:
    """The function at a place, of a property the one that reads it; LookupError where there is none."""
    at = found(place)
    at = getattr(at, "fget", None) or getattr(at, "__func__", None) or at
    at = getattr(at, "__wrapped__", at)
    if not isinstance(at, FunctionType):
        raise LookupError(f"{place}: is no function in plain Python")
    return at
