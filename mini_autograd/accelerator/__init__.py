"""What torch has in ``torch.accelerator``: the GPUs, for programs that need not know of which maker they are.

See https://pytorch.org/docs/stable/accelerator.html.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import devices
from mini_autograd.cuda import gpu, memory, streams
from mini_autograd.kernels import accelerator as state

NONE = "Cannot access accelerator device when none is available."


def current_accelerator(check_available: bool = False) -> devices.device | None:
    """The type of the accelerator; None where there is none."""
    if not state.is_built() or (check_available and not is_available()):
        return None
    return devices.device("cuda")


def is_available() -> bool:
    return gpu.is_available()


def device_count() -> int:
    return gpu.device_count()


def checked() -> None:
    if not state.is_built():
        raise RuntimeError(NONE)


def index_of(device: Any, optional: bool) -> int:
    if isinstance(device, int):
        checked()
        return device
    named = devices.device(device) if isinstance(device, str) else device
    if isinstance(named, devices.device):
        if not state.is_built():
            raise RuntimeError("Accelerator expected")
        if named.type != "cuda":
            raise ValueError(f"{named.type} doesn't match the current accelerator cuda.")
        if named.index is not None:
            return named.index
    if not optional:
        raise ValueError(f"Expected a torch.device with a specified index or an integer, but got:{device}")
    return current_device_index()


def current_device_index() -> int:
    checked()
    return gpu.current_device()


def set_device_index(device: Any, /) -> None:
    gpu.set_device(index_of(device, optional=False))


def current_stream(device: Any = None, /) -> streams.Stream:
    return streams.current_stream(index_of(device, optional=True))


def set_stream(stream: streams.Stream) -> None:
    checked()
    streams.set_stream(stream)


def synchronize(device: Any = None, /) -> None:
    gpu.synchronize(index_of(device, optional=True))


class device_index(gpu.device):
    """A context in which a device is the current one; nothing for None."""

    def __init__(self, device: int | None, /) -> None:
        super().__init__(-1 if device is None else device)

    def __enter__(self) -> None:
        if self.idx >= 0:
            checked()
        super().__enter__()


def empty_cache() -> None:
    checked()
    memory.empty_cache()


def memory_stats(device_index: Any = None, /) -> Any:
    return memory.memory_stats(index_of(device_index, optional=True))


def memory_allocated(device_index: Any = None, /) -> int:
    return memory.memory_allocated(index_of(device_index, optional=True))


def max_memory_allocated(device_index: Any = None, /) -> int:
    return memory.max_memory_allocated(index_of(device_index, optional=True))


def memory_reserved(device_index: Any = None, /) -> int:
    return memory.memory_reserved(index_of(device_index, optional=True))


def max_memory_reserved(device_index: Any = None, /) -> int:
    return memory.max_memory_reserved(index_of(device_index, optional=True))


def reset_peak_memory_stats(device_index: Any = None, /) -> None:
    memory.reset_peak_memory_stats(index_of(device_index, optional=True))


def reset_accumulated_memory_stats(device_index: Any = None, /) -> None:
    memory.reset_accumulated_memory_stats(index_of(device_index, optional=True))


def get_memory_info(device_index: Any = None, /) -> tuple[int, int]:
    return memory.mem_get_info(index_of(device_index, optional=True))
