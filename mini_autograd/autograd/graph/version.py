"""Telling the graph of a write that it could not see."""

from __future__ import annotations

from collections.abc import Iterable

from mini_autograd.tensor import TensorBase, counter_of


def increment_version(tensor: TensorBase | Iterable[TensorBase]) -> None:
    """Count a write to each tensor, other than inference tensors; RuntimeError for what is no tensor."""
    if isinstance(tensor, TensorBase):
        tensor = (tensor,)
    if not isinstance(tensor, Iterable):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for one in tensor:
        if not isinstance(one, TensorBase):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        if not one._inference:
            counter_of(one).value += 1
