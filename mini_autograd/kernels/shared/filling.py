"""Memory for new arrays."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arithmetic import scaled
from mini_autograd.kernels.shared.memory import over


def empty_strided(size: tuple[int, ...], stride: tuple[int, ...], dtype: Any) -> Array:
    """An array with memory of its own, strides in elements."""
    last = (
        sum((length - 1) * step for length, step in zip(size, stride, strict=True)) if 0 not in size else -1
    )
    memory = xp.empty(last + 1, dtype.numpy)
    return over(memory, dtype.numpy, size, tuple([step * memory.itemsize for step in stride]))


def ones(shape: tuple[int, ...], dtype: Any) -> Array:
    """An array of ones; a 0-d one, the cotangent of most passes, at less than the cost of the general way."""
    return xp.array(1, dtype) if shape == () else xp.ones(shape, dtype)


def add_at_once(self: Array, other: Array) -> bool:
    """:func:`add_into` where there is nothing to prepare or warn of; compiled, whether that was so."""
    return False


def add_into(self: Array, other: Array) -> None:
    """Add ``other`` to ``self`` in its memory; both have one shape and dtype."""
    xp.add(self, scaled(other, 1), out=self)
