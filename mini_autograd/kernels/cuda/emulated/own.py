"""Functions that numpy lacks or that mean something else on a device, as those between it and the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import counting, pinned, pool, stream
from .device_array import adopt, device_dtype, device_view, ndarray
from .function import made
from .methods import dot
from .solver import SOLVER


def _device_parts(obj: Any) -> bool:
    if isinstance(obj, (list, tuple)):
        return any(_device_parts(entry) for entry in obj)
    return isinstance(obj, ndarray)


def array(
    obj: Any,
    dtype: Any = None,
    copy: bool | None = True,
    order: str = "K",
    subok: bool = False,
    ndmin: int = 0,
    *,
    blocking: bool = False,
) -> ndarray:
    if isinstance(obj, ndarray):
        return _of_device(obj, dtype, copy, order, ndmin)
    if isinstance(obj, (list, tuple)) and _device_parts(obj):
        host = _stacked(obj)
        return _of_device(host, dtype, False, order, ndmin)
    host = np.array(obj, dtype=dtype, order=order, ndmin=ndmin)  # type: ignore[call-overload]
    device_dtype(host.dtype)
    counting.written("array", host.nbytes)
    return adopt(host)


def _of_device(a: ndarray, dtype: Any, copy: bool | None, order: str, ndmin: int) -> ndarray:
    wanted = a.dtype if dtype is None else device_dtype(dtype)
    flags = a.flags
    laid = {"C": flags.c_contiguous, "F": flags.f_contiguous}.get(order or "K", True)
    found: Any = a if wanted == a.dtype and laid and not copy else a.astype(wanted, order or "K")  # type: ignore[attr-defined]
    return found if found.ndim >= ndmin else found.reshape((1,) * (ndmin - found.ndim) + found.shape)


def _stacked(obj: Any) -> Any:
    """A nest of lists with device arrays in it, as one: what is on the host in it is sent."""
    from . import namespace

    parts = [_stacked(entry) if isinstance(entry, (list, tuple)) else entry for entry in obj]
    parts = [entry if isinstance(entry, ndarray) else array(entry) for entry in parts]
    return namespace.of("cupy").stack(parts)


def asarray(
    a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None, blocking: bool = False
) -> ndarray:
    return array(a, dtype, bool(copy), order or "K", blocking=blocking)


asanyarray = asarray


def ascontiguousarray(a: Any, dtype: Any = None) -> ndarray:
    return array(a, dtype, False, "C", ndmin=1)


def asfortranarray(a: Any, dtype: Any = None) -> ndarray:
    return array(a, dtype, False, "F", ndmin=1)


def asnumpy(
    a: Any, stream: Any = None, order: str = "C", out: Any = None, *, blocking: bool = True
) -> np.ndarray:
    if isinstance(a, ndarray):
        return a.get(stream, order, out)
    found = np.asarray(a, order=order)  # type: ignore[call-overload]
    if out is None:
        return found
    np.copyto(out, found)
    return out


def from_dlpack(array: Any, device: Any = None, copy: Any = None) -> ndarray:
    """The array itself where it is of the device; the host's memory shared where it is not."""
    if isinstance(array, ndarray):
        return device_view(array, array._host)
    return adopt(np.from_dlpack(array))


def get_array_module(*args: Any) -> Any:
    from . import namespace

    return namespace.of("cupy") if any(isinstance(entry, ndarray) for entry in args) else np


def size(a: Any, axis: Any = None) -> int:
    return a.size if axis is None else a.shape[axis]


def _broadcast_to(array: np.ndarray, shape: Any) -> np.ndarray:
    return np.broadcast_to(array, shape)


def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "wrap") -> Any:
    return np.take(a, indices, axis=axis, out=out, mode=mode or "wrap")


def _put(a: Any, ind: Any, v: Any, mode: str = "wrap") -> None:
    np.put(a, ind, v, mode=mode)  # type: ignore[arg-type]


def _extremum(name: str) -> Any:
    function = getattr(np, name)

    def place(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        found = function(a, axis=axis, out=out, keepdims=keepdims)
        return found if dtype is None else np.asarray(found).astype(dtype)

    return place


def _rsqrt(x: Any) -> Any:
    return 1 / np.sqrt(x)


# Functions that take numpy arrays inside, by module and name: what stands in for numpy's.
INSIDE: dict[str, dict[str, Any]] = {
    "cupy": {
        "take": _take,
        "put": _put,
        "dot": dot,
        **{name: _extremum(name) for name in ("argmax", "argmin", "nanargmax", "nanargmin")},
        "broadcast_arrays": lambda *args: tuple(
            np.broadcast_to(entry, np.broadcast_shapes(*map(np.shape, args))) for entry in args
        ),
        "alltrue": np.all,
        "sometrue": np.any,
        "product": np.prod,
        "cumproduct": np.cumprod,
        "round_": np.round,
        "trapz": np.trapezoid,
        "in1d": lambda ar1, ar2, assume_unique=False, invert=False: np.isin(
            np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert
        ),
    },
    "cupyx": {"rsqrt": _rsqrt},
    **SOLVER,
}


class Ranges:
    """``ogrid`` and ``mgrid``: made on the device."""

    def __init__(self, made_by: Any) -> None:
        self._made_by = made_by

    def __getitem__(self, key: Any) -> Any:
        found = self._made_by[key]
        return tuple(adopt(entry) for entry in found) if isinstance(found, tuple) else adopt(found)


def scatter(name: str) -> Any:
    return lambda a, slices, value: getattr(a, name)(slices, value)


def outside() -> dict[str, dict[str, Any]]:
    """Names that are given as they are, by module."""
    from . import cuda, namespace

    return {
        "cupy": {
            "ndarray": ndarray,
            "ufunc": namespace.ufunc_type(),
            "cuda": cuda,
            **{
                function.__name__: function
                for function in (array, asarray, ascontiguousarray, asfortranarray)
            },
            "asanyarray": asanyarray,
            "asnumpy": asnumpy,
            "from_dlpack": from_dlpack,
            "fromDlpack": from_dlpack,
            "ogrid": Ranges(np.ogrid),
            "mgrid": Ranges(np.mgrid),
            "get_array_module": get_array_module,
            "size": size,
            "is_available": cuda.is_available,
            "get_default_memory_pool": pool.get_default_memory_pool,
            "get_default_pinned_memory_pool": pinned.get_default_pinned_memory_pool,
        },
        "cupyx": {name: scatter(name) for name in ("scatter_add", "scatter_max", "scatter_min")},
    }


__all__ = ["INSIDE", "made", "outside", "stream"]
