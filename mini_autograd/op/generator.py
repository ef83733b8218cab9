"""Generators of random numbers, and the one that functions use when none is given."""

from __future__ import annotations

import os
from typing import Any

from mini_autograd import devices, dtypes
from mini_autograd.kernels import accelerator
from mini_autograd.kernels.lookup import elsewhere, on_host
from mini_autograd.kernels.philox import Philox
from mini_autograd.kernels.shared.random import DEFAULT_SEED, Twister
from mini_autograd.tensor import Tensor, TensorBase, wrap
from mini_autograd.typename import type_name


class Generator:
    """A source of random numbers with a state of its own.

    See https://pytorch.org/docs/stable/generated/torch.Generator.html.
    """

    __module__ = "torch._C"

    def __init__(self, device: Any = "cpu") -> None:
        named = devices.device(device)
        if named.type not in ("cpu", "cuda"):
            raise RuntimeError(f"{named.type.upper()} device type not an accelerator.")
        if named.type == "cuda" and not accelerator.is_built():
            raise RuntimeError(accelerator.WITHOUT_LIBRARY.format("get CUDA generator"))
        self._device = named if named.type == "cpu" else accelerator.placed(named)
        self._source: Any = Twister(DEFAULT_SEED) if named.type == "cpu" else Philox()

    @property
    def device(self) -> devices.device:
        return self._device

    def manual_seed(self, *args: Any) -> Generator:
        """Begin the stream of a seed between -2 ** 63 and 2 ** 64; the generator itself."""
        if len(args) != 1:
            raise TypeError(f"Generator.manual_seed() takes exactly one argument ({len(args)} given)")
        seed = args[0]
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise RuntimeError(f"manual_seed expected a long, but got {type_name(seed)}")
        if not -(1 << 63) <= seed < 1 << 64:
            raise ValueError("Overflow when unpacking long long")
        self._source.restart(seed & (1 << 64) - 1)
        return self

    def seed(self) -> int:
        """Begin the stream of a seed that nobody knows beforehand, and return it."""
        seed = int.from_bytes(os.urandom(8), "big") >> 11
        self._source.restart(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream began with."""
        return self._source.seed

    def get_state(self) -> Tensor:
        """The state, bytes that :meth:`set_state` takes."""
        return wrap(self._source.state(), dtypes.uint8)

    def set_state(self, new_state: TensorBase) -> Generator:
        """Continue from a state; TypeError for anything but a uint8 tensor, RuntimeError for other bytes."""
        if not isinstance(new_state, TensorBase):
            raise TypeError(f"expected a torch.ByteTensor, but got {type_name(new_state)}")
        if new_state._dtype is not dtypes.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        self._source.set_state(new_state._array)
        return self

    def get_offset(self) -> int:
        """How far a GPU's stream has come."""
        return int(self._stream().offset)

    def set_offset(self, offset: int) -> Generator:
        """Continue a GPU's stream from an offset, a multiple of 4."""
        self._stream().set_offset(offset)
        return self

    def _stream(self) -> Philox:
        if not isinstance(self._source, Philox):
            raise RuntimeError("CPU Generator does not use offset")
        return self._source

    def clone_state(self) -> Generator:
        """Another generator in the same state."""
        twin = Generator(self._device)
        twin._source.set_state(self._source.state())
        return twin


default_generator = Generator()
# By the number of the GPU; each is made when it is first wanted.
_OF_GPUS: dict[int, Generator] = {}


def generator_of(index: int) -> Generator:
    """The generator that functions use on a GPU when none is given."""
    found = _OF_GPUS.get(index)
    if found is None:
        found = _OF_GPUS[index] = Generator(devices.device("cuda", index))
    return found


def source_of(generator: Generator | None, array: Any) -> Any:
    """What numbers for an array where ``array`` lies are drawn from; RuntimeError for a generator of elsewhere."""
    if on_host(array):
        found = default_generator if generator is None else generator
        if found._device.type != "cpu":
            raise on_other_device("cpu", found)
        return found._source
    found = generator_of(array.device.id) if generator is None else generator
    if found._device.type != "cuda":
        raise on_other_device("cuda", found)
    return elsewhere().Stream(found._source)


def on_other_device(wanted: str, generator: Generator) -> RuntimeError:
    return RuntimeError(
        f"Expected a '{wanted}' device type for generator but found '{generator._device.type}'"
    )
