"""Margins around arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import clone
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.taps import read, written
from mini_autograd.kernels.shared.window import has_channels_last, laid_like


def constant_pad_nd(self: Array, pad: tuple[int, ...], value: Any) -> Array:
    """``pad``: how much before and after the last dimension, then the one before it, and so on; where negative,
    so much is cut off."""
    before, after = [0] * self.ndim, [0] * self.ndim
    for place in range(len(pad) // 2):
        before[-1 - place], after[-1 - place] = pad[2 * place], pad[2 * place + 1]
    shape, inside, outside = [], [], []
    for size, one, two in zip(self.shape, before, after, strict=True):
        shape.append(size + one + two)
        kept = size + min(one, 0) + min(two, 0)
        inside.append(slice(max(one, 0), max(one, 0) + kept))
        outside.append(slice(max(-one, 0), max(-one, 0) + kept))
    if all(size <= 0 for size in pad):
        return clone(self[tuple(outside)])
    last = has_channels_last(self)
    order = (0, *range(2, self.ndim), 1) if last else tuple(range(self.ndim))
    result = plain(xp.empty([shape[dim] for dim in order], self.dtype))
    result = result.transpose((0, self.ndim - 1, *range(1, self.ndim - 1)) if last else order)
    result[...] = element(value, dtypes.of_numpy(self.dtype))
    result[tuple(inside)] = self[tuple(outside)]
    return result


# Margins of what is inside --------------------------------------------------------------------------------


class Margins:
    """Padding by what is inside, and its gradient, by the loops that read and write along a dimension."""

    def __init__(
        self, reflect: bool, read: Callable[..., Array] = read, written: Callable[..., Array] = written
    ):
        self.reflect, self.read, self.written = reflect, read, written

    def pad(self, array: Array, pad: tuple[int, ...]) -> Array:
        """The last dimensions longer by ``pad``: the elements next to the ends in reverse, or the ends again."""
        result = array
        for dim, places in margins(array.shape, pad, self.reflect):
            result = self.read(result, dim, places, None)
        return laid_like(result, array)

    def backward(self, grad_output: Array, array: Array, pad: tuple[int, ...]) -> Array:
        """Each gradient added to that of the element that was copied."""
        result = grad_output
        for dim, places in margins(array.shape, pad, self.reflect):
            result = self.written(result, dim, array.shape[dim], places, None)
        return laid_like(result, array)


def margins(shape: tuple[int, ...], pad: tuple[int, ...], reflect: bool) -> list[tuple[int, Array]]:
    """For each dimension, the last first, the places that its elements come from."""
    found = []
    for at in range(len(pad) // 2):
        dim = len(shape) - 1 - at
        size, before, after = shape[dim], pad[2 * at], pad[2 * at + 1]
        places = xp.arange(-before, size + after)
        if reflect:
            places = xp.abs(places)
            places = xp.where(places >= size, 2 * (size - 1) - places, places)
        else:
            places = xp.clip(places, 0, size - 1)
        found.append((dim, places[:, None]))
    return found


reflection_pad, reflection_pad_backward = Margins(True).pad, Margins(True).backward
replication_pad, replication_pad_backward = Margins(False).pad, Margins(False).backward
