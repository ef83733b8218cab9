"""Margins around arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd import dtypes
from mini_autograd.kernels.shared.copying import clone, is_channels_last
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import laid_like

Array = np.ndarray[Any, Any]


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
    last = self.ndim == 4 and not self.flags.c_contiguous and is_channels_last(self)
    order = (0, 2, 3, 1) if last else tuple(range(self.ndim))
    result = plain(np.empty([shape[dim] for dim in order], self.dtype))
    result = result.transpose((0, 3, 1, 2) if last else order)
    result[...] = element(value, dtypes.of_numpy(self.dtype))
    result[tuple(inside)] = self[tuple(outside)]
    return result


# Margins of what is inside --------------------------------------------------------------------------------


def padded(self: Array, pad: tuple[int, ...], reflect: bool) -> Array:
    """The last dimensions longer by ``pad``: the elements next to the ends in reverse, or the ends again."""
    result = self
    for dim, places in margins(self.shape, pad, reflect):
        result = result.take(places, dim)
    return laid_like(result, self)


def padded_backward(grad_output: Array, self: Array, pad: tuple[int, ...], reflect: bool) -> Array:
    """Each gradient added to that of the element that was copied."""
    result = grad_output
    for dim, places in margins(self.shape, pad, reflect):
        size = self.shape[dim]
        added = np.zeros((*result.shape[:dim], size, *result.shape[dim + 1 :]), result.dtype)
        np.add.at(np.moveaxis(added, dim, 0), places, np.moveaxis(result, dim, 0))
        result = added
    return laid_like(result, self)


def margins(shape: tuple[int, ...], pad: tuple[int, ...], reflect: bool) -> list[tuple[int, Array]]:
    """For each dimension, the last first, the places that its elements come from."""
    found = []
    for at in range(len(pad) // 2):
        dim = len(shape) - 1 - at
        size, before, after = shape[dim], pad[2 * at], pad[2 * at + 1]
        places = np.arange(-before, size + after)
        if reflect:
            places = np.abs(places)
            places = np.where(places >= size, 2 * (size - 1) - places, places)
        else:
            places = np.clip(places, 0, size - 1)
        found.append((dim, places))
    return found


def reflection_pad(self: Array, padding: tuple[int, ...]) -> Array:
    return padded(self, padding, True)


def reflection_pad_backward(grad_output: Array, self: Array, padding: tuple[int, ...]) -> Array:
    return padded_backward(grad_output, self, padding, True)


def replication_pad(self: Array, padding: tuple[int, ...]) -> Array:
    return padded(self, padding, False)


def replication_pad_backward(grad_output: Array, self: Array, padding: tuple[int, ...]) -> Array:
    return padded_backward(grad_output, self, padding, False)
