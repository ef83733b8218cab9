"""CUDA as the library's one accelerator: whether there is any, its devices, and its start at first use.

Light: what drives a GPU is imported when a program first names one.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd import devices
from mini_autograd.devices import CPU, device
from mini_autograd.errors import AcceleratorError, OutOfMemoryError

NOT_COMPILED = "Torch not compiled with CUDA enabled"
WITHOUT_LIBRARY = (
    "Cannot {} without ATen_cuda library. PyTorch splits its backend into two shared libraries: a CPU library and a "
    "CUDA library; this error has occurred because you are trying to use some CUDA functionality, but the CUDA library "
    "has not been loaded by the dynamic linker for some reason.  The CUDA library MUST be loaded, EVEN IF you don't "
    "directly use any symbols from the CUDA library! One common culprit is a lack of -Wl,--no-as-needed in your link "
    "arguments; many dynamic linkers will delete dynamic library dependencies if you don't depend on any of their "
    "symbols.  You can check if this has occurred by using ldd on your binary to see if there is a dependency on "
    "*_cuda.so library."
)
NO_DRIVER = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from "
    "http://www.nvidia.com/Download/index.aspx"
)
NO_DEVICE = "No CUDA GPUs are available"
FORKED = (
    "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the 'spawn' start "
    "method"
)
ADVICE = (
    "\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be "
    "incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\nCompile with `TORCH_USE_CUDA_DSA` to enable "
    "device-side assertions.\n"
)
INVALID_DEVICE = (
    "CUDA error: invalid device ordinal\nGPU device may be out of range, do you have enough GPUs?" + ADVICE
)
MTIA = (
    "Torch not compiled with MTIA enabled. Ensure you have `import mtia.host_runtime.torch_mtia.dynamic_library` in "
    "your python src file and include `//mtia/host_runtime/torch_mtia:torch_mtia` as your target dependency!"
)
OUT_OF_MEMORY = (
    "CUDA out of memory. Tried to allocate {tried}. GPU {index} has a total capacity of {total} of which {free} is "
    "free. Of the allocated memory {allocated} is allocated by PyTorch, and {cached} is reserved by PyTorch but "
    "unallocated. If reserved but unallocated memory is large try setting PYTORCH_ALLOC_CONF=expandable_segments:True "
    "to avoid fragmentation.  See documentation for Memory Management  "
    "(https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-cuda-alloc-conf)"
)
INSUFFICIENT_DRIVER = 35  # as CUDA counts its errors

# What is wanted of a device before it was first used: done at the start, in this order.
_waiting: list[tuple[Callable[[], object], list[str]]] = []
# What looks for errors that kernels have left on the current device: called wherever the host waits for one.
CHECKS: list[Callable[[], None]] = []


class State:
    """How far the start has come, which happens once in a process."""

    def __init__(self) -> None:
        self.started = False
        self.starting = False
        self.forked = False
        self.refused = 0  # how often there was no memory left
        self.lock = threading.RLock()


STATE = State()


class DeferredCudaCallError(Exception):
    """What was wanted of a device before its start could not be done."""


def load() -> Any:
    """What drives the devices: an object with ``xp``, which has CuPy's names; None where there are none."""
    from mini_autograd.kernels.cuda import backend  # on first use, as all that follows from it

    return backend.load()


def is_built() -> bool:
    """Whether a GPU would be used if there were one."""
    from mini_autograd.kernels.cuda import backend

    found: Any = backend.found()
    return load() is not None or found.built


def is_started() -> bool:
    return STATE.started and not STATE.forked


def start() -> Any:
    """What drives the devices, brought up at the first call; torch's errors where there are none."""
    if is_started() or STATE.starting:
        return load()
    with STATE.lock:
        if STATE.forked:
            raise RuntimeError(FORKED)
        backend = load()
        if backend is None:
            raise absence()
        STATE.starting = True
        try:
            take_over_memory(backend.xp)
            catch_up()
            STATE.started = True
        finally:
            STATE.starting = False
    return backend


def catch_up() -> None:
    """Do what was wanted before the start."""
    while _waiting:
        call, stack = _waiting.pop(0)
        try:
            call()
        except Exception as error:
            raise DeferredCudaCallError(
                f"CUDA call failed lazily at initialization with error: {error}\n\n"
                f"CUDA call was originally invoked at:\n\n{''.join(stack)}"
            ) from error


def when_started(call: Callable[[], object], instead: bool = False) -> None:
    """Call at once, or at the start; ``instead`` of what was wanted so before."""
    if is_started():
        call()
        return
    if instead:
        _waiting[:] = [(each, stack) for each, stack in _waiting if stack]
    _waiting.append((call, [] if instead else traceback.format_stack()))


def absence() -> Exception:
    """Why there is no device, in torch's words: those of a build without CUDA where CuPy is not installed."""
    if not is_built():
        return AssertionError(NOT_COMPILED)
    from cupy.cuda import runtime

    try:
        runtime.getDeviceCount()
    except runtime.CUDARuntimeError as error:
        if error.status == INSUFFICIENT_DRIVER:
            return RuntimeError(NO_DRIVER)
    return RuntimeError(NO_DEVICE)


