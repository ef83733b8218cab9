"""``ndarray``: an array of an emulated device, which numpy does not take for one of its own.

It holds a numpy array over the device's memory, which is the host's, and lets nobody else see it: what is to be computed
goes through :mod:`calling`, and what is to be read through ``get`` and what comes to that, each of which is counted.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from . import counting, device, pool, stream
from .memory import BaseMemory, MemoryPointer, address, root_of

IMPLICIT = "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct a NumPy array explicitly."


class ndarray:
    """``ndarray(shape, dtype=float, memptr=None, strides=None, order="C")``: new memory, or that at ``memptr``; strides in
    bytes."""

    __slots__ = ("__weakref__", "_host", "_memory", "base")

    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    _host: np.ndarray
    _memory: BaseMemory
    base: ndarray | None

    def __init__(
        self, shape: Any, dtype: Any = float, memptr: Any = None, strides: Any = None, order: str = "C"
    ) -> None:
        kind = np.dtype(dtype)
        if memptr is None:
            made = np.empty(shape, kind, order or "C")  # type: ignore[call-overload]
            if strides is not None:
                made = np.ndarray(made.shape, kind, np.empty(made.size, kind), 0, strides)
            fill(self, made, None)
            return
        self._memory, self.base = memptr.mem, None
        self._host = np.ndarray(shape, kind, memptr.mem.bytes, memptr.offset, strides, order or "C")  # type: ignore[arg-type]

    # What it is ---------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self._host.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._host.shape = shape

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
    def itemsize(self) -> int:
        return self._host.itemsize

    @property
    def nbytes(self) -> int:
        return self._host.nbytes

    @property
    def flags(self) -> Flags:
        return Flags(self)

    @property
    def data(self) -> MemoryPointer:
        start = address(self._host) - address(self._memory.root) if self._memory.ptr else 0
        return MemoryPointer(self._memory, start)

    @property
    def device(self) -> device.Device:
        return device.Device(self._memory.device_id)

    def __len__(self) -> int:
        return len(self._host)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "typestr": self.dtype.str,
            "descr": self.dtype.descr,
            "data": (self.data.ptr, False),
            "strides": None if self._host.flags.c_contiguous else self.strides,
            "version": 3,
            "stream": 1,
        }

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, self._memory.device_id

    def __dlpack__(self, **options: Any) -> Any:
        """A capsule over memory of the host, which says that it is a device's."""
        from .dlpack import capsule

        return capsule(self, **options)

    # Views --------------------------------------------------------------------------------------------------------

    @property
    def T(self) -> ndarray:
        return device_view(self, self._host.T)

    @property
    def mT(self) -> ndarray:
        return device_view(self, self._host.swapaxes(-1, -2))

    @property
    def real(self) -> ndarray:
        return device_view(self, self._host.real) if self.dtype.kind == "c" else self

    @real.setter
    def real(self, value: Any) -> None:
        self.real[...] = value  # type: ignore[index]

    @property
    def imag(self) -> ndarray:
        if self.dtype.kind == "c":
            return device_view(self, self._host.imag)
        return adopt(np.zeros(self.shape, self.dtype))

    @imag.setter
    def imag(self, value: Any) -> None:
        self.imag[...] = value  # type: ignore[index]

    @property
    def flat(self) -> Any:
        raise NotImplementedError("the emulated device has no flat iterator")

    def _set_shape_and_strides(self, shape: Any, strides: Any, update_c: bool, update_f: bool) -> None:
        """Another shape and other strides over the same first element; whoever calls vouches for the bounds."""
        bytes_of = self._memory.root.reshape(-1).view(np.uint8)
        start = address(self._host) - address(self._memory.root) if self._memory.size else 0
        if 0 in tuple(shape):
            self._host = np.lib.stride_tricks.as_strided(self._host.reshape(-1)[:0], shape, strides)
            return
        self._host = np.ndarray(tuple(shape), self.dtype, bytes_of, start, tuple(strides))

    # To and from the host -----------------------------------------------------------------------------------------

    def get(self, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True) -> np.ndarray:
        self._before_read("get", stream)
        if out is not None:
            np.copyto(out, self._host)
            return out
        return np.array(self._host, order=order, copy=True)  # type: ignore[call-overload]

    def set(self, arr: np.ndarray, stream: Any = None) -> None:
        if arr.dtype != self.dtype:
            raise TypeError(f"{arr.dtype} array cannot be set to {self.dtype} array")
        if arr.shape != self.shape:
            raise ValueError(f"Shape mismatch. Old shape: {self.shape}, new shape: {arr.shape}")
        counting.written("set", arr.nbytes)
        into("set", lambda: np.copyto(self._host, arr), (self,))

    def item(self, *args: Any) -> Any:
        self._before_read("item")
        return self._host.item(*args)

    def tolist(self) -> Any:
        self._before_read("tolist")
        return self._host.tolist()

    def tobytes(self, order: str = "C") -> bytes:
        self._before_read("tobytes")
        return self._host.tobytes(order)  # type: ignore[arg-type]

    def _before_read(self, reason: str, on: Any = None) -> None:
        stream.before_read(reason, self.nbytes, on)

    def __bool__(self) -> bool:
        self._before_read("bool")
        return bool(self._host)

    def __int__(self) -> int:
        self._before_read("int")
        return int(self._host)

    def __float__(self) -> float:
        self._before_read("float")
        return float(self._host)

    def __complex__(self) -> complex:
        self._before_read("complex")
        return complex(self._host)

    def __index__(self) -> int:
        self._before_read("index")
        return operator.index(self._host)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise TypeError(IMPLICIT)

    def __repr__(self) -> str:
        return repr(self.get())

    def __str__(self) -> str:
        return str(self.get())

    def __format__(self, spec: str) -> str:
        return format(self.get(), spec)

    def __reduce__(self) -> tuple:
        from . import array

        return array, (self.get(),)

    def __copy__(self) -> ndarray:
        return self.copy()  # type: ignore[attr-defined]

    def __deepcopy__(self, memo: Any) -> ndarray:
        return self.copy()  # type: ignore[attr-defined]


class Flags:
    """How the elements lie, and whether the memory is the array's own."""

    def __init__(self, array: ndarray) -> None:
        self.c_contiguous = array._host.flags.c_contiguous
        self.f_contiguous = array._host.flags.f_contiguous
        self.owndata = array.base is None
        self.fnc = self.f_contiguous and not self.c_contiguous
        self.forc = self.f_contiguous or self.c_contiguous

    def __getitem__(self, name: str) -> bool:
        found: bool = getattr(self, name.lower())
        return found


def fill(made: ndarray, host: np.ndarray, base: ndarray | None) -> None:
    """Make ``made`` the array over the memory of ``host``, which numpy has just made, as a device would have given it."""
    root = root_of(host)
    memory = pool.adopt(root)
    if memory.root is not root and host.nbytes:
        start = address(host) - address(root)
        host = np.ndarray(host.shape, host.dtype, memory.bytes, start, host.strides)
    made._memory, made._host, made.base = memory, host, base


def adopt(host: np.ndarray) -> ndarray:
    """What numpy has made as an array of the current device."""
    made = object.__new__(ndarray)
    fill(made, host, None)
    return made


def device_view(owner: ndarray, host: np.ndarray) -> ndarray:
    """A view of the memory of ``owner``."""
    made = object.__new__(ndarray)
    made._memory, made._host = owner._memory, host
    made.base = owner if owner.base is None else owner.base
    return made


def into(name: str, work: Any, keeps: tuple) -> None:
    stream.into(name, work, keeps)
