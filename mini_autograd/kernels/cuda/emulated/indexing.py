"""``a[...]`` and ``a[...] = value``: basic, by arrays, by masks.

NOTE: an index out of range. An integer or a slice is checked on the host, as numpy's; the entries of an index array
are not looked at, and wrap around.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import counting, stream


def _host_index(index: Any, operands: list) -> tuple:
    """The index for numpy, as a tuple. Lists and numpy's arrays are sent to the device first."""
    from .device_array import ndarray

    parts = []
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, ndarray):
            operands.append(part)
            part = part._host
        elif isinstance(part, (list, np.ndarray)):
            part = _sent(part)
        elif isinstance(part, slice):
            part = slice(*(_bound(value) for value in (part.start, part.stop, part.step)))
        parts.append(part)
    return tuple(parts)


def _sent(part: Any) -> np.ndarray:
    part = np.asarray(part if len(np.shape(part)) and np.size(part) else np.asarray(part, np.intp))
    if part.dtype.kind not in "biu":
        raise IndexError(
            "arrays used as indices must be of integer or boolean type. (actual: " + f"{part.dtype})"
        )
    counting.written("index", part.nbytes)
    return part


def _bound(value: Any) -> Any:
    from .device_array import ndarray

    return value.item() if isinstance(value, ndarray) else value


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype == np.bool_


def _is_array(part: Any) -> bool:
    return isinstance(part, np.ndarray)


def _wrapped(shape: tuple[int, ...], index: tuple) -> tuple:
    """The index with its arrays' entries taken modulo the size of the dimension they go along."""
    used = sum(part.ndim if _is_mask(part) else part is not None and part is not Ellipsis for part in index)
    place, parts = 0, []
    for part in index:
        if part is Ellipsis:
            place += len(shape) - used
        elif part is not None:
            if _is_array(part) and not _is_mask(part) and place < len(shape) and shape[place]:
                part = part % shape[place]
            place += part.ndim if _is_mask(part) else 1
        parts.append(part)
    return tuple(parts)


def lookup(host: np.ndarray, index: tuple) -> np.ndarray:
    try:
        found = host[index]
    except IndexError:
        if not any(map(_is_array, index)):
            raise
        found = host[_wrapped(host.shape, index)]
    return np.asarray(found, host.dtype)


def assign(host: np.ndarray, index: tuple, value: Any) -> None:
    try:
        host[index] = value
    except IndexError:
        if not any(map(_is_array, index)):
            raise
        host[_wrapped(host.shape, index)] = value


def _host_value(value: Any, operands: list) -> Any:
    from .device_array import ndarray

    if isinstance(value, ndarray):
        operands.append(value)
        return value._host
    if isinstance(value, (list, tuple, np.ndarray)):
        if np.size(value) != 1 or np.ndim(value):
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        return np.asarray(value).item()
    return value


def scatter(ufunc: Any, array: Any, index: Any, value: Any) -> None:
    from .wrapping import check_devices

    operands = [array]
    where, what, host = _host_index(index, operands), _host_value(value, operands), array._host
    check_devices(operands)

    def work() -> None:
        try:
            ufunc.at(host, where, what)
        except IndexError:
            ufunc.at(host, _wrapped(host.shape, where), what)

    stream.into("scatter", work, operands)


def _start(host: np.ndarray, index: tuple) -> int:
    """How many bytes after the first element what a basic index leaves begins, also where it leaves none."""
    used = sum(part is not None and part is not Ellipsis for part in index)
    start = place = 0
    for part in index:
        if part is Ellipsis:
            place += host.ndim - used
        elif part is not None:
            size = host.shape[place]
            first = part.indices(size)[0] if isinstance(part, slice) else part + size * (part < 0)
            start += first * host.strides[place]
            place += 1
    return start


class Indexing:
    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        from .device_array import adopt, device_view, nothing_at
        from .wrapping import check_devices

        operands: list = [self]
        where, host = _host_index(index, operands), self._host  # type: ignore[attr-defined]
        if not any(map(_is_array, where)):
            # Always a view: an index that leaves no dimension gives an array without one.
            found = host[(*where, Ellipsis) if Ellipsis not in where else where]
            whole: Any = self
            if not found.size:
                start = whole.data.offset + _start(host, where)
                found = nothing_at(whole._memory.bytes, start, host.dtype, found.shape, found.strides)
            return device_view(whole, found)
        if any(map(_is_mask, where)):
            stream.before_read("mask", 8)
        check_devices(operands)
        return adopt(stream.results("getitem", lambda: lookup(host, where).copy(order="C"), operands))

    def __setitem__(self, index: Any, value: Any) -> None:
        from .wrapping import check_devices

        operands: list = [self]
        where, host = _host_index(index, operands), self._host  # type: ignore[attr-defined]
        what = _host_value(value, operands)
        if any(map(_is_mask, where)) and np.ndim(what):
            stream.before_read("mask", 8)
        check_devices(operands)
        if not any(map(_is_array, where)):
            host[where]  # what the host can refuse, it refuses at once
        stream.into("setitem", lambda: assign(host, where, what), operands)

    def __len__(self) -> int:
        shape = self._host.shape  # type: ignore[attr-defined]
        if not shape:
            raise TypeError("len() of unsized object")
        return shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self._host.ndim:  # type: ignore[attr-defined]
            raise TypeError("iteration over a 0-d array")
        return (self[place] for place in range(len(self)))

    @property
    def flat(self) -> Any:
        return self.ravel()  # type: ignore[attr-defined]
