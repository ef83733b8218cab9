"""What poolings do with rows of an array and windows over each: look for the largest element, or add up."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.window import OUTSIDE, Windows


def largest_in(rows: Array, windows: Windows) -> tuple[Array, Array]:
    """The largest of each window, and where it is in its row."""
    places = windows.places
    inside = places != OUTSIDE
    found = rows[:, places] if places.ndim == 2 else rows[xp.arange(len(rows))[:, None, None], places]
    at = place_of_largest(found, inside)
    values = xp.take_along_axis(found, at[..., None], -1)[..., 0]
    index = xp.take_along_axis(xp.broadcast_to(places, found.shape), at[..., None], -1)[..., 0]
    return values, index


def place_of_largest(found: Array, inside: Array) -> Array:
    """Along the last dimension, of the elements inside: the first of the largest, but the last NaN if there is one."""
    floating = found.dtype.kind not in "iub"
    lowest = -xp.inf if floating else xp.iinfo(found.dtype).min
    at = xp.where(inside, found, lowest).argmax(-1)
    if not inside.all():
        chosen = xp.take_along_axis(xp.broadcast_to(inside, found.shape), at[..., None], -1)[..., 0]
        at = xp.where(chosen, at, inside.argmax(-1))  # where all is as low as what stands for outside
    if floating:
        is_nan = xp.isnan(found) & inside
        at = xp.where(is_nan.any(-1), found.shape[-1] - 1 - is_nan[..., ::-1].argmax(-1), at)
    return at


def added_at(given: Array, index: Array, size: int) -> Array:
    """Rows of a size, each element of ``given`` added at its index in its row."""
    rows = xp.zeros((len(given), size), given.dtype)
    xp.add.at(rows, (xp.arange(len(rows))[:, None], index), given)
    return rows


def sums_in(rows: Array, windows: Windows) -> Array:
    """The sum of each window, from 0 on in the order of its places."""
    places = windows.places
    total = xp.zeros((len(rows), len(places)), rows.dtype)
    for one in places.T:
        total += xp.where(one != OUTSIDE, rows[:, one], rows.dtype.type(0))
    return total


def added_in(given: Array, windows: Windows, size: int) -> Array:
    """Rows of a size, each element of ``given`` added to all of its window: to the first places of all windows
    before the second ones."""
    rows = xp.zeros((len(given), size), given.dtype)
    for one in windows.places.T:
        inside = one != OUTSIDE
        xp.add.at(rows, (slice(None), one[inside]), given[:, inside])
    return rows
