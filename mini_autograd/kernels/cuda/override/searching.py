"""Where values go in a sequence, each found by halving by itself, whatever the sequence: nothing is asked first."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current

Array = Any
instance: Any = current()
xp = instance.xp


def bisect(sequence: Array, values: Array, right: bool) -> Array:
    """The place of each value, NaN above everything; which way each step goes counts where nothing is sorted."""
    count = len(sequence)
    low, high = xp.zeros(values.shape, xp.int64), xp.full(values.shape, count)
    if not count:
        return low
    for _ in range(count.bit_length()):
        middle = (low + high) // 2
        at = sequence[xp.minimum(middle, count - 1)]
        beyond = ~(at > values) if right else ~(at >= values)
        beyond = beyond & (low < high)
        low, high = xp.where(beyond, middle + 1, low), xp.where(beyond, high, xp.minimum(high, middle))
    return low
