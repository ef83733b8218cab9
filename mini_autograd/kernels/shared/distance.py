"""Distances between all rows of one matrix, or of two, and their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.reduction import plain

Array = np.ndarray[Any, Any]


def norms(difference: Array, p: float) -> Array:
    """Over the last dimension; for 0 how many are not 0."""
    size = np.abs(difference)
    if p == 0:
        return (size != 0).sum(-1).astype(difference.dtype)
    if p == 1:
        return size.sum(-1)
    if np.isinf(p):
        return size.max(-1, initial=0)
    if p == 2:
        return np.sqrt((size * size).sum(-1))
    return (size**p).sum(-1) ** difference.dtype.type(1 / p)


def slopes(grad: Array, difference: Array, distance: Array, p: float) -> Array:
    """The gradient of the differences, given that of their norms; 0 where a norm has none."""
    grad, distance = grad[..., None], distance[..., None]
    size = np.abs(difference)
    if p == 0:
        return np.zeros(difference.shape, difference.dtype)
    if p == 1:
        return grad * np.sign(difference)
    if np.isinf(p):
        return grad * np.sign(difference) * (size == distance)
    nothing = np.broadcast_to(distance == 0, difference.shape)
    if p == 2:
        return np.where(nothing, 0, grad * difference / distance)
    if p < 2:
        nothing = nothing | ((difference == 0) & (p < 1))
        found = np.sign(difference) * size ** (p - 1) * grad / distance ** (p - 1)
    else:
        found = difference * size ** (p - 2) * grad / distance ** (p - 1)
    return np.where(nothing, 0, found).astype(difference.dtype)


def pdist(self: Array, p: float) -> Array:
    """Of each row to those after it."""
    one, other = np.triu_indices(len(self), 1)
    return plain(np.asarray(norms(self[one] - self[other], p), self.dtype))


def pdist_backward(grad: Array, self: Array, p: float, pdist: Array) -> Array:
    one, other = np.triu_indices(len(self), 1)
    slope = slopes(grad, self[one] - self[other], pdist, p)
    result = np.zeros(self.shape, self.dtype)
    np.add.at(result, one, slope)
    np.add.at(result, other, -slope)
    return plain(result)


def cdist(x1: Array, x2: Array, p: float, compute_mode: int | None) -> Array:
    """Of each row of the one to each of the other; what comes before the rows broadcasts."""
    return plain(np.asarray(norms(x1[..., :, None, :] - x2[..., None, :, :], p), x1.dtype))


def cdist_backward(grad: Array, x1: Array, x2: Array, p: float, cdist: Array) -> Array:
    difference = x1[..., :, None, :] - x2[..., None, :, :]
    return plain(slopes(grad, difference, cdist, p).sum(-2))


def euclidean_dist(x1: Array, x2: Array) -> Array:
    """By one product of matrices, as the square of a difference multiplied out."""
    square = [(one * one).sum(-1, keepdims=True) for one in (x1, x2)]
    ones = [np.ones_like(one) for one in square]
    left = np.concatenate([x1 * -2, square[0], ones[0]], -1)
    right = np.concatenate([x2, ones[1], square[1]], -1)
    return plain(np.sqrt(np.maximum(left @ right.swapaxes(-1, -2), 0)))
