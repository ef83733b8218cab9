"""cuDNN, NVIDIA's library of kernels for neural networks, by the calls of its C interface that this library needs.

It is looked for where torch's wheels have it, beside the other packages, then where the system loads libraries from.
``MINI_AUTOGRAD_CUDNN`` names another file, or is ``off``; the emulated device has none but such a file.
"""

from __future__ import annotations

import ctypes
import os
import site
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from mini_autograd.kernels.cuda import backend

VARIABLE = "MINI_AUTOGRAD_CUDNN"
NAME = "libcudnn.so.9"
OLDEST = 90000

POINTER, INT, SIZE = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
SUCCESS = 0
NOT_SUPPORTED = range(3000, 4000)
# What every call that says whether it worked takes; enumerations are ints, handles and descriptors pointers.
PROTOTYPES: dict[str, tuple[Any, ...]] = {
    "cudnnCreate": (POINTER,),
    "cudnnSetStream": (POINTER, POINTER),
    "cudnnCreateTensorDescriptor": (POINTER,),
    "cudnnSetTensorNdDescriptor": (POINTER, INT, INT, POINTER, POINTER),
    "cudnnDestroyTensorDescriptor": (POINTER,),
    "cudnnCreateFilterDescriptor": (POINTER,),
    "cudnnSetFilterNdDescriptor": (POINTER, INT, INT, INT, POINTER),
    "cudnnDestroyFilterDescriptor": (POINTER,),
    "cudnnCreateConvolutionDescriptor": (POINTER,),
    "cudnnSetConvolutionNdDescriptor": (POINTER, INT, POINTER, POINTER, POINTER, INT, INT),
    "cudnnSetConvolutionGroupCount": (POINTER, INT),
    "cudnnSetConvolutionMathType": (POINTER, INT),
    "cudnnDestroyConvolutionDescriptor": (POINTER,),
}
# Those of each of the three products of a convolution, whose parameters stand in the same order.
for _product in ("Forward", "BackwardData", "BackwardFilter"):
    _case = (POINTER,) * 5
    _run = (POINTER,) * 7 + (INT, POINTER, SIZE) + (POINTER,) * 3
    PROTOTYPES |= {
        f"cudnnGetConvolution{_product}AlgorithmMaxCount": (POINTER, POINTER),
        f"cudnnGetConvolution{_product}Algorithm_v7": (*_case, INT, POINTER, POINTER),
        f"cudnnGetConvolution{_product}WorkspaceSize": (*_case, INT, POINTER),
        f"cudnnFindConvolution{_product}AlgorithmEx": (*(POINTER,) * 8, INT, POINTER, POINTER, POINTER, SIZE),
        f"cudnnConvolution{_product}": _run,
    }


class Library:
    """The functions of the library by their names."""

    def __init__(self, path: str) -> None:
        loaded = ctypes.CDLL(path)
        self.path = path
        loaded.cudnnGetVersion.restype = SIZE
        loaded.cudnnGetErrorString.restype = ctypes.c_char_p
        self.version: int = loaded.cudnnGetVersion()
        self.spelled: Callable[[int], bytes] = loaded.cudnnGetErrorString
        self.functions: dict[str, Callable[..., int]] = {}
        for name, parameters in PROTOTYPES.items():
            function = self.functions[name] = getattr(loaded, name)
            function.argtypes, function.restype = parameters, INT

    def call(self, name: str, *args: Any) -> None:
        """Call a function; RuntimeError where it says that something is wrong."""
        self.check(self.functions[name](*args))

    def supports(self, name: str, *args: Any) -> bool:
        """Call a function; False where it says that it cannot do this."""
        status = self.functions[name](*args)
        if status in NOT_SUPPORTED:
            return False
        self.check(status)
        return True

    def check(self, status: int) -> None:
        if status != SUCCESS:
            raise RuntimeError(f"cuDNN error: {self.spelled(status).decode()}")


# -- The library in use --------------------------------------------------------------------------------------


@cache
def found() -> Library | str:
    """The library, looked for once, or why there is none."""
    choice = os.environ.get(VARIABLE, "")
    if choice == "off":
        return f"{VARIABLE} is off"
    driver = backend.load()
    if driver is None:
        return "there is no GPU"
    if driver.emulated and not choice:
        return "the emulated device has no cuDNN"
    reasons = []
    for path in [choice] if choice else candidates():
        try:
            library = Library(path)
        except (OSError, AttributeError) as error:
            reasons.append(str(error))
            continue
        if library.version >= OLDEST:
            return library
        reasons.append(f"{path} is of version {library.version}, older than {OLDEST}")
    return "; ".join(reasons)


def candidates() -> list[str]:
    """Where the library may be: as packages of Python have it, then by its name alone."""
    packages = dict.fromkeys([*sys.path, *site.getsitepackages(), site.getusersitepackages()])
    wheels = [Path(folder) / "nvidia" / "cudnn" / "lib" / NAME for folder in packages]
    return [*[str(path) for path in wheels if path.is_file()], NAME]


def load() -> Library | None:
    """The library, None where there is none."""
    library = found()
    return library if isinstance(library, Library) else None


# -- Handles -------------------------------------------------------------------------------------------------


class Handle:
    """A handle of one device, for one thread at a time, and the stream that it was last told of."""

    def __init__(self, library: Library) -> None:
        self.pointer = POINTER()
        self.stream: int | None = None
        library.call("cudnnCreate", ctypes.byref(self.pointer))


# By device, those that no thread has.
FREE: dict[int, list[Handle]] = {}


class Lent:
    """The handles that a thread has; when it ends others may have them, as one costs much to make."""

    def __init__(self) -> None:
        self.handles: dict[int, Handle] = {}

    def __del__(self, free: dict[int, list[Handle]] = FREE) -> None:  # also at the end of the process
        for device, handle in self.handles.items():
            free.setdefault(device, []).append(handle)


_thread = threading.local()


def handle(library: Library) -> Any:
    """The handle of the current device in this thread, which works on the current stream."""
    cuda = backend.load().xp.cuda  # type: ignore[union-attr]
    device = cuda.runtime.getDevice()
    try:
        lent = _thread.lent
    except AttributeError:
        lent = _thread.lent = Lent()
    held = lent.handles.get(device)
    if held is None:
        try:
            held = FREE.get(device, []).pop()
        except IndexError:
            held = Handle(library)
        lent.handles[device] = held
    stream = cuda.get_current_stream().ptr
    if held.stream != stream:
        library.call("cudnnSetStream", held.pointer, stream or None)
        held.stream = stream
    return held.pointer
