"""Negative log likelihoods of classes and of probabilities, and their gradients.

``reduction``: 0 for none, 1 for the mean of the elements, 2 for their sum.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.loss import passed_on, reduced, reduced_in_place, share
from mini_autograd.kernels.shared.reduction import add_up, plain


def nll_loss_forward(
    self: Array, target: Array, weight: Array | None, reduction: int, ignore_index: int
) -> tuple[Any, Any]:
    """The loss of rows of log probabilities, or of a single row, and the sum of the weights that counted."""
    if self.ndim == 1:
        rows, classes = self.reshape(1, -1), target.reshape(1)
    else:
        rows, classes = self, target
    classes, kept = checked(classes, rows.shape[1], ignore_index)
    picked = rows[xp.arange(len(classes)), classes]
    loss, total = weighed(xp.negative(picked), classes, kept, weight, reduction)
    if self.ndim == 1 and reduction == 0:
        return loss.reshape(()), weight_of(classes, kept, weight, rows.dtype)
    return plain(loss), total


def nll_loss2d_forward(
    self: Array, target: Array, weight: Array | None, reduction: int, ignore_index: int
) -> tuple[Any, Any]:
    """The same with the classes along the second of four dimensions."""
    classes, kept = checked(target, self.shape[1], ignore_index)
    picked = xp.take_along_axis(self, classes[:, None], 1)[:, 0]
    loss, total = weighed(xp.negative(picked), classes, kept, weight, reduction)
    return plain(loss), total


def checked(target: Array, count: int, ignore_index: int) -> tuple[Array, Array | None]:
    """The classes, 0 for ignored ones, and which are not, None for all; IndexError for one out of bounds."""
    if target.dtype != xp.int64:
        target = target.astype(xp.int64)
    if target.size == 0:
        return target, None
    # As unsigned numbers, negative ones are large too.
    largest = xp.maximum.reduce(target.view(xp.uint64), axis=None)
    if largest < count and not 0 <= ignore_index < count:
        return target, None
    kept = target != ignore_index
    bad = kept & ((target < 0) | (target >= count))
    if bad.any():
        raise IndexError(f"Target {target[bad][0]} is out of bounds.")
    return xp.where(kept, target, 0), kept


def weighed(
    loss: Array, classes: Array, kept: Array | None, weight: Array | None, reduction: int
) -> tuple[Any, Any]:
    """The loss of each element times the weight of its class, and what ``reduction`` makes of it."""
    if weight is not None:
        loss *= weight[classes]
    if kept is not None:
        loss[~kept] = 0
    if reduction == 0:
        return loss, loss.dtype.type(0)
    total = weight_of(classes, kept, weight, loss.dtype)
    loss = add_up(loss, None, False)
    return (loss / total if reduction == 1 else loss), total


def weight_of(classes: Array, kept: Array | None, weight: Array | None, dtype: Any) -> Any:
    if weight is None:
        return dtype.type(classes.size if kept is None else xp.count_nonzero(kept))
    weights = weight[classes]
    return add_up(weights if kept is None else weights * kept, None, False)


def nll_loss_backward(
    grad_output: Array,
    self: Array,
    target: Array,
    weight: Array | None,
    reduction: int,
    ignore_index: int,
    total_weight: Array,
) -> Array:
    """Minus the weight of its class where a row has its target, 0 elsewhere."""
    result = xp.zeros(self.shape, self.dtype)
    rows: Array = result.reshape(1, -1) if self.ndim == 1 else result
    classes, kept = checked(target.reshape(len(rows)), rows.shape[1], ignore_index)
    slope = slopes(grad_output, classes, kept, weight, reduction, total_weight)
    rows[xp.arange(len(classes)), classes] = slope
    return plain(result)


def nll_loss2d_backward(
    grad_output: Array,
    self: Array,
    target: Array,
    weight: Array | None,
    reduction: int,
    ignore_index: int,
    total_weight: Array,
) -> Array:
    result = empty_like(self, None, dtypes.of_numpy(self.dtype))
    result[...] = 0
    classes, kept = checked(target, self.shape[1], ignore_index)
    slope = slopes(grad_output, classes, kept, weight, reduction, total_weight)
    slope = xp.broadcast_to(slope, classes.shape)
    xp.put_along_axis(result, classes[:, None], slope[:, None], 1)
    return result


def slopes(
    grad_output: Array,
    classes: Array,
    kept: Array | None,
    weight: Array | None,
    reduction: int,
    total_weight: Array,
) -> Any:
    slope = xp.negative(grad_output)
    if reduction == 1:
        slope = slope / total_weight
    if weight is not None:
        slope = slope * weight[classes]
    return slope if kept is None else xp.where(kept, slope, slope.dtype.type(0))


# Of probabilities.


def binary_cross_entropy(self: Array, target: Array, weight: Array | None, reduction: int) -> Any:
    """No logarithm counts as less than -100."""
    check_probabilities("input", self)
    check_probabilities("target", target)
    one = self.dtype.type(1)
    floor = self.dtype.type(-100)
    loss = (target - one) * xp.maximum(xp.log1p(-self), floor) - target * xp.maximum(xp.log(self), floor)
    return reduced_in_place(loss if weight is None else loss * weight, reduction)


def check_probabilities(name: str, values: Array) -> None:
    if not xp.all((values >= 0) & (values <= 1)):
        raise RuntimeError(f"all elements of {name} should be between 0 and 1")


def binary_cross_entropy_backward(
    grad_output: Array, self: Array, target: Array, weight: Array | None, reduction: int
) -> Any:
    kind = self.dtype.type
    slope = (self - target) / xp.maximum((kind(1) - self) * self, kind(xp.float32(1e-12)))
    if weight is not None:
        slope = slope * weight
    return passed_on(grad_output, slope, share(self.size, reduction))


def binary_cross_entropy_with_logits(
    self: Array, target: Array, weight: Array | None, pos_weight: Array | None, reduction: int
) -> Any:
    """The cross entropy of a probability's logit; each product is rounded to the type of the target."""
    kind = target.dtype
    one, zero = kind.type(1), self.dtype.type(0)
    log_sigmoid = (xp.minimum(self, zero) - xp.log1p(xp.exp(-xp.abs(self)))).astype(self.dtype)
    if pos_weight is not None:
        log_sigmoid = ((pos_weight - one) * target + one) * log_sigmoid
    loss = ((one - target) * self).astype(kind)
    loss = (loss - log_sigmoid).astype(kind)
    if weight is not None:
        loss = (loss * weight).astype(kind)
    if reduction:
        return reduced(loss, reduction)
    result = empty_like(target, None, dtypes.of_numpy(kind))
    result[...] = loss
    return result
