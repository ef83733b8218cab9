"""Elements of a device array by index. As CuPy's, an index out of range wraps around instead of being an error: no kernel
could tell the host of it without being waited for."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import counting, stream
from .array import device_view, ndarray
from .calling import call
from .wrapping import check_devices

SIMPLE = (int, np.integer, slice, type(None), type(Ellipsis))


def get(self: ndarray, key: Any) -> Any:
    entries = key if isinstance(key, tuple) else (key,)
    if all(isinstance(one, SIMPLE) and not isinstance(one, bool) for one in entries):
        check_devices([self])
        if not any(one is Ellipsis for one in entries):
            entries = (*entries, Ellipsis)
        return device_view(self, self._host[entries])
    indices = wrapped(self, entries)
    return call("getitem", lambda host, *_: host[indices], (self,), {})


def put(self: ndarray, key: Any, value: Any) -> None:
    entries = key if isinstance(key, tuple) else (key,)
    if isinstance(value, np.ndarray):
        whole = len(entries) == 1 and (entries[0] is Ellipsis or entries[0] == slice(None))
        if value.ndim and not whole:
            raise TypeError(f"Unsupported type {type(value)}")
        counting.written("setitem", value.nbytes)
        given: Any = value
    elif isinstance(value, (list, tuple)):
        given = np.asarray(value)
        counting.written("setitem", given.nbytes)
    else:
        given = value._host if isinstance(value, ndarray) else value
    operands = [self, *[one for one in (value, *entries) if isinstance(one, ndarray)]]
    check_devices(operands)
    indices = wrapped(self, entries)

    def work() -> None:
        with np.errstate(all="ignore"):
            self._host[indices] = given

    stream.into("setitem", work, operands)


def wrapped(self: ndarray, entries: tuple) -> tuple:
    """The indices as numpy takes them: those in arrays modulo the size of their dimension."""
    made: list[Any] = []
    dim = 0
    left = sum(taken(one) for one in entries)
    for one in entries:
        if one is Ellipsis:
            dim = self.ndim - left
            made.append(one)
            continue
        left -= taken(one)
        if isinstance(one, (ndarray, list, np.ndarray)):
            host = one._host if isinstance(one, ndarray) else np.asarray(one)
            if not isinstance(one, ndarray):
                counting.written("index", host.nbytes)
            if host.dtype.kind == "b":
                stream.before_read("boolean index", 8)
            elif self.shape[dim]:
                host = host % self.shape[dim]
            made.append(host)
        else:
            made.append(one)
        dim += taken(one)
    return tuple(made)


def taken(one: Any) -> int:
    """How many dimensions an index is for."""
    if one is None or one is Ellipsis or isinstance(one, (bool, np.bool_)):
        return 0
    if isinstance(one, (ndarray, np.ndarray)) and one.dtype.kind == "b":
        return one.ndim
    return 1
