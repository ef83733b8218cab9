"""Distances between all rows of one matrix, or of two, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.reduction import plain

# Differences are taken about so many at a time, which stay cached.
CHUNK = 1 << 16


def norms(difference: Array, p: float) -> Array:
    """Over the last dimension; for 0 how many are not 0, unless one is no number."""
    size = xp.abs(difference)
    if p == 0:
        return xp.minimum(xp.ceil(size), 1).sum(-1)
    if p == 1:
        return size.sum(-1)
    if xp.isinf(p):
        return xp.maximum.reduce(size, axis=-1, initial=0)
    if p == 2:
        return xp.sqrt((size * size).sum(-1))
    return (size**p).sum(-1) ** difference.dtype.type(1 / p)


def slopes(grad: Array, difference: Array, distance: Array, p: float) -> Array:
    """The gradient of the differences, given that of their norms; 0 where a norm has none."""
    grad, distance = grad[..., None], distance[..., None]
    size = xp.abs(difference)
    if p == 0:
        return xp.zeros(difference.shape, difference.dtype)
    if p == 1:
        return grad * xp.sign(difference)
    if xp.isinf(p):
        return grad * xp.sign(difference) * (1 - xp.minimum(xp.ceil(xp.abs(size - distance)), 1))
    nothing = xp.broadcast_to(distance == 0, difference.shape)
    if p == 2:
        return xp.where(nothing, 0, grad * difference / distance)
    if p < 2:
        nothing = nothing | ((difference == 0) & (p < 1))
        found = xp.sign(difference) * size ** (p - 1) * grad / distance ** (p - 1)
    else:
        found = difference * size ** (p - 2) * grad / distance ** (p - 1)
    return xp.where(nothing, 0, found).astype(difference.dtype)


def pdist(self: Array, p: float) -> Array:
    """Of each row to those after it."""
    result, end = xp.empty(len(self) * (len(self) - 1) // 2, self.dtype), 0
    for at, row in enumerate(self[:-1], 1):
        start, end = end, end + len(self) - at
        result[start:end] = norms(row - self[at:], p)
    return plain(result)


def pdist_backward(grad: Array, self: Array, p: float, pdist: Array) -> Array:
    result, end = xp.zeros(self.shape, self.dtype), 0
    for at, row in enumerate(self[:-1] if p else (), 1):
        start, end = end, end + len(self) - at
        slope = slopes(grad[start:end], row - self[at:], pdist[start:end], p)
        result[at - 1] = xp.add.reduce(xp.concatenate([result[at - 1 : at], slope]), 0)
        result[at:] -= slope
    return plain(result)


def cdist(x1: Array, x2: Array, p: float, compute_mode: int | None) -> Array:
    """Of each row of the one to each of the other; what comes before the rows broadcasts.

    The largest difference, unlike that of :func:`pdist`, is of those that are numbers.
    """
    batch = xp.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    result = xp.empty((*batch, x1.shape[-2], x2.shape[-2]), x1.dtype)
    for rows in chunks(x1, x2):
        difference = x1[..., rows, None, :] - x2[..., None, :, :]
        if xp.isinf(p):
            result[..., rows, :] = xp.fmax.reduce(xp.abs(difference), -1, initial=0)
        else:
            result[..., rows, :] = norms(difference, p)
    return plain(result)


def cdist_backward(grad: Array, x1: Array, x2: Array, p: float, cdist: Array) -> Array:
    batch = xp.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    result = xp.empty((*batch, *x1.shape[-2:]), x1.dtype)
    for rows in chunks(x1, x2):
        difference = x1[..., rows, None, :] - x2[..., None, :, :]
        result[..., rows, :] = slopes(grad[..., rows, :], difference, cdist[..., rows, :], p).sum(-2)
    return plain(result)


def chunks(x1: Array, x2: Array) -> Iterator[slice]:
    """The rows of ``x1`` some at a time."""
    each = max(1, x2.size * x1.size // max(1, x1.shape[-2] * x1.shape[-1]))
    step = max(1, CHUNK // each)
    return (slice(at, at + step) for at in range(0, x1.shape[-2], step))


def euclidean_dist(x1: Array, x2: Array) -> Array:
    """By one product of matrices, as the square of a difference multiplied out."""
    square = [(one * one).sum(-1, keepdims=True) for one in (x1, x2)]
    ones = [xp.ones_like(one) for one in square]
    left = xp.concatenate([x1 * -2, square[0], ones[0]], -1)
    right = xp.concatenate([x2, ones[1], square[1]], -1)
    return plain(xp.sqrt(xp.maximum(left @ right.swapaxes(-1, -2), 0)))
