"""New tensors made after a batch of them: ``zeros_like``, ``new_zeros``."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.dispatch import execute
from mini_autograd.op.row import Op


def make_batched(op: Op, values: list, shown: list, size: int) -> tuple[Any, int]:
    """The tensor with the examples first, which may be written to for each of them."""
    args = values[:]
    first = op.tensors[0]
    if op.name.endswith("_like"):
        like = values[first]
        place = shown[first]._dim
        args[first] = F.movedim(like, place, 0) if place else like
        return execute(op, args), 0
    place = op.names.index("size") if "size" in op.names else -1
    if place >= 0:
        sizes = tuple(args[place])
        args[place] = (size, *sizes)
        if "stride" in op.names:
            strides = tuple(args[op.names.index("stride")])
            extent = sum((one - 1) * step for one, step in zip(sizes, strides, strict=True)) + 1
            args[op.names.index("stride")] = (extent if 0 not in sizes else 0, *strides)
    return execute(op, args), 0
