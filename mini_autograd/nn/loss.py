"""Losses of a tensor and a target.

``reduction``: "none" for the losses of all elements, "mean" or "sum"; ``size_average`` and ``reduce`` are
what it was called before, and torch warns of them.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.autograd.grad_mode import no_grad
from mini_autograd.graph.operations import F
from mini_autograd.nn.reduction import NUMBERS, reduction_number
from mini_autograd.op.declare import FUNCTIONS, NN
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.warning import warn_user

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "gaussian_nll_loss",
    "huber_loss", "kl_div", "l1_loss", "linear_cross_entropy", "mse_loss", "nll_loss",
    "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
]  # fmt: skip


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The squared differences, each times ``weight`` and the mean divided by its sum if that is given.

    Warns where the sizes differ, and broadcasts; RuntimeError where they cannot be.
    """
    warn_of_sizes(input, target)
    number = reduction_number(reduction, size_average, reduce)
    input, target = of_one_size(input, target)
    if weight is None:
        return NN["mse_loss"](input, target, number)
    check_weight(input, weight)
    return weighted((input - target).pow(2), weight, number)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The absolute differences; sizes and ``weight`` as in :func:`mse_loss`."""
    warn_of_sizes(input, target)
    number = reduction_number(reduction, size_average, reduce)
    input, target = of_one_size(input, target)
    if weight is None:
        return NN["l1_loss"](input, target, number)
    check_weight(input, weight)
    return weighted((input - target).abs(), weight, number)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """The absolute differences, squared below ``beta``; RuntimeError for a negative one."""
    warn_of_sizes(input, target)
    number = reduction_number(reduction, size_average, reduce)
    input, target = of_one_size(input, target)
    if beta == 0.0:
        return NN["l1_loss"](input, target, number)
    return NN["smooth_l1_loss"](input, target, number, beta)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Half the squared differences up to ``delta``, linear beyond; RuntimeError unless that is positive."""
    warn_of_sizes(input, target)
    number = reduction_number(reduction)
    input, target = of_one_size(input, target)
    if weight is None:
        return NN["huber_loss"](input, target, number, delta)
    check_weight(input, weight)
    return applied(NN["huber_loss"](input, target, 0, delta) * weight, number)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``log(1 + exp(-target * input))``, the target 1 or -1."""
    return NN["soft_margin_loss"](input, target, reduction_number(reduction, size_average, reduce))


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log probability in ``input``, (C,) or (N, C, ...), of the class in ``target``, () or (N, ...).

    ``weight``: one of each class. IndexError for a class out of bounds that is not ``ignore_index``.
    """
    number = reduction_number(reduction, size_average, reduce)
    return NN["nll_loss_nd"](input, target, weight, number, ignore_index)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """:func:`nll_loss` of the logarithm of the softmax; the target may be probabilities of all classes."""
    number = reduction_number(reduction, size_average, reduce)
    return NN["cross_entropy_loss"](input, target, weight, number, ignore_index, label_smoothing)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of probabilities; RuntimeError for any not between 0 and 1, ValueError for sizes that
    differ."""
    number = reduction_number(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the same size."
        )
    if weight is not None:
        weight = weight.expand(broadcast_size(target.shape, weight.shape))
    return NN["binary_cross_entropy"](input, target, weight, number)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """:func:`binary_cross_entropy` of ``sigmoid(input)``; ``pos_weight`` weighs the target's share of it."""
    number = reduction_number(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    function = FUNCTIONS["binary_cross_entropy_with_logits"]
    return function(input, target, weight, pos_weight, number)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """``target * (log(target) - input)``, the input a logarithm, the target too if so said.

    "batchmean" divides the sum by the size of the first dimension.
    """
    number = divergence_number(reduction, size_average, reduce)
    loss = FUNCTIONS["kl_div"](input, target, number, log_target=log_target)
    if reduction == "batchmean" and input.dim() != 0:
        loss = loss / input.size()[0]
    return loss


def divergence_number(reduction: str, size_average: bool | None, reduce: bool | None) -> int:
    if size_average is not None or reduce is not None:
        return reduction_number(reduction, size_average, reduce)
    if reduction == "mean":
        warn_user(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' "
            "divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed "
            "to behave the same as 'batchmean' in the next major release.",
            stacklevel=3,
        )
    return reduction_number("sum" if reduction == "batchmean" else reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log probability of counts, given their rate or its logarithm; ``full``: with Stirling's term."""
    word = reduction
    if size_average is not None or reduce is not None:
        number = reduction_number(reduction, size_average, reduce)
    elif word == "elementwise_mean":
        raise ValueError(f"{word} is not a valid value for reduction")
    else:
        number = reduction_number(word)
    return FUNCTIONS["poisson_nll_loss"](input, target, log_input, full, eps, number)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log density of normal distributions with mean ``input`` and variance ``var``, at least ``eps``.

    ValueError for a negative variance, or one whose size is not that of the input but for one dimension.
    """
    variance = checked_variance(input, var)
    if reduction not in NUMBERS:
        raise ValueError(f"{reduction} is not valid")
    variance = variance.clone()
    with no_grad():
        variance.clamp_(min=eps)
    deviation = (input - target) ** 2
    loss = 0.5 * (variance.log() + deviation / variance)
    if full:
        loss += 0.5 * math.log(2 * math.pi)
    return applied(loss, NUMBERS[reduction])


def checked_variance(input: Tensor, var: Any) -> Tensor:
    """``var`` as a tensor that broadcasts to ``input``: a missing last dimension is put in."""
    negative = var < 0 if isinstance(var, float) else FUNCTIONS["any"](var < 0)
    if negative:
        raise ValueError("var has negative entry/entries")
    if isinstance(var, float):
        return var * FUNCTIONS["ones_like"](input)
    size, given = tuple(input.size()), tuple(var.size())
    if given == size:
        return var
    if given == size[:-1]:
        return var.unsqueeze(-1)
    differing = [own for wanted, own in zip(size, given, strict=False) if wanted != own]
    if len(given) != len(size) or sum(differing) != 1:
        raise ValueError("var is of incorrect size")
    return var


def warn_of_sizes(input: Tensor, target: Tensor) -> None:
    """Warn where both do not have one size, but that which they have together."""
    if not sized_alike(input, target):
        warn_user(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )


def sized_alike(input: Any, target: Any) -> bool:
    """Whether both have one size; AttributeError for what has none."""
    if isinstance(input, TensorBase) and isinstance(target, TensorBase):
        return bool(input._array.shape == target._array.shape)
    return bool(target.size() == input.size())


def of_one_size(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the size that they have together."""
    if sized_alike(input, target):
        return input, target
    input, target = F.broadcast_tensors([input, target])
    return input, target


def check_weight(input: Tensor, weight: Tensor) -> None:
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")


def weighted(elements: Tensor, weight: Tensor, number: int) -> Tensor:
    """The elements times their weights, and for the mean divided by the sum of these."""
    product = elements * weight
    if number == 1:
        return product.sum() / weight.sum()
    return product.sum() if number == 2 else product


def applied(elements: Tensor, number: int) -> Tensor:
    return elements.mean() if number == 1 else elements.sum() if number == 2 else elements


def broadcast_size(target: Any, weight: Any) -> tuple[int, ...]:
    """The size that both have together; RuntimeError where there is none."""
    size = list(target) if len(target) >= len(weight) else list(weight)
    for place in range(-1, -min(len(target), len(weight)) - 1, -1):
        one, other = target[place], weight[place]
        if one != other and 1 not in (one, other):
            raise RuntimeError(
                f"Attempting to broadcast a dimension of length {other} at {place}! Mismatching argument at index 1 "
                f"had {weight}; but expected shape should be broadcastable to {list(target)}"
            )
        size[place] = other if one == 1 else one
    return tuple(size)


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    """:func:`cross_entropy` of what ``linear_weight`` and ``linear_bias`` make of the input."""
    check_linear(input, linear_weight, target, linear_bias, ignore_index)
    ignored = -100 if ignore_index is None else ignore_index
    flat = linear_weight.flatten(0, -2)
    logits = NN["linear"](input, flat, None if linear_bias is None else linear_bias.flatten())
    logits = logits.view(*input.size()[:-1], *linear_weight.size()[:-1])
    return cross_entropy(
        logits, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing
    )


def check_linear(
    input: Tensor, weight: Tensor, target: Tensor, bias: Tensor | None, ignore_index: int | None
) -> None:
    if input.dim() not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {weight.dim()}")
    features, own, given = input.shape[-1], tuple(weight.shape), tuple(input.shape)
    if features != own[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{features} and {own[-1]}, respectively"
        )
    if target.is_floating_point() and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    if len(given) == 1 and len(own) > 2:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {own} requires batched input, (N, {features}), got "
            f"unbatched input with shape {given}"
        )
    if bias is not None and bias.shape != own[:-1]:
        raise RuntimeError(f"expected linear_bias shape {own[:-1]}, got {tuple(bias.shape)}")
