"""Losses of scores that are to be apart by a margin, each with its ``reduction`` over examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.nn.loss import applied
from mini_autograd.nn.reduction import NUMBERS, reduction_number
from mini_autograd.op.declare import FUNCTIONS, NN
from mini_autograd.tensor import Tensor

__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """By how far scores of classes come nearer than ``margin`` to that of the right one, to the power ``p``, 1 or 2."""
    number = reduction_number(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return NN["multi_margin_loss"](input, target, p, margin, weight, number)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The same of several right classes, which ``target`` names up to the first -1, compared in pairs."""
    return NN["multilabel_margin_loss"](input, target, reduction_number(reduction, size_average, reduce))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over classes of the cross entropy of ``sigmoid(input)``, times ``weight``."""
    if size_average is not None or reduce is not None:
        number = reduction_number(reduction, size_average, reduce)
    else:
        number = NUMBERS.get(reduction, -1)
    yes = target * F.log_sigmoid(input)
    loss = -(yes + (1 - target) * F.log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    last = input.dim() - 1
    count = input.size(last)
    loss = loss.sum(dim=last) / count
    if number < 0:
        raise ValueError(f"{reduction} is not valid")
    return applied(loss, number)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Zero where ``target``, 1 or -1, says which of both is larger, and is right by at least ``margin``."""
    number = reduction_number(reduction, size_average, reduce)
    if input1.dim() != input2.dim() or input1.dim() != target.dim():
        raise RuntimeError(
            f"margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return FUNCTIONS["margin_ranking_loss"](input1, input2, target, margin, number)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """A distance where the target is 1, what it lacks to ``margin`` where it is -1."""
    number = reduction_number(reduction, size_average, reduce)
    return FUNCTIONS["hinge_embedding_loss"](input, target, margin, number)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """One less the cosine where the target is 1, by how far it is above ``margin`` where it is -1."""
    number = reduction_number(reduction, size_average, reduce)
    return FUNCTIONS["cosine_embedding_loss"](input1, input2, target, margin, number)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """By how far the negative is not further than ``margin`` beyond the positive, in the ``p``-norm.

    ``swap``: its distance is that from the anchor or from the positive, whichever is less.
    """
    number = reduction_number(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    function = FUNCTIONS["triplet_margin_loss"]
    return function(anchor, positive, negative, margin, p, eps, swap, number)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """:func:`triplet_margin_loss` by any distance."""
    distance: Any = distance_function or F.pairwise_distance
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = anchor.dim(), positive.dim(), negative.dim()
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = F.minimum(far, distance(positive, negative))
    loss = F.clamp_min(margin + near - far, 0)
    number = reduction_number(reduction)
    return applied(loss, number)
