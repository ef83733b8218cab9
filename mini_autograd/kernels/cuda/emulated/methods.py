"""The methods and operators of a device array, by the table: numpy's on what it holds."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from . import functions, indexing, stream
from .array import device_view, ndarray
from .calling import call
from .table import checker, table

BINARY = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "power", "lshift": "left_shift", "rshift": "right_shift", "and": "bitwise_and",
    "or": "bitwise_or", "xor": "bitwise_xor",
}  # fmt: skip
COMPARED = {
    "lt": "less",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}
IN_PLACE = ("sort", "partition", "put", "fill")


def method(name: str, parameters: str) -> Any:
    check = checker(name, parameters)
    numpy_method = getattr(np.ndarray, name)

    def bound(self: ndarray, *args: Any, **kwargs: Any) -> Any:
        check(self, *args, **kwargs)
        for unsupported in ("casting", "subok", "type", "mode"):
            kwargs.pop(unsupported, None)
        if kwargs.get("copy", True) is None:
            del kwargs["copy"]
        return call(name, numpy_method, (self, *args), kwargs, keeps_order=True)

    bound.__name__ = name
    return bound


def written(name: str) -> Any:
    """A method that changes the array itself."""

    def bound(self: ndarray, *args: Any, **kwargs: Any) -> None:
        given = [one._host if isinstance(one, ndarray) else one for one in args]
        stream.into(name, lambda: getattr(self._host, name)(*given, **kwargs), (self, *args))

    bound.__name__ = name
    return bound


def forward(name: str) -> Any:
    def operate(self: ndarray, other: Any) -> Any:
        if not takes(other):
            return NotImplemented
        return functions.find("cupy", name)(self, other)

    return operate


def reflected(name: str) -> Any:
    def operate(self: ndarray, other: Any) -> Any:
        if not takes(other):
            return NotImplemented
        return functions.find("cupy", name)(other, self)

    return operate


def in_place(name: str) -> Any:
    def operate(self: ndarray, other: Any) -> Any:
        return functions.find("cupy", name)(self, other, out=self)

    return operate


def takes(other: Any) -> bool:
    if isinstance(other, np.ndarray):
        raise TypeError(f"Unsupported type {type(other)}")
    return isinstance(other, (ndarray, bool, int, float, complex, np.generic))


def unary(name: str) -> Any:
    def operate(self: ndarray) -> Any:
        return functions.find("cupy", name)(self)

    return operate


def attach() -> None:
    for name, parameters in table()["ndarray"].items():
        if parameters is None or hasattr(ndarray, name) or not hasattr(np.ndarray, name):
            continue
        setattr(ndarray, name, written(name) if name in IN_PLACE else method(name, parameters))
    for word, name in (BINARY | COMPARED).items():
        setattr(ndarray, f"__{word}__", forward(name))
    for word, name in BINARY.items():
        setattr(ndarray, f"__r{word}__", reflected(name))
        setattr(ndarray, f"__i{word}__", in_place(name))
    for word, name in UNARY.items():
        setattr(ndarray, f"__{word}__", unary(name))
    special: dict[str, Any] = {
        "__matmul__": lambda self, other: functions.find("cupy", "matmul")(self, other),
        "__getitem__": indexing.get,
        "__setitem__": indexing.put,
        "__iter__": lambda self: iter([self[at] for at in range(len(self))]),
        "__array_ufunc__": lambda self, ufunc, way, *inputs, **options: functions.of_numpy_ufunc(
            ufunc, way, inputs, options
        ),
        "__array_function__": lambda self, function, types, args, kwargs: functions.of_numpy_function(
            function, args, kwargs
        ),
        "__contains__": lambda self, value: bool((self == value).any()),
        "view": view,
        "scatter_add": lambda self, slices, value: functions.find("cupy", "add").at(self, slices, value),
    }
    for name, function in special.items():
        setattr(ndarray, name, function)


def view(self: ndarray, dtype: Any = None, type: Any = None) -> ndarray:
    return device_view(self, self._host.view() if dtype is None else self._host.view(dtype))


__all__ = ["attach", "operator"]
