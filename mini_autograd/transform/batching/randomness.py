"""Ops that draw random numbers under ``vmap``: refused, drawn once for all examples, or for each."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.dispatch import execute
from mini_autograd.op.row import Op
from mini_autograd.tensor import TensorBase
from mini_autograd.transform import refusal
from mini_autograd.transform.batching.rule import at_front, expanded


def check_random(randomness: str, internal: bool) -> None:
    if randomness == "error":
        raise RuntimeError(refusal.RANDOM_INSIDE if internal else refusal.RANDOM)


def draw(op: Op, args: list, dims: list, size: int) -> Any:
    """Other numbers for each example, drawn at once where the op takes a size or a tensor; examples first."""
    args = args[:]
    if "size" in op.names:
        at = op.names.index("size")
        args[at] = (size, *args[at])
        return execute(op, args)
    if op.name == "randperm" or op.name == "multinomial":
        rows = []
        for index in range(size):
            given = args[:]
            for position in op.tensors:
                if dims[position] is not None:
                    given[position] = F.select(args[position], dims[position], index)
            rows.append(execute(op, given))
        return F.stack(rows, 0)
    for position in op.tensors:
        if isinstance(args[position], TensorBase):
            same = dims[position] is None
            args[position] = (
                F.clone(expanded(args[position], None, size))
                if same
                else at_front(args[position], dims[position])
            )
    return execute(op, args)
