"""The methods of ``ndarray`` that numpy's have too, and those that read or write from the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import counting, indexing, stream
from .function import made
from .table import table

OWN = frozenset(
    [
        "get", "set", "item", "tolist", "tobytes", "fill", "view", "reduced_view", "scatter_add",
        "scatter_max", "scatter_min", "argmax", "argmin", "ptp", "toDlpack", "dump", "dumps", "tofile",
        "mdspan", "T", "real", "imag", "flat", "mT", "take", "put",
    ]
)  # fmt: skip
PROPERTIES = frozenset(
    [
        "base", "cstruct", "data", "device", "dtype", "flags", "itemsize", "nbytes", "ndim", "shape",
        "size", "strides",
    ]
)  # fmt: skip
IMPLICIT = (
    "Implicit conversion to a NumPy array is not allowed. "
    "Please use `.get()` to construct a NumPy array explicitly."
)


def _parameters(name: str) -> str:
    text = table()["ndarray"][name]
    return text.replace("self", "self, /", 1)


def _method(name: str, function: Any) -> Any:
    return made(name + "!" if name in ("sort", "partition") else name, _parameters(name), function)


class Methods(indexing.Indexing):
    __slots__ = ()

    def get(self, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True) -> np.ndarray:
        host = self._wait("get", stream)
        if out is None:
            return np.array(host, order="C" if order == "A" and not host.flags.fnc else order)  # type: ignore
        if not isinstance(out, np.ndarray):
            raise TypeError(f"Only numpy.ndarray can be obtained from cupy.ndarray: {type(out)}")
        if out.dtype != host.dtype or out.shape != host.shape:
            raise (TypeError if out.dtype != host.dtype else ValueError)(
                "out array of another dtype or shape"
            )
        np.copyto(out, host)
        return out

    def _wait(self, reason: str, on: Any = None) -> np.ndarray:
        """The numpy array, when all that writes to it has run."""
        host = self._host  # type: ignore[attr-defined]
        stream.before_read(reason, host.nbytes, on)
        return host

    def set(self, arr: Any, stream: Any = None) -> None:
        host = self._host  # type: ignore[attr-defined]
        if not isinstance(arr, np.ndarray):
            raise TypeError(f"Only numpy.ndarray can be set to cupy.ndarray: {type(arr)}")
        if host.dtype != arr.dtype:
            raise TypeError(f"{arr.dtype} array cannot be set to {host.dtype} array")
        if host.shape != arr.shape:
            raise ValueError(f"Shape mismatch. Old shape: {host.shape}, new shape: {arr.shape}")
        if not host.flags.forc:
            raise RuntimeError("Cannot set to non-contiguous array")
        counting.written("set", arr.nbytes)
        sent = arr.copy()
        _submit(stream, "set", lambda: np.copyto(host, sent), self)

    def item(self) -> Any:
        if self._host.size != 1:  # type: ignore[attr-defined]
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._wait("item").item()

    def tolist(self) -> Any:
        return self._wait("tolist").tolist()

    def tobytes(self, order: str = "C") -> bytes:
        return self._wait("tobytes").tobytes(order)  # type: ignore[arg-type]

    def fill(self, value: Any) -> None:
        if isinstance(value, np.ndarray):
            if value.size != 1:
                raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
            value = value.item()
        self[...] = value

    def view(self, dtype: Any = None, type: Any = None) -> Any:
        from .device_array import device_dtype, device_view

        host = self._host  # type: ignore[attr-defined]
        return device_view(self, host.view() if dtype is None else host.view(device_dtype(dtype)))  # type: ignore

    def reduced_view(self, dtype: Any = None) -> Any:
        flat = self._host.flags.c_contiguous  # type: ignore[attr-defined]
        return self.reshape(-1) if flat else self.view()  # type: ignore[attr-defined]

    def scatter_add(self, slices: Any, value: Any) -> None:
        indexing.scatter(np.add, self, slices, value)

    def scatter_max(self, slices: Any, value: Any) -> None:
        indexing.scatter(np.maximum, self, slices, value)

    def scatter_min(self, slices: Any, value: Any) -> None:
        indexing.scatter(np.minimum, self, slices, value)

    def toDlpack(self) -> Any:
        return self.__dlpack__()  # type: ignore[attr-defined]

    def dump(self, file: Any) -> None:
        self.get().dump(file)

    def dumps(self) -> bytes:
        return self.get().dumps()

    def tofile(self, fid: Any, sep: str = "", format: str = "%s") -> None:
        self.get().tofile(fid, sep, format)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(IMPLICIT)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from . import namespace

        out = kwargs.pop("out", None)
        if out is not None:
            if any(isinstance(entry, np.ndarray) for entry in out):
                return NotImplemented
            kwargs["out"] = out[0] if len(out) == 1 else out
        found = getattr(namespace.of("cupy"), ufunc.__name__, None)
        if found is None:
            return NotImplemented
        return (found if method == "__call__" else getattr(found, method))(*inputs, **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from . import namespace

        module = "cupy" + func.__module__.removeprefix("numpy")
        if any(not issubclass(entry, (Methods, np.ndarray)) for entry in types):
            return NotImplemented
        found = getattr(namespace.of(module), func.__name__, None) if namespace.knows(module) else None
        return NotImplemented if found is None else found(*args, **kwargs)

    def __bool__(self) -> bool:
        size = self._host.size  # type: ignore[attr-defined]
        if size > 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        return bool(self._wait("bool")) if size else False

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __bytes__(self) -> bytes:
        return bytes(self.get())

    def __format__(self, spec: str) -> str:
        return format(self.item() if spec else str(self), spec)

    def __repr__(self) -> str:
        return repr(self._wait("repr"))

    def __str__(self) -> str:
        return str(self._wait("str"))

    def __copy__(self) -> Any:
        return self.copy()  # type: ignore[attr-defined]

    def __deepcopy__(self, memo: Any) -> Any:
        from .device import Device

        with Device(self._memory.device_id):  # type: ignore[attr-defined]
            return self.copy()  # type: ignore[attr-defined]

    def __reduce__(self) -> Any:
        from .own import array

        return array, (self.get(),)


def _submit(on: Any, name: str, work: Any, keeps: Any) -> None:
    (stream.get_current_stream() if on is None else on).submit(name, work, keeps)


def _extremum(name: str) -> Any:
    function = getattr(np, name)

    def place(a: Any, axis: Any = None, out: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        found = function(a, axis=axis, out=out, keepdims=keepdims)
        return found if dtype is None else np.asarray(found).astype(dtype)

    return made(name, _parameters(name), place)


def _take(a: Any, indices: Any, axis: Any = None, out: Any = None) -> Any:
    return np.take(a, indices, axis=axis, out=out, mode="wrap")


def _put(a: Any, indices: Any, values: Any, mode: str = "wrap") -> None:
    np.put(a, indices, values, mode=mode)  # type: ignore[arg-type]


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Of matrices a product of matrices, where numpy scales one by a matrix of one number, and leaves out a zero."""
    return np.matmul(a, b, out=out) if np.ndim(a) == np.ndim(b) == 2 else np.dot(a, b, out=out)


def install() -> None:
    """Called when ``ndarray`` is there, which what is made here asks for."""
    for name, parameters in table()["ndarray"].items():
        if parameters is not None and name not in OWN:
            setattr(Methods, name, _method(name, getattr(np.ndarray, name)))
    for name in ("argmax", "argmin"):
        setattr(Methods, name, _extremum(name))
    Methods.dot = made("dot", _parameters("dot"), dot)  # type: ignore[attr-defined]
    Methods.ptp = made("ptp", _parameters("ptp"), np.ptp)  # type: ignore[attr-defined]
    Methods.take = made("take", _parameters("take"), _take)  # type: ignore[attr-defined]
    Methods.put = made("put", _parameters("put"), _put)  # type: ignore[attr-defined]


def _view_property(name: str) -> property:
    def getter(self: Any) -> Any:
        from .wrapping import device_result

        return device_result(getattr(self._host, name), [self])

    def setter(self: Any, value: Any) -> None:
        getter(self)[...] = value

    return property(getter, setter if name in ("real", "imag") else None)


for _name in ("T", "mT", "real", "imag"):
    setattr(Methods, _name, _view_property(_name))
