"""The random numbers of the GPUs: one default generator for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mini_autograd import devices
from mini_autograd.cuda.gpu import index_of
from mini_autograd.kernels import accelerator
from mini_autograd.op.generator import Generator, generator_of
from mini_autograd.tensor import Tensor, TensorBase


def generators() -> tuple[Generator, ...]:
    """The default generator of each GPU."""
    return tuple(generator_of(index) for index in range(accelerator.count()))


def generator_on(device: Any) -> Generator:
    named = devices.device(device) if isinstance(device, str) else device
    index = named if isinstance(named, int) else named.index
    return generator_of(accelerator.checked(accelerator.current() if index is None else index))


def get_rng_state(device: Any = "cuda") -> Tensor:
    """The state of a GPU's generator, a uint8 tensor on the CPU."""
    accelerator.start()
    return generator_on(device).get_state()


def get_rng_state_all() -> list[Tensor]:
    return [get_rng_state(index) for index in range(accelerator.count())]


def set_rng_state(new_state: TensorBase, device: Any = "cuda") -> None:
    """Set the state of a GPU's generator."""
    state: Any = new_state if accelerator.is_started() else new_state.clone()  # type: ignore[attr-defined]
    accelerator.when_started(lambda: generator_on(device).set_state(state))


def set_rng_state_all(new_states: Iterable[TensorBase]) -> None:
    for index, state in enumerate(new_states):
        set_rng_state(state, index)


def manual_seed(seed: Any) -> None:
    """Seed the generator of the current GPU; nothing where there is none."""
    number = int(seed)
    accelerator.when_started(lambda: generator_on("cuda").manual_seed(number))


def manual_seed_all(seed: Any) -> None:
    """Seed the generators of all GPUs; nothing where there is none."""
    number = int(seed)

    def seed_all() -> None:
        for each in generators():
            each.manual_seed(number)

    accelerator.when_started(seed_all)


def seed() -> None:
    """Seed the generator of the current GPU with a number that nobody knows beforehand."""
    accelerator.when_started(lambda: generator_on("cuda").seed())


def seed_all() -> None:
    """Seed the generators of all GPUs with one such number."""

    def seed_each() -> None:
        first, *others = generators()
        number = first.seed()
        for each in others:
            each.manual_seed(number)

    accelerator.when_started(seed_each)


def initial_seed() -> int:
    """The seed of the generator of the current GPU."""
    accelerator.start()
    return generator_on("cuda").initial_seed()


__all__ = [
    "generators",
    "get_rng_state",
    "get_rng_state_all",
    "index_of",
    "initial_seed",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "set_rng_state",
    "set_rng_state_all",
]
