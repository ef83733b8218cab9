"""``ndarray``: an array of the emulated device. It holds a numpy array, which nothing but this package touches."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import device, pool
from .memory import BaseMemory, MemoryPointer, OutOfMemoryError, address
from .methods import Methods, install
from .operators import Operators

# Kinds that a device has: V is what ml_dtypes adds, and records.
KINDS = frozenset("biufcV")
TOO_LONG = frozenset("gG")


def device_dtype(dtype: Any) -> np.dtype:
    found = np.dtype(dtype)
    if found.kind not in KINDS or found.char in TOO_LONG:
        raise ValueError(f"Unsupported dtype {found}")
    return found


class Flags:
    """As ``numpy.ndarray.flags``, with the three that a device array has."""

    __slots__ = ("c_contiguous", "f_contiguous", "owndata")

    def __init__(self, c_contiguous: bool, f_contiguous: bool, owndata: bool) -> None:
        self.c_contiguous, self.f_contiguous, self.owndata = c_contiguous, f_contiguous, owndata

    @property
    def fnc(self) -> bool:
        return self.f_contiguous and not self.c_contiguous

    @property
    def forc(self) -> bool:
        return self.f_contiguous or self.c_contiguous

    def __getitem__(self, name: str) -> bool:
        names = {"C_CONTIGUOUS": "c_contiguous", "C": "c_contiguous", "F_CONTIGUOUS": "f_contiguous"}
        names |= {"F": "f_contiguous", "OWNDATA": "owndata", "O": "owndata", "FNC": "fnc", "FORC": "forc"}
        if name not in names:
            raise KeyError(f"{name} is not defined for cupy.ndarray.flags")
        return getattr(self, names[name])

    def __repr__(self) -> str:
        rows = [(name, self[name]) for name in ("C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA")]
        return "\n".join(f"  {name} : {value}" for name, value in rows)


class ndarray(Operators, Methods):
    __slots__ = ("__weakref__", "_host", "_memory", "_owner")
    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 100

    _host: np.ndarray
    _memory: BaseMemory
    _owner: ndarray | None

    def __init__(
        self, shape: Any, dtype: Any = float, memptr: Any = None, strides: Any = None, order: str = "C"
    ) -> None:
        found = device_dtype(dtype)
        layout: Any = order or "C"
        if order not in ("C", "F", None):
            raise ValueError(f"order not understood. order={order}")
        if memptr is None:
            if strides is not None:
                raise ValueError("memptr is required if strides is given")
            self._host = _allocated(shape, found, layout)
            self._memory = pool.adopt(self._host)
            if self._memory.root is not self._host:
                self._host = np.ndarray(shape, found, self._memory.bytes, 0, None, layout)
        else:
            host = _over(memptr, shape, found, strides, layout)
            self._host, self._memory = host, memptr.mem
        self._owner = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self._host.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        view = self._host.reshape(shape)
        if view.size and not np.may_share_memory(view, self._host):
            raise AttributeError("incompatible shape")
        self._host = view

    def _set_shape_and_strides(
        self, shape: Any, strides: Any, update_c_contiguity: bool = True, update_f_contiguity: bool = True
    ) -> None:
        """CuPy's own cheap way to make a view another view of the same memory."""
        memory = self._memory
        if 0 in tuple(shape):
            self._host = nothing_at(memory.bytes, self.data.offset, self.dtype, shape, strides)
        elif memory.size:
            offset = address(self._host) - memory.ptr
            self._host = np.ndarray(shape, self.dtype, memory.bytes, offset, strides)
        else:
            self._host = np.ndarray(shape, self.dtype, np.empty(0, np.uint8), 0, strides)

    @property
    def strides(self) -> tuple[int, ...]:
        return self._host.strides

    @property
    def dtype(self) -> np.dtype:
        return self._host.dtype

    @property
    def ndim(self) -> int:
        return self._host.ndim

    @property
    def size(self) -> int:
        return self._host.size

    @property
    def nbytes(self) -> int:
        return self._host.nbytes

    @property
    def itemsize(self) -> int:
        return self._host.itemsize

    @property
    def flags(self) -> Flags:
        flags = self._host.flags
        return Flags(flags.c_contiguous, flags.f_contiguous, self._owner is None)

    @property
    def base(self) -> ndarray | None:
        return self._owner

    @property
    def data(self) -> MemoryPointer:
        memory = self._memory
        return MemoryPointer(memory, address(self._host) - address(memory.root))

    @property
    def device(self) -> device.Device:
        return self._memory.device

    @property
    def cstruct(self) -> Any:
        return self._host.ctypes

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        host = self._host
        return {
            "shape": host.shape,
            "typestr": host.dtype.str,
            "descr": host.dtype.descr,
            "stream": 1,
            "version": 3,
            "strides": None if host.flags.c_contiguous else host.strides,
            "data": (self.data.ptr if host.size else 0, False),
        }

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, self._memory.device_id

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
    ) -> Any:
        """A capsule of the host's memory: for whoever knows that the device is emulated."""
        return self._host.__dlpack__(max_version=max_version)


def _allocated(shape: Any, dtype: np.dtype, order: Any) -> np.ndarray:
    try:
        return np.empty(shape, dtype, order)
    except MemoryError:
        raise OutOfMemoryError(int(np.prod(shape, dtype=object)) * dtype.itemsize, 0) from None


def _over(memptr: MemoryPointer, shape: Any, dtype: np.dtype, strides: Any, order: Any) -> np.ndarray:
    """The bytes that the pointer leads to, which may lie before it too where a stride is negative."""
    if 0 in (shape if isinstance(shape, tuple) else (shape,)):
        shape = shape if isinstance(shape, tuple) else (shape,)
        steps = np.empty(shape, dtype, order).strides if strides is None else strides
        return nothing_at(memptr.mem.bytes, memptr.offset, dtype, shape, steps)
    if not memptr.mem.size:
        return np.empty(shape, dtype, order)
    return np.ndarray(shape, dtype, memptr.mem.bytes, memptr.offset, strides, order)


def nothing_at(memory: np.ndarray, offset: int, dtype: Any, shape: Any, strides: Any) -> np.ndarray:
    """No elements, but at their place in the bytes, also behind the end, which a slice of numpy's does not keep."""
    return np.ndarray((offset + 1, *shape), dtype, memory, 0, (1, *strides))[offset]


def adopt(host: np.ndarray) -> ndarray:
    """A device array of what numpy has just made."""
    device_dtype(host.dtype)
    found = ndarray.__new__(ndarray)
    root = host
    while isinstance(root.base, np.ndarray):
        root = root.base
    if not root.flags.forc:
        root = host = np.array(host, order="C")
    found._memory = pool.adopt(root)
    if found._memory.root is not root and host.size:
        start = address(host) - address(root)
        host = np.ndarray(host.shape, host.dtype, found._memory.bytes, start, host.strides)
    elif not host.size:
        host = nothing_at(found._memory.bytes, 0, host.dtype, host.shape, host.strides)
    found._host, found._owner = host, None
    return found


def device_view(owner: ndarray, host: np.ndarray) -> ndarray:
    """A view of the owner's memory. numpy forbids to write to some of its views, a device to none."""
    found = ndarray.__new__(type(owner))
    if not host.flags.writeable:
        memory = owner._memory
        offset = address(host) - memory.ptr
        if host.size:
            host = np.ndarray(host.shape, host.dtype, memory.bytes, offset, host.strides)
    found._host, found._memory = host, owner._memory
    found._owner = owner if owner._owner is None else owner._owner
    return found


install()
