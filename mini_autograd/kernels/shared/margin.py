"""Losses of classes by how far the score of the right one is above those of the others, and their gradients.

K. Crammer and Y. Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines" (2001), for one
class; several are compared in pairs, each right one with each that is not.
"""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.loss import share
from mini_autograd.kernels.shared.memory import contiguous


def multi_margin_loss(
    self: Array, target: Array, p: float, margin: float, weight: Array | None, reduction: int
) -> Array:
    """The mean over classes of ``max(0, margin - score of the right one + score)``, to the power ``p``."""
    rows, right = self.reshape(-1, self.shape[-1] if self.ndim else 1), classes_of(self, target)
    over = exceeding(rows, right, margin)
    each = over if p == 1 else over * over
    if weight is not None:
        each = each * weight[right][:, None]
    return combined(
        each.sum(1) / rows.dtype.type(rows.shape[1]), target.shape if self.ndim else (), reduction
    )


def classes_of(self: Array, target: Array) -> Array:
    right = target.reshape(-1)
    count = self.shape[-1] if self.ndim else 1
    if right.size and (right.min() < 0 or right.max() >= count):
        raise RuntimeError("target out of range")
    return right


def exceeding(rows: Array, right: Array, margin: float) -> Array:
    """By how much each score comes nearer than ``margin`` to that of the right class, which itself does not count."""
    places = xp.arange(len(rows))
    over = rows.dtype.type(margin) - rows[places, right][:, None] + rows
    over[places, right] = 0
    return xp.where(over > 0, over, rows.dtype.type(0))


def combined(losses: Array, shape: tuple[int, ...], reduction: int) -> Array:
    if reduction == 0:
        return losses.reshape(shape)
    total = losses.sum()
    return xp.asarray(total / losses.dtype.type(losses.size) if reduction == 1 else total)


def multi_margin_loss_backward(
    grad_output: Array,
    self: Array,
    target: Array,
    p: float,
    margin: float,
    weight: Array | None,
    reduction: int,
) -> Array:
    rows, right = self.reshape(-1, self.shape[-1] if self.ndim else 1), classes_of(self, target)
    kind, places = rows.dtype.type, xp.arange(len(rows))
    over = exceeding(rows, right, margin)
    slope = (over > 0).astype(rows.dtype) if p == 1 else 2 * over
    if weight is not None:
        slope *= weight[right][:, None]
    slope *= kind(share(rows.size, reduction) if reduction == 1 else 1 / rows.shape[1])
    slope[places, right] = -slope.sum(1)
    return contiguous((slope * grad_output.reshape(-1, 1)).reshape(self.shape))


class Pairs:
    """Rows of scores, which classes are right ones, and for each of those by how far the others are too near."""

    def __init__(self, self_: Array, target: Array) -> None:
        count = self_.shape[-1] if self_.ndim else 1
        self.rows, self.target = self_.reshape(-1, count), target.reshape(-1, count)
        if self.target.size and (self.target.min() < -1 or self.target.max() >= count):
            raise RuntimeError("argument #2 'target' is out of range")
        # What comes after the first -1 is not looked at.
        self.named = xp.logical_and.accumulate(self.target >= 0, axis=1)
        self.right = xp.zeros(self.rows.shape, xp.bool_)
        at, place = xp.nonzero(self.named)
        self.right[at, self.target[at, place]] = True
        chosen = xp.take_along_axis(self.rows, xp.where(self.named, self.target, 0), axis=1)
        over = 1 - chosen[:, :, None] + self.rows[:, None, :]
        pairs = self.named[:, :, None] & ~self.right[:, None, :]
        self.over = xp.where(pairs & (over > 0), over, 0)


def multilabel_margin_loss_forward(self: Array, target: Array, reduction: int) -> tuple[Array, Array]:
    """The mean over classes of ``max(0, 1 - score of a right one + score of another)``, and which are right."""
    pairs = Pairs(self, target)
    losses = pairs.over.sum((1, 2)) / pairs.rows.dtype.type(pairs.rows.shape[1])
    shape = target.shape[:-1]
    right = pairs.right.astype(self.dtype).reshape(target.shape)
    return combined(losses.astype(self.dtype), shape, reduction), right


def multilabel_margin_loss_backward(
    grad_output: Array, self: Array, target: Array, reduction: int, is_target: Array
) -> Array:
    pairs = Pairs(self, target)
    near = (pairs.over > 0).astype(self.dtype)
    slope = near.sum(1)
    at, place = xp.nonzero(pairs.named)
    xp.subtract.at(slope, (at, pairs.target[at, place]), near.sum(2)[at, place])
    count = pairs.rows.size if reduction == 1 else pairs.rows.shape[1]
    slope *= self.dtype.type(1 / count)
    return contiguous((slope * grad_output.reshape(-1, 1)).reshape(self.shape))