def after_fork() -> None:
    STATE.forked = STATE.started


os.register_at_fork(after_in_child=after_fork)


# Devices ----------------------------------------------------------------------------------------------------------


def count() -> int:
    """How many devices there are, without a start."""
    backend = load()
    return 0 if backend is None else backend.xp.cuda.runtime.getDeviceCount()


def current() -> int:
    """The number of the device that new memory lies on when nobody says."""
    return start().xp.cuda.runtime.getDevice()


def exchange(index: int) -> int:
    """Make a device the current one, and give the number of the one that was."""
    before = current()
    if index != before:
        checked(index)
        load().xp.cuda.runtime.setDevice(index)
    return before


def checked(index: int) -> int:
    """``index``, if there is a device of that number."""
    if not 0 <= index < count():
        raise AcceleratorError(INVALID_DEVICE)
    return index


def place(device: device | None) -> int | None:
    """The number of the GPU that is meant, None for the memory of the host; torch's errors where there is none."""
    if device is None or device.type == "cpu":
        return None
    if device.type != "cuda":
        raise unsupported(device.type)
    start()
    return current() if device.index is None else checked(device.index)


def placed(device: device) -> device:
    """``device`` as a tensor on it shows it."""
    return of_number(place(device))


def of_number(index: int | None) -> device:
    return CPU if index is None else device("cuda", index)


def number_of(array: Any) -> int | None:
    """The number of the GPU that an array lies on, None of one in the memory of the host."""
    return None if isinstance(array, np.ndarray) else array.device.id


def device_of(array: Any) -> device:
    return CPU if isinstance(array, np.ndarray) else device("cuda", array.device.id)


def accelerator_type() -> str:
    """The type of the devices that a bare number means."""
    if not is_built():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    return "cuda"


KEYS = {"mps": "MPS", "xla": "XLA", "vulkan": "Vulkan", "lazy": "Lazy", "maia": "MAIA", "meta": "Meta"}


def unsupported(kind: str) -> Exception:
    """The error of asking for memory on a device of a type that only has a name here."""
    if kind in ("xpu", "mtia"):
        return AssertionError(MTIA if kind == "mtia" else "Torch not compiled with XPU enabled")
    if kind in ("hpu", "privateuseone"):
        return ModuleNotFoundError(f"No module named 'torch.{kind}'")
    if kind in ("mkldnn", "opengl", "opencl", "ideep"):
        return RuntimeError(
            f"This is a grandfathered Caffe2 device type {kind}, it shouldn't ever convert to a DispatchKey.  File a "
            "bug describing what you were doing if you think this is in error."
        )
    return NotImplementedError(
        f"Could not run 'aten::empty.memory_format' with arguments from the '{KEYS.get(kind, kind.upper())}' backend."
    )


def synchronize(index: int) -> None:
    """Wait for all that a device has been given to do, and tell what went wrong with it."""
    with start().xp.cuda.Device(checked(index)) as chosen:
        chosen.synchronize()
        check()


def check() -> None:
    """Raise what kernels have found wrong, which they cannot tell by themselves."""
    for look in CHECKS:
        look()


# Memory -----------------------------------------------------------------------------------------------------------


def take_over_memory(xp: Any) -> None:
    """Have all memory of arrays be asked for by way of :func:`allocate`.

    NOTE [Out of memory]: CuPy's pool gives back what it keeps, and asks once more, before it says that there is none;
    it says so by a MemoryError, and torch by a RuntimeError, so that the pool is asked in one place, this.
    """
    memory = xp.cuda.memory
    pool = xp.get_default_memory_pool()

    def allocate(size: int) -> Any:
        try:
            return pool.malloc(size)
        except memory.OutOfMemoryError:
            STATE.refused += 1
            raise out_of_memory(xp, pool, size) from None

    xp.cuda.set_allocator(allocate)


def out_of_memory(xp: Any, pool: Any, size: int) -> OutOfMemoryError:
    free, total = xp.cuda.runtime.memGetInfo()
    used, kept = pool.used_bytes(), pool.total_bytes()
    text = OUT_OF_MEMORY.format(
        tried=readable(size),
        index=xp.cuda.runtime.getDevice(),
        total=readable(total),
        free=readable(free),
        allocated=readable(used),
        cached=readable(kept - used),
    )
    return OutOfMemoryError(text)


def readable(size: int) -> str:
    """A number of bytes as torch writes it in an error."""
    if size <= 1024:
        return f"{size} bytes"
    for unit, name in ((1 << 20, "KiB"), (1 << 30, "MiB")):
        if size <= unit:
            return f"{size * 1024 / unit:.2f} {name}"
    return f"{size / (1 << 30):.2f} GiB"


devices.accelerator_type = accelerator_type
devices.placed = placed
