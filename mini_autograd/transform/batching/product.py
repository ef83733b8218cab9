"""Products of matrices and vectors: a batch of them is a product of stacks of matrices."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.transform.batching.loop import loop
from mini_autograd.transform.batching.rule import Call, rule


@rule("mm", "bmm")
def mm(call: Call) -> tuple[Any, int]:
    check_ranks(call, {"mm": 2, "bmm": 3}[call.op.name])
    return F.matmul(call.front(0), call.front(1)), 0


@rule("mv")
def mv(call: Call) -> tuple[Any, int]:
    return F.squeeze(F.matmul(call.front(0), F.unsqueeze(call.front(1), -1)), -1), 0


@rule("dot")
def dot(call: Call) -> tuple[Any, int]:
    row = F.unsqueeze(call.front(0), -2)
    column = F.unsqueeze(call.front(1), -1)
    return F.squeeze(F.squeeze(F.matmul(row, column), -1), -1), 0


def check_ranks(call: Call, rank: int) -> None:
    """Let the op itself say what is wrong with an example."""
    if call.rank(0) != rank or call.rank(1) != rank:
        loop(call)


@rule("addmm", "addmv", "addr", "baddbmm", "addbmm")
def product_added(call: Call) -> tuple[Any, int]:
    """``beta * self + alpha * product``."""
    name = call.op.name
    if call.op.in_place:
        return loop(call)
    products = {"addmm": "mm", "addmv": "mv", "addr": "ger", "baddbmm": "bmm", "addbmm": "bmm"}
    left, right = call.front(1), call.front(2)
    if products[name] == "mv":
        product = F.squeeze(F.matmul(left, F.unsqueeze(right, -1)), -1)
    elif products[name] == "ger":
        product = F.mul(F.unsqueeze(left, -1), F.unsqueeze(right, -2))
    else:
        product = F.matmul(left, right)
    batched = call.dims[1] is not None or call.dims[2] is not None
    rank = product._array.ndim - batched
    if name == "addbmm":
        product = F.sum(product, (int(batched),))
        rank -= 1
    beta, alpha = call.value("beta"), call.value("alpha")
    if beta == 0:
        scaled = product if alpha == 1 else F.mul(product, alpha)
        return scaled if batched else F.expand(scaled, (call.size, *scaled._array.shape)), 0
    added = call.padded(0, rank)
    scaled = added if beta == 1 else F.mul(added, beta)
    return F.add(scaled, product, alpha=alpha), 0
