"""Writes down what CuPy offers: ``python record.py`` with a Python that has CuPy writes ``names.json``. No GPU needed.

The file is run as a script, so that the Python that has CuPy needs nothing else of this package.

NOTE: what is asked without a GPU. An array over memory that CuPy does not own needs no driver, and CuPy looks at its
arguments before it launches anything: a call that comes as far as the driver's error was one it accepts. Libraries that
are not installed (cuBLAS, cuFFT) are replaced by placeholders while the names are read.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

FILE = Path(__file__).with_name("names.json")
MODULES = (
    "cupy",
    "cupy.linalg",
    "cupy.fft",
    "cupy.lib.stride_tricks",
    "cupy.random",
    "cupyx",
    "cupyx.scipy.special",
    "cupyx.scipy.linalg",
    "cupyx.scipy.fft",
)
CUDA = {
    "": "cuda",
    "runtime": "runtime",
    "memory": "memory",
    "stream": "stream",
    "device": "device",
    "pinned_memory": "pinned_memory",
}
METHODS = ("reduce", "accumulate", "reduceat", "at")
LITERAL = (type(None), bool, int, str)


def replace_missing_libraries(cupy: Any) -> None:
    libraries = importlib.import_module("cupy_backends.cuda.libs")
    places = [(libraries, name) for name in ("cublas", "cusolver", "cusparse", "curand")] + [
        (cupy.cuda, "cufft")
    ]
    for owner, name in places:
        try:
            getattr(owner, name)
        except ImportError:
            library = MagicMock(name=name)
            library.__name__, library.__spec__ = f"{owner.__name__}.{name}", None
            sys.modules[library.__name__] = library
            setattr(owner, name, library)
            setattr(cupy.cuda, name, library)


def default(value: Any) -> str:
    if isinstance(value, LITERAL) or (
        isinstance(value, float) and value == value and abs(value) != float("inf")
    ):
        return repr(value)
    return "()" if value == () else "..."


def parameters(function: Any) -> str:
    """The parameters as text that can stand between ``lambda`` and ``:``; a default that is no literal is ``...``."""
    found = [
        entry.replace(
            annotation=entry.empty,
            default=entry.empty if entry.default is entry.empty else Text(entry.default),
        )
        for entry in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(found))[1:-1]


class Text:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return default(self.value)


def documented(method: Any) -> str | None:
    """The parameters of a compiled method, from the first line of its documentation: types and ``self`` left out."""
    first = (method.__doc__ or "").strip().split("\n")[0]
    if "(" not in first:
        return None
    inside = first[first.index("(") + 1 : first.rindex(")")]
    parts = [part.strip() for part in inside.split(", ") if part.strip()]
    named = []
    for part in parts:
        left, equals, right = part.partition("=")
        words = left.split(":")[0].split()
        named.append(words[-1] + (f"={right}" if equals else ""))
    return ", ".join(named)


def fake(cupy: Any, shape: tuple[int, ...] = (2, 2), dtype: str = "d") -> Any:
    """An array over the host's memory: nothing can run on it, everything can look at it."""
    import numpy

    memory = numpy.zeros(4096, numpy.uint8)
    owned = cupy.cuda.UnownedMemory(memory.ctypes.data, memory.nbytes, memory, 0)
    return cupy.ndarray(shape, dtype, cupy.cuda.MemoryPointer(owned, 0))


def outcome(call: Any, *arguments: Any) -> str:
    try:
        call(*arguments)
    except Exception as error:
        return type(error).__name__
    return "CUDARuntimeError"


def refused(cupy: Any, function: Any) -> list[int]:
    """The places of the required parameters that take an array and refuse a list."""
    places = [
        entry
        for entry in inspect.signature(function).parameters.values()
        if entry.default is entry.empty and entry.kind in (entry.POSITIONAL_ONLY, entry.POSITIONAL_OR_KEYWORD)
    ]
    array = fake(cupy)
    for kind in ("array", 0, (1,), "ij->i", None):
        others: list[Any] = [array] + [array if kind == "array" else kind] * (len(places) - 1)
        if places and outcome(function, *others) == "CUDARuntimeError":
            break
    else:
        return []
    found = []
    for place, value in enumerate(others):
        if value is array:
            changed = [*others[:place], [[1.0, 2.0], [3.0, 4.0]], *others[place + 1 :]]
            if outcome(function, *changed) in ("TypeError", "AttributeError"):
                found.append(place)
    return found


def ufunc(cupy: Any, value: Any) -> dict[str, Any]:
    array, index = fake(cupy), fake(cupy, (2,), "l")
    arguments = {
        "reduce": (array,),
        "accumulate": (array,),
        "reduceat": (array, index),
        "at": (array, index, array)[: value.nin + 1],
    }
    has = [
        name for name in METHODS if outcome(getattr(value, name), *arguments[name]) != "NotImplementedError"
    ]
    return {
        "kind": "ufunc",
        "name": value.name,
        "nin": value.nin,
        "nout": value.nout,
        "types": value.types,
        "has": has,
    }


def describe(cupy: Any, value: Any) -> dict[str, Any]:
    if type(value).__name__ == "ufunc":
        return ufunc(cupy, value)
    if isinstance(value, type):
        return {"kind": "type"}
    if inspect.ismodule(value):
        return {"kind": "module"}
    if callable(value):
        try:
            entry: dict[str, Any] = {"kind": "function", "parameters": parameters(value)}
        except ValueError:
            return {"kind": "function", "parameters": documented(value)}
        if places := refused(cupy, value):
            entry["refuses_lists"] = places
        return entry
    return {"kind": "value"}


def record() -> dict[str, Any]:
    import warnings

    import cupy

    warnings.simplefilter("ignore")
    replace_missing_libraries(cupy)
    table: dict[str, Any] = {"version": cupy.__version__}
    for name in MODULES:
        module = importlib.import_module(name)
        names = [key for key in sorted(dir(module)) if not key.startswith("_") and key != "annotations"]
        table[name] = {key: describe(cupy, getattr(module, key)) for key in names}
    for name in CUDA:
        full = f"cupy.cuda.{name}".rstrip(".")
        module = importlib.import_module(full) if name != "runtime" else cupy.cuda.runtime
        table[full] = sorted(key for key in dir(module) if not key.startswith("_"))
    members = {
        key: getattr(cupy.ndarray, key) for key in sorted(dir(cupy.ndarray)) if not key.startswith("_")
    }
    table["ndarray"] = {key: documented(value) if callable(value) else None for key, value in members.items()}
    table["ndarray"]["view"] = "self, dtype=None, type=None"
    return table


if __name__ == "__main__":
    lines = []
    for section, content in record().items():
        if isinstance(content, dict):
            rows = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()]
            lines.append(f"{json.dumps(section)}: {{\n" + ",\n".join(rows) + "\n}")
        else:
            lines.append(f"{json.dumps(section)}: {json.dumps(content)}")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
