"""Where the tensors of a library lie: on the CPU, or on a device, where each leaf and each new tensor is made then.

Programs, samples of ops and what is timed are the same data on every device. A library that is *placed* gives them, in
the place of each function that makes a tensor of no other, that function with the device as its default: what is
computed from there on lies where its operands lie, and a device that a program names itself is left as it is.

NOTE [Emulated devices]: with MINI_AUTOGRAD_CUDA=host the library has a `cuda` over host memory, and torch has none.
Then torch runs on the CPU, and the two are compared modulo the device: the names of devices are taken out of texts, and
instead of torch's device each tensor is held to the one on which all were made. Two sorts of programs say nothing
there, and are told as unsupported, with the reason: those that share memory with numpy, which a device has none of, and
those that put a tensor elsewhere themselves.
"""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from typing import Any

from .refusal import Refusal

CPU, CUDA = "cpu", "cuda"
DEVICES = (CPU, CUDA)
SWITCH = "MINI_AUTOGRAD_CUDA"  # what the library goes by: host, off, or the GPU that there is
# The functions that make a tensor of no other, by the namespace that they are in.
_MAKERS = {
    "": """
        arange as_tensor asarray bartlett_window blackman_window empty empty_permuted empty_strided eye full
        hamming_window hann_window kaiser_window linspace logspace ones rand randint randn randperm range scalar_tensor
        tensor tril_indices triu_indices zeros
        """,
    "fft": "fftfreq rfftfreq",
    "signal.windows": """
        bartlett blackman cosine exponential gaussian general_cosine general_hamming hamming hann kaiser nuttall
        """,
}
MAKERS = {space: frozenset(names.split()) for space, names in _MAKERS.items()}
SHARING = frozenset(("from_numpy", "frombuffer"))  # which make a tensor of memory that is the CPU's
_NAMES = re.compile(r",\s*device=(?:'cuda:\d+'|str\b)")  # as a tensor, and a list of what was given, show it
_INDEX = re.compile(r"\bcuda(?::\d+)?\b")
_BREAKS = re.compile(r",\s+")


class NoDevice(Refusal):
    """There is no such device for what is asked; the text says which, and for want of what."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A device on which all tensors of a library are made; NOTE [Emulated devices]."""

    device: str
    emulated: bool = False

    def __str__(self) -> str:
        return f"{self.device} (host)" if self.emulated else self.device

    @property
    def where(self) -> str:
        """What the tensors say of where they are."""
        return f"{self.device}:0"

    @property
    def told(self) -> str:
        """The line that says where a comparison takes place."""
        if self.emulated:
            return f"{self.device}, emulated on the host; torch on cpu"
        return f"{self.device}, both sides"


class Placed:
    """A library, or a namespace of it, whose new tensors are made on a device."""

    def __init__(self, module: Any, device: str, space: str = "") -> None:
        self._module, self._device, self._space = module, device, space

    def __getattr__(self, name: str) -> Any:
        if name == "default_generator":
            raise AttributeError(name)  # it is the CPU's: `manual_seed` sets those of all devices
        found = getattr(self._module, name)
        if name in MAKERS.get(self._space, ()):
            return functools.partial(found, device=self._device)
        if not self._space and name in SHARING:
            return lambda *args, **kwargs: found(*args, **kwargs).to(self._device)
        inner = f"{self._space}.{name}".removeprefix(".")
        if any(space == inner or space.startswith(f"{inner}.") for space in MAKERS):
            return Placed(found, self._device, inner)
        return found

    @property
    def plain(self) -> Any:
        """The library as it is."""
        return self._module

    def __dir__(self) -> list[str]:
        return dir(self._module)


def emulated() -> bool:
    """Whether the library is asked for a device over host memory."""
    return os.environ.get(SWITCH, "").partition(":")[0] == "host"


def has_device(module: Any, device: str) -> bool:
    """Whether a library can be placed on a device now."""
    found = getattr(getattr(module, device, None), "is_available", None)
    try:
        return bool(found is not None and found())
    except Exception:  # a driver that does not answer is none
        return False


def placement(module: Any, name: str, device: str) -> Placement:
    """Where a library is placed; NoDevice where it has no such device."""
    if not has_device(module, device):
        raise NoDevice(f"{name} has no {device} here{_why(module, device)}")
    return Placement(device, emulated() and not name.startswith("torch"))


def _why(module: Any, device: str) -> str:
    if getattr(module, device, None) is None:
        return f": it has no {device!r}"
    return "" if emulated() else f": no GPU was found, and {SWITCH}=host asks for one on the host"


def sides(reference: str, subject: str, device: str) -> tuple[str, str]:
    """The names of both libraries on a device; NOTE [Emulated devices]."""
    if device == CPU:
        return reference, subject
    return reference if emulated() else on(reference, device), on(subject, device)


def on(name: str, device: str) -> str:
    """`torch[threads=4,device=cuda]` for `torch[threads=4]`."""
    if device == CPU:
        return name
    return f"{name[:-1]},device={device}]" if name.endswith("]") else f"{name}[device={device}]"


def unnamed(text: str) -> str:
    """A text of an emulated device, or of what runs beside it, without where it is."""
    return _BREAKS.sub(", ", _INDEX.sub(CPU, _NAMES.sub("", text)))
