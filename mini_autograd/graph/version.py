"""Counting the writes to a tensor's memory.

NOTE [Inference tensors]: a tensor made in inference mode counts no writes, and outside of that mode may not be
written. What ``detach()``, ``.data`` and ``Variable`` make of it outside is an inference tensor too, which no op
records and no node saves, but it counts its writes from then on, other than those in inference mode. So an inference
tensor has a counter exactly when it counts.
"""

from __future__ import annotations

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase, Version, counter_of


def count_write(tensor: TensorBase, times: int = 1) -> None:
    """Note that ``tensor`` was written; RuntimeError for an inference tensor that may not be."""
    if tensor._inference:
        if modes.current().inference:
            return
        if tensor._counter is None:
            raise errors.inference_in_place()
    counter_of(tensor).value += times


def begin_to_count(alias: TensorBase, source: TensorBase) -> None:
    """Let ``alias``, made of the inference tensor ``source``, be one that counts, unless in inference mode."""
    if source._inference:
        alias._inference = True
        alias._counter = None if modes.current().inference else Version()
