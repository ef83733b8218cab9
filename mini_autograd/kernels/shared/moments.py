"""Mean and variance of a row element by element, in torch's order.

The order decides where infinities meet and become NaN: of finite rows any gives the same, but for rounding.
See https://en.wikipedia.org/wiki/Algorithms_for_calculating_variance.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mini_autograd.kernels.arrays import Array, xp

# The bytes that torch works on at once on most machines, and how many times so many it adds up before it starts anew.
LANES = 32
CHUNK = 16


class Moments(NamedTuple):
    """How many elements there were, their means and the sums of their squared distances from those."""

    size: int
    mean: Any
    squares: Any

    def joined(self, other: Moments) -> Moments:
        """Of the elements of both; of single numbers the square, which may overflow, is taken first."""
        kind = self.mean.dtype.type
        size = self.size + other.size
        share = kind(other.size / size if size else 0)
        delta = other.mean - self.mean
        own = kind(self.size)
        apart = delta * own * (share * delta) if xp.ndim(delta) else delta * delta * share * own
        return Moments(size, self.mean + share * delta, self.squares + other.squares + apart)


def none(shape: tuple[int, ...], kind: Any) -> Moments:
    return Moments(0, xp.zeros(shape, kind), xp.zeros(shape, kind))


def one_by_one(steps: Array) -> Moments:
    """Of the elements along the first dimension."""
    kind = steps.dtype.type
    mean, squares = xp.zeros(steps.shape[1:], kind), xp.zeros(steps.shape[1:], kind)
    for at, step in enumerate(steps):
        delta = step - mean
        mean = mean + delta / kind(at + 1)
        squares = squares + delta * (step - mean)
    return Moments(len(steps), mean, squares)


def moments(row: Array, lanes: int) -> tuple[Any, Any]:
    """Mean and variance of ``row``, of which torch reads ``lanes`` elements at once."""
    width = LANES // row.itemsize
    whole = row.size // lanes * lanes
    result = one_by_one(row[whole:])
    spread = by_lane(row[:whole].reshape(-1, lanes // width, width))
    for mean, squares in zip(spread.mean, spread.squares, strict=True):
        result = result.joined(Moments(spread.size, mean, squares))
    return result.mean, result.squares / row.dtype.type(row.size)


def by_lane(steps: Array) -> Moments:
    """Of each lane: chunks joined in pairs, and these in pairs, as a binary counter counts them."""
    chunks = -(-len(steps) // CHUNK)
    empty = none(steps.shape[2:], steps.dtype)
    levels = [empty] * max((chunks - 1).bit_length(), 1)
    for at in range(chunks):
        chunk = steps[at * CHUNK : (at + 1) * CHUNK]
        for half in range(steps.shape[1]):
            levels[0] = levels[0].joined(one_by_one(chunk[:, half]))
        for level in range(1, len(levels)):
            if (at + 1) >> (level - 1) & 1:
                break
            levels[level], levels[level - 1] = levels[level].joined(levels[level - 1]), empty
    result = levels[0]
    for higher in levels[1:]:
        result = result.joined(higher)
    return result
