"""The public names of a library's namespaces: functions, methods and classes that a program may call."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

from .absence import found

SPACES = (
    "",
    "Tensor",
    "nn.functional",
    "linalg",
    "fft",
    "special",
    "masked",
    "signal.windows",
    "autograd",
    "autograd.forward_ad",
    "autograd.functional",
    "autograd.graph",
    "func",
    "testing",
    "random",
)


def public_names(module: Any) -> list[str]:
    """The dotted names of what a library offers in each namespace; not what it has from elsewhere."""
    names = []
    for space in SPACES:
        holder = found(module, space)
        if holder is None:
            continue
        offered = getattr(holder, "__all__", None) if space else getattr(module, "__all__", None)
        for name in sorted(set(offered or dir(holder))):
            if not name.startswith("_") and _offers(module, holder, name):
                names.append(f"{space}.{name}" if space else name)
    return names


def _offers(module: Any, holder: Any, name: str) -> bool:
    value = inspect.getattr_static(holder, name, None)
    if isinstance(holder, type):
        return value is not None
    if not callable(value) or isinstance(value, ModuleType):
        return False
    first, *inside = (getattr(value, "__module__", None) or module.__name__).split(".")
    private = isinstance(value, type) and any(part.startswith("_") or part == "jit" for part in inside)
    return first == module.__name__ and not private


def names_record(reference: Any, subject: Any) -> dict[str, Any]:
    """The record of which of the reference's public names the subject has, by whether it does."""
    names = public_names(reference)
    return {"record": "names", "names": {name: found(subject, name) is not None for name in names}}
