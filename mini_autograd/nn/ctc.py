"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

from mini_autograd.nn.reduction import reduction_number
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Minus the logarithm of the probability of labels, in any alignment, given those of each step.

    These are (T, N, C) or (T, C). The targets are a row for each example, or all in one; the mean is over examples,
    each over its number of labels.
    ``zero_infinity``: 0 for labels that do not fit in the steps.
    """
    number = reduction_number(reduction)
    function = FUNCTIONS["ctc_loss"]
    return function(log_probs, targets, input_lengths, target_lengths, blank, number, zero_infinity)
