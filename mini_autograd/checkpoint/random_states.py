"""Where random numbers stood when a checkpointed function was first run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from mini_autograd import random
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.op.generator import generator_of
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.structure import flatten


class RandomStates:
    """The states of the CPU's generator and, as torch has it, of those of the GPUs that tensors among ``args`` lie on;
    nothing if they are not ``kept``."""

    def __init__(self, args: Any, kept: bool) -> None:
        self.kept = kept
        self.of_host = random.get_rng_state() if kept else None
        self.of_gpus = {index: generator_of(index).get_state() for index in gpus_of(args)} if kept else {}

    @contextlib.contextmanager
    def back(self) -> Iterator[None]:
        """A context in which the numbers come again, and after which others go on."""
        with random.fork_rng(self.of_gpus, enabled=self.kept):
            if self.of_host is not None:
                random.set_rng_state(self.of_host)
            for index, state in self.of_gpus.items():
                generator_of(index).set_state(state)
            yield


def gpus_of(args: Any) -> list[int]:
    """The numbers of the GPUs that tensors in ``args``, or in containers there, lie on."""
    places = [number_of(one._array) for one in flatten(args)[0] if isinstance(one, TensorBase)]
    return sorted({place for place in places if place is not None})
