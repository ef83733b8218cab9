"""The default generator of random numbers, as ``torch.random`` has it."""

from __future__ import annotations

import contextlib
import numbers
from collections.abc import Iterable, Iterator
from typing import Any

from mini_autograd.op.generator import Generator, default_generator
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
    return default_generator.manual_seed(seed if isinstance(seed, numbers.Integral) else int(seed))


def seed() -> int:
    """Seed the default generator with a number that nobody knows beforehand, and return that."""
    return default_generator.seed()


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
    try:
        yield
    finally:
        set_rng_state(state)
