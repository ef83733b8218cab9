"""Elementwise ops: the examples go first, and what has fewer dimensions gets ones after them."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.rules import result_type
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.batching.rule import Call, rule


def elementwise(call: Call) -> tuple[Any, int]:
    given = call.given()
    if len(given) == 1 and not call.op.has_lists:
        return call.run(call.args), call.dims[given[0]]
    args = broadcast(call, given)
    return call.run(args), 0


def broadcast(call: Call, given: list[int]) -> list:
    """The arguments ready to broadcast, in place to the shape of the first."""
    promote(call, given)
    return aligned(call, given)


def aligned(call: Call, given: list[int]) -> list:
    """The arguments with the examples first, and as many dimensions in each."""
    rank = max(call.rank(position) for position in given)
    args = call.args[:]
    for position in given:
        args[position] = call.padded(position, rank)
    return args


def promote(call: Call, given: list[int]) -> None:
    """Give values that are numbers to the function under ``vmap`` the type that they would get."""
    for position in given:
        if call.dims[position] is not None and not call.rank(position) and position in call.op.promoted:
            kind = result_type([call.shown[one] for one in given if one in call.op.promoted])
            value = call.args[position]
            if value._dtype is not kind and not call.op.in_place:
                call.args[position] = F.to(value, kind)


@rule(
    "copy",
    "zero",
    "rsub",
    "mse_loss_backward",
    "smooth_l1_loss_backward",
    "huber_loss_backward",
)
def like_elementwise(call: Call) -> tuple[Any, int]:
    if "reduction" in call.op.names and call.value("reduction"):
        from mini_autograd.transform.batching.loop import (
            loop,
        )  # reduced over the example, which is a loop's work

        return loop(call)
    return elementwise(call)


@rule("clone", "_to_copy", "alias", "_fw_primal", "view_as_real", "view_as_complex", "_conj", "frexp")
def unary(call: Call) -> tuple[Any, int]:
    """What concerns each element alone, or the last dimension."""
    first = call.op.tensors[0]
    if call.op.name == "view_as_complex" or call.op.name == "view_as_real":
        return call.run([call.front(first), *call.args[1:]]), 0
    return call.run(call.args), call.dims[first]


@rule("masked_fill")
def masked_fill(call: Call) -> tuple[Any, int]:
    """A number that is another for each example is an operand like the others."""
    if isinstance(call.args[2], TensorBase) and call.dims[2] is not None:
        target, mask, value = aligned(call, [0, 1, 2])[:3]
        filled = F.where(mask, F.to(value, target._dtype), target)
        return (F.copy_(target, filled) if call.op.in_place else filled), 0
    return call.run(aligned(call, [0, 1])), 0


@rule("fill")
def fill(call: Call) -> tuple[Any, int]:
    if isinstance(call.args[1], TensorBase) and call.dims[1] is not None:
        target, value = aligned(call, [0, 1])[:2]
        if call.op.in_place:
            return F.copy_(target, value), 0
        return F.expand(F.to(value, target._dtype), target._array.shape), 0
    return elementwise(call)


IN_PLACE = (elementwise, like_elementwise, masked_fill, fill)
