"""The default generator of random numbers, as ``torch.random`` has it."""

from __future__ import annotations

import contextlib
import numbers
from collections.abc import Iterable, Iterator
from typing import Any

from mini_autograd.kernels import accelerator
from mini_autograd.op.generator import Generator, default_generator, generator_of
from mini_autograd.tensor import Tensor, TensorBase

__all__ = [
    "Generator",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]


def manual_seed(seed: Any) -> Generator:
    """Seed the default generator and return it; ValueError for what is no number or out of range."""
    number: Any = seed if isinstance(seed, numbers.Integral) else int(seed)
    seeded = default_generator.manual_seed(number)
    seed_gpus(number)
    return seeded


def seed_gpus(number: int) -> None:
    """Seed the generators of all GPUs, at the latest when one is first used."""

    def seed_each() -> None:
        for index in range(accelerator.count()):
            generator_of(index).manual_seed(int(number))

    accelerator.when_started(seed_each, instead=True)


def seed() -> int:
    """Seed the default generator with a number that nobody knows beforehand, and return that."""
    number = default_generator.seed()
    seed_gpus(number)
    return number


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: TensorBase) -> None:
    """Set the state of the default generator."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True) -> Iterator[None]:
    """Give the default generator its present state back on leaving."""
    if not enabled:
        yield
        return
    state = get_rng_state()
    gpus = range(accelerator.count() if accelerator.is_started() else 0) if devices is None else devices
    others = [generator_of(accelerator.checked(index)) for index in gpus]
    states = [other.get_state() for other in others]
    try:
        yield
    finally:
        set_rng_state(state)
        for other, before in zip(others, states, strict=True):
            other.set_state(before)
