"""Ops without a rule: one call for each example, and the results stacked."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.batching.rule import Call


def loop(call: Call) -> tuple[Any, int]:
    """RuntimeError for no examples, of which nobody knows what they give."""
    if not call.size:
        raise RuntimeError(
            f"The batching rule fallback for aten::{call.op.schema.full_name} does not support vmap over dims of "
            "size 0."
        )
    results = [call.run(of_example(call, index)) for index in range(call.size)]
    if call.op.in_place:
        return None, 0
    if isinstance(results[0], (tuple, list)):
        return [
            None if several[0] is None else F.stack(list(several), 0)
            for several in zip(*results, strict=True)
        ], 0
    return F.stack(results, 0), 0


def of_example(call: Call, index: int) -> list:
    """The arguments for one example."""
    args = call.args[:]
    for position in call.given():
        args[position] = chosen(args[position], call.dims[position], index)
    return args


def chosen(value: Any, dim: Any, index: int) -> Any:
    if isinstance(value, TensorBase) or value is None:
        return value if dim is None else F.select(value, dim, index)
    return [chosen(one, place, index) for one, place in zip(value, dim, strict=True)]
