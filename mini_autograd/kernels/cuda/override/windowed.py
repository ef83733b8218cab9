"""Poolings on a GPU, where no window may wait to know whether it reaches beyond the array."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda.instance import current
from mini_autograd.kernels.shared.window import OUTSIDE


def place_of_largest(found: Any, inside: Any) -> Any:
    """Along the last dimension, of the elements inside: the first of the largest, but the last NaN if there is one."""
    xp = current().xp
    floating = found.dtype.kind not in "iub"
    lowest = -np.inf if floating else np.iinfo(found.dtype).min
    at = xp.where(inside, found, found.dtype.type(lowest)).argmax(-1)
    inside = xp.broadcast_to(inside, found.shape)
    chosen = xp.take_along_axis(inside, at[..., None], -1)[..., 0]
    at = xp.where(chosen, at, inside.argmax(-1))  # where all is as low as what stands for outside
    if floating:
        is_nan = xp.isnan(found) & inside
        at = xp.where(is_nan.any(-1), found.shape[-1] - 1 - is_nan[..., ::-1].argmax(-1), at)
    return at


def added_at(given: Any, index: Any, size: int) -> Any:
    """Rows of a size, each element of ``given`` added at its index in its row."""
    xp = current().xp
    rows = xp.zeros((len(given), size), given.dtype)
    combine = current().module("scattering").combine_at
    combine(xp.add, rows, 1, index, given)
    return rows


def added_in(given: Any, windows: Any, size: int) -> Any:
    """Rows of a size, each element of ``given`` added to all of its window."""
    return added_each(given[:, :, None], windows, size)


def added_each(given: Any, windows: Any, size: int) -> Any:
    """Rows of a size, to each place of a window what ``given`` has for it: of (rows, windows, places)."""
    xp = current().xp
    places = windows.places
    inside = places != OUTSIDE
    shape = (len(given), places.size)
    shares = xp.where(inside, given, given.dtype.type(0)).reshape(shape)
    return added_at(shares, xp.broadcast_to(xp.where(inside, places, 0).reshape(-1), shape), size)
