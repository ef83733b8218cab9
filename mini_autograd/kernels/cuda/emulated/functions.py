"""The functions of CuPy's modules, by the table: numpy's or scipy's on device arrays, with the parameters that CuPy's have."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np

from . import creation
from .array import ndarray
from .calling import call
from .table import checker, table
from .ufunc import ufunc

# Where numpy or scipy has what a module of CuPy's has.
ORIGINS = {
    "cupy": "numpy",
    "cupy.linalg": "numpy.linalg",
    "cupy.fft": "numpy.fft",
    "cupyx.scipy.special": "scipy.special",
    "cupyx.scipy.linalg": "scipy.linalg",
    "cupyx.scipy.fft": "scipy.fft",
}
# What CuPy calls otherwise than numpy does now.
RENAMED = {"round_": "round", "row_stack": "vstack", "amax": "max", "amin": "min", "product": "prod", "alltrue": "all",
           "sometrue": "any", "trapz": "trapezoid", "in1d": "isin", "cumproduct": "cumprod"}  # fmt: skip
HOST = frozenset((
    "broadcast_shapes", "can_cast", "common_type", "isscalar", "issubdtype", "min_scalar_type", "promote_types",
    "result_type", "ndindex", "isdtype", "iterable",
))  # fmt: skip


def find(module: str, name: str) -> Any:
    """``name`` of CuPy's ``module``; AttributeError where that has none such."""
    entry = table()[module].get(name)
    if entry is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    own = vars(creation).get(name) if module == "cupy" else None
    if own is not None and not isinstance(own, ModuleType):
        return own
    origin = importlib.import_module(ORIGINS[module])
    found = getattr(origin, RENAMED.get(name, name), None)
    if found is None:
        raise NotImplementedError(f"the emulated device lacks {module}.{name}")
    if entry["kind"] == "ufunc":
        return ufunc(name, found, entry)
    if entry["kind"] == "function" and name not in HOST:
        return Function(name, found, entry)
    return found


class Function:
    """A function of numpy's on device arrays."""

    def __init__(self, name: str, function: Any, entry: dict[str, Any]) -> None:
        self.__name__ = name
        self._function = function
        self._check = checker(name, entry["parameters"]) if entry.get("parameters") is not None else None
        self._refuses_lists = entry.get("refuses_lists", ())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._check is not None:
            self._check(*args, **kwargs)
        for place in self._refuses_lists:
            if place < len(args) and isinstance(args[place], (list, tuple, int, float, complex)):
                first = args[place]
                if not (isinstance(first, (list, tuple)) and any(isinstance(one, ndarray) for one in first)):
                    raise TypeError(f"Unsupported type {type(first)}")
        return call(self.__name__, self._function, args, kwargs)


def of_numpy_function(function: Any, args: tuple, kwargs: dict) -> Any:
    """What ``numpy.name(device_array)`` comes to: the function of that name here."""
    module = function.__module__.replace("numpy", "cupy")
    try:
        return find(module, function.__name__)(*args, **kwargs)
    except AttributeError:
        return NotImplemented


def of_numpy_ufunc(numpy_ufunc: Any, method: str, inputs: tuple, kwargs: dict) -> Any:
    name = numpy_ufunc.__name__
    if isinstance(kwargs.get("out"), tuple):
        kwargs["out"] = kwargs["out"][0]
    try:
        ours = find("cupy", name)
    except AttributeError:
        return NotImplemented
    return ours(*inputs, **kwargs) if method == "__call__" else getattr(ours, method)(*inputs, **kwargs)


def is_numpy(value: Any) -> bool:
    return isinstance(value, np.ndarray)
