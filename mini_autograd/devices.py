"""Devices: where a tensor's memory lies, and where new memory lies when nobody says."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from mini_autograd.warning import warn_once

# In the order in which torch counts them.
TYPES = (
    "cpu", "cuda", "mkldnn", "opengl", "opencl", "ideep", "hip", "fpga", "maia", "xla", "vulkan", "metal", "xpu",
    "mps", "meta", "hpu", "ve", "lazy", "ipu", "mtia", "privateuseone",
)  # fmt: skip
# In the order in which torch lists them; a device cannot be of the one that it leaves out.
LISTED = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy",
    "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip
NO_LONGER = (
    "will be deprecated and removed in the future. Please use other valid device types instead. (Triggered internally "
    "at /__w/pytorch/pytorch/c10/core/Device.cpp:40.)"
)
SPELLING = re.compile(r"([a-zA-Z_]+)(?::(0|[1-9]\d*))?")
INT32, INT64 = 1 << 31, 1 << 63


class device:
    """``device("cpu")``, ``device("cuda:1")``, ``device("cuda", 1)``, or ``device(1)``, one of the accelerator's.

    Such an object may name what this library has no memory on. As a context it says where the tensors lie that are made
    without a ``device=``. See https://pytorch.org/docs/stable/tensor_attributes.html, "torch.device".
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __new__(cls, *args: Any, **kwargs: Any) -> device:
        kind, index = read(args, kwargs)
        made = object.__new__(cls)
        object.__setattr__(made, "type", kind)
        object.__setattr__(made, "index", index)
        return made

    def __init_subclass__(cls) -> None:
        raise TypeError("type 'torch.device' is not an acceptable base type")

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__slots__:
            raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")
        raise AttributeError(f"'torch.device' object has no attribute '{name}'")

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index & 0xFFFF}"
        return f"device(type='{self.type}'{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __lt__(self, other: object) -> bool:
        raise TypeError("comparison not implemented")

    __le__ = __gt__ = __ge__ = __lt__

    def __hash__(self) -> int:
        return TYPES.index(self.type) << 16 | (255 if self.index is None else self.index & 255)

    def __reduce__(self) -> tuple:
        return restored, (self.type, self.index)

    def __enter__(self) -> device:
        DEFAULT.before = (*DEFAULT.before, DEFAULT.device)
        DEFAULT.device = self
        return self

    def __exit__(self, *_: object) -> None:
        DEFAULT.device = DEFAULT.before[-1]
        DEFAULT.before = DEFAULT.before[:-1]


def restored(kind: str, index: int | None) -> device:
    """The device that a pickle stands for."""
    return device(kind, index)


def read(args: tuple, kwargs: dict[str, Any]) -> tuple[str, int | None]:
    """The type and the number that the arguments of ``device`` say; TypeError or RuntimeError if they say none."""
    given = len(args) + len(kwargs)
    named = kwargs.get("device", kwargs.get("type") if "device" not in kwargs else None)
    first: Any = args[0] if args else named
    if given == 1 and isinstance(first, device) and "type" not in kwargs:
        return first.type, first.index
    if given == 1 and is_number(first) and "type" not in kwargs:
        return numbered(first)
    index = args[1] if len(args) == 2 else kwargs.get("index")
    expected = {1: {"type", "device"} if not args else set(), 2: {"type", "index"} if not args else {"index"}}
    fits = isinstance(first, str | bytes) and (index is None or is_number(index))
    if not fits or len(args) > 2 or not set(kwargs) <= expected.get(given, set()):
        raise REFUSAL[0](args, kwargs)
    return spelled(first.decode() if isinstance(first, bytes) else first, index, given == 2)


def is_number(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(type(value), "__index__")


def numbered(value: Any) -> tuple[str, int | None]:
    """A device of the accelerator by its number."""
    index = value.__index__()
    if index < 0:
        raise RuntimeError("Device index must not be negative")
    return accelerator_type(), in_a_byte(index)


def spelled(text: str, index: Any, has_index: bool) -> tuple[str, int | None]:
    """The device of a string, and of a number beside it."""
    if not text:
        raise RuntimeError("Device string must not be empty")
    found = SPELLING.fullmatch(text)
    if found is None:
        raise RuntimeError(f"Invalid device string: '{text}'")
    kind, number = found.groups()
    if kind not in LISTED:
        listed = ", ".join(LISTED)
        raise RuntimeError(f"Expected one of {listed} device type at start of device string: {kind}")
    if kind == "mkldnn":
        warn_once(f"'{kind}' is no longer used as device type. So torch.device('{kind}') " + NO_LONGER, 6)
    if number is not None:
        if has_index:
            raise RuntimeError(
                f"type (string) must not include an index because index was passed explicitly: {text}"
            )
        if int(number) >= INT32:
            raise RuntimeError(f"Could not parse device index '{number}' in device string '{text}'")
        return kind, in_a_byte(int(number))
    if index is None:
        return kind, None
    index = index.__index__()
    if not -INT64 <= index < INT64:
        raise ValueError("Overflow when unpacking long long")
    if index < 0:
        raise RuntimeError("Device index must not be negative")
    return kind, in_a_byte(index)


def in_a_byte(index: int) -> int | None:
    """``index`` as torch keeps it, in a signed byte; -1 stands for no number."""
    kept = (index + 128) % 256 - 128
    return None if kept == -1 else kept


class Default(threading.local):
    """Where the tensors of a thread lie that are made without a ``device=``: None stands for the CPU."""

    device: device | None = None
    # Of the contexts that have been entered, what held outside of them.
    before: tuple = ()


DEFAULT = Default()


def set_default_device(device: Any) -> None:
    """Make tensors lie on ``device`` when nobody says where; None for the CPU."""
    DEFAULT.device = None if device is None else _device(device)


def get_default_device() -> device:
    """Where tensors lie when nobody says, with a number where the device is one of several."""
    chosen = DEFAULT.device
    if chosen is None:
        return CPU
    return placed(chosen) if chosen.index is None else chosen


# What is asked of layers above: they put their functions here.


def accelerator_type() -> str:
    raise RuntimeError("Cannot access accelerator device when none is available.")


def placed(device: device) -> device:
    """``device`` with the number that a tensor on it shows."""
    return device


# The error of arguments that ``device`` does not take.
REFUSAL: list[Callable[[tuple, dict[str, Any]], TypeError]] = []

_device = device
CPU = device("cpu")

# A class prints as torch's does.
device.__module__ = "torch"
