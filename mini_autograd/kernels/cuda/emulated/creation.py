"""New arrays, and those that come from the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import counting, stream
from .array import adopt, device_view, ndarray
from .calling import call


def empty(shape: Any, dtype: Any = float, order: str = "C") -> ndarray:
    return ndarray(shape, dtype, order=order)


def zeros(shape: Any, dtype: Any = float, order: str = "C") -> ndarray:
    return made("zeros", np.zeros, shape, dtype, order)


def ones(shape: Any, dtype: Any = float, order: str = "C") -> ndarray:
    return made("ones", np.ones, shape, dtype, order)


def made(name: str, function: Any, *args: Any, **kwargs: Any) -> ndarray:
    found: ndarray = call(name, function, args, kwargs, keeps_order=True)
    return found


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> ndarray:
    return made("full", np.full, shape, fill_value, dtype, order)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> ndarray:
    return made(
        "arange",
        lambda *args: np.arange(*args, dtype=dtype),
        *((0, start, step) if stop is None else (start, stop, step)),
    )


def eye(N: int, M: Any = None, k: int = 0, dtype: Any = float, order: str = "C") -> ndarray:
    return made("eye", np.eye, N, M, k, dtype, order)


def empty_like(
    a: ndarray, dtype: Any = None, order: str = "K", subok: Any = None, shape: Any = None
) -> ndarray:
    return adopt(np.empty_like(a._host, dtype, order, True, shape))  # type: ignore[call-overload]


def array(
    obj: Any, dtype: Any = None, copy: Any = True, order: str = "K", subok: bool = False, ndmin: int = 0,
    *, blocking: bool = False,
) -> ndarray:  # fmt: skip
    """A copy on the device, of what lies there or on the host."""
    if isinstance(obj, ndarray):
        if not copy and (dtype is None or obj.dtype == np.dtype(dtype)) and obj.ndim >= ndmin:
            return obj
        found: ndarray = call(
            "array",
            lambda host: np.array(host, dtype, order=order, ndmin=ndmin),  # type: ignore[call-overload]
            (obj,),
            {},
            True,
        )
        return found
    if isinstance(obj, (list, tuple)) and any(isinstance(one, ndarray) for one in obj):
        stacked: ndarray = call("stack", lambda hosts: np.array(hosts, dtype, ndmin=ndmin), (list(obj),), {})
        return stacked
    if hasattr(obj, "__cuda_array_interface__"):
        return over_interface(obj)
    host = np.array(obj, dtype, order=order, ndmin=ndmin)  # type: ignore[call-overload]
    if host.dtype.kind not in "biufcV":
        raise ValueError(f"Unsupported dtype {host.dtype}")
    counting.written("array", host.nbytes)
    arrived: ndarray = stream.results("array", lambda: host.copy(order="K"), ())
    return adopt(arrived)  # type: ignore[arg-type]


def asarray(a: Any, dtype: Any = None, order: Any = None, *, blocking: bool = False) -> ndarray:
    return array(a, dtype, copy=False, order=order or "K")


def asanyarray(a: Any, dtype: Any = None, order: Any = None, *, blocking: bool = False) -> ndarray:
    return asarray(a, dtype, order)


def ascontiguousarray(a: Any, dtype: Any = None) -> ndarray:
    given = asarray(a, dtype)
    if given.flags.c_contiguous and given.ndim:
        return given
    found: ndarray = call("ascontiguousarray", np.ascontiguousarray, (given,), {})
    return found


def copy(a: Any, order: str = "K") -> ndarray:
    return array(a, order=order)


def asnumpy(
    a: Any, stream: Any = None, order: str = "C", out: Any = None, *, blocking: bool = True
) -> np.ndarray:
    return a.get(stream, order, out, blocking) if isinstance(a, ndarray) else np.asarray(a, order=order)  # type: ignore[call-overload]


def broadcast_to(array: ndarray, shape: Any) -> ndarray:
    return device_view(array, np.broadcast_to(array._host, shape))


def broadcast_arrays(*args: ndarray) -> list[ndarray]:
    shape = np.broadcast_shapes(*[one.shape for one in args])
    return [one if one.shape == shape else broadcast_to(one, shape) for one in args]


def may_share_memory(a: ndarray, b: ndarray, max_work: Any = None) -> bool:
    return np.may_share_memory(a._host, b._host)


def shares_memory(a: ndarray, b: ndarray, max_work: Any = None) -> bool:
    return np.shares_memory(a._host, b._host)


def shape(a: Any) -> tuple[int, ...]:
    return a.shape if isinstance(a, ndarray) else np.shape(a)


def ndim(a: Any) -> int:
    return a.ndim if isinstance(a, ndarray) else np.ndim(a)


def size(a: Any, axis: Any = None) -> int:
    return np.size(a._host if isinstance(a, ndarray) else a, axis)


def copyto(dst: ndarray, src: Any, casting: str = "same_kind", where: Any = None) -> None:
    keeps = [one for one in (dst, src, where) if isinstance(one, ndarray)]
    given, mask = (one._host if isinstance(one, ndarray) else one for one in (src, where))
    if isinstance(src, np.ndarray) and src.ndim:
        raise TypeError(f"Unsupported type {type(src)}")
    options = {} if where is None else {"where": mask}
    stream.into("copyto", lambda: np.copyto(dst._host, given, casting, **options), keeps)  # type: ignore[arg-type]


def put_along_axis(arr: ndarray, indices: ndarray, values: Any, axis: Any) -> None:
    given = values._host if isinstance(values, ndarray) else values
    stream.into(
        "put_along_axis",
        lambda: np.put_along_axis(arr._host, indices._host, given, axis),
        (arr, indices, values),
    )


def fill_diagonal(a: ndarray, val: Any, wrap: bool = False) -> None:
    stream.into("fill_diagonal", lambda: np.fill_diagonal(a._host, val, wrap), (a,))


def from_dlpack(array: Any, *, device: Any = None, copy: Any = None) -> ndarray:
    from .dlpack import opened

    return opened(array)


def over_interface(source: Any) -> ndarray:
    """An array over memory that another library describes."""
    from .memory import MemoryPointer, UnownedMemory

    facts = source.__cuda_array_interface__
    kind = np.dtype(facts["typestr"])
    strides = facts.get("strides")
    extent = kind.itemsize
    for length, step in zip(facts["shape"], strides or (), strict=False):
        extent += (length - 1) * step
    if strides is None:
        extent = int(np.prod(facts["shape"], dtype=np.int64)) * kind.itemsize
    memory = UnownedMemory(facts["data"][0], extent, source)
    return ndarray(facts["shape"], kind, MemoryPointer(memory, 0), strides)
