"""New tensors made after a batch of them: ``zeros_like``, ``new_zeros``."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.dispatch import execute
from mini_autograd.op.row import Op


def make_batched(op: Op, values: list, shown: list, size: int) -> tuple[Any, int]:
    """The tensor, which may be written to for each example, and where the examples are in it."""
    args = values[:]
    first = op.tensors[0]
    if op.name.endswith("_like"):
        return execute(op, args), shown[first]._dim
    if "size" not in op.names:
        return F.stack([execute(op, of_example(op, values, shown, at)) for at in range(size)], 0), 0
    place = op.names.index("size")
    sizes = tuple(args[place])
    args[place] = (size, *sizes)
    if "stride" in op.names:
        strides = tuple(args[op.names.index("stride")])
        extent = sum((one - 1) * step for one, step in zip(sizes, strides, strict=True)) + 1
        args[op.names.index("stride")] = (extent if 0 not in sizes else 0, *strides)
    return execute(op, args), 0


def of_example(op: Op, values: list, shown: list, at: int) -> list:
    """The arguments for one example."""
    args = values[:]
    for position in op.tensors:
        place = getattr(shown[position], "_dim", None)
        if place is not None and values[position] is not shown[position]:
            args[position] = F.select(values[position], place, at)
    return args
