"""Margins around arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd import dtypes
from mini_autograd.kernels.shared.copying import clone, is_channels_last
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.reduction import plain

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
