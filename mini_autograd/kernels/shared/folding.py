"""Windows laid out as columns, and columns added up to images."""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import over
from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import OUTSIDE, sliding

Sizes = tuple[int, ...]


def im2col(self: Array, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Array:
    """(N, C, H, W) to (N, C * places of a window, windows); without N too."""
    places = sliding(self.shape[-2:], kernel_size, stride, padding, dilation, False).places
    lead, channels = self.shape[:-3], self.shape[-3]
    windows, length = places.shape
    rows = self.reshape(math.prod(lead) * channels, math.prod(self.shape[-2:]))
    found = xp.where(places.T != OUTSIDE, rows[:, places.T], self.dtype.type(0))
    return in_room_of(self, plain(found.reshape(*lead, channels * length, windows)))


def col2im(
    self: Array, output_size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Array:
    """The sum of the columns at each place, rounded after each: the transpose of :func:`im2col`."""
    places = sliding(tuple(output_size), kernel_size, stride, padding, dilation, False).places
    lead = self.shape[:-2]
    windows, length = places.shape
    channels = self.shape[-2] // length
    columns = self.reshape(math.prod(lead) * channels, length, windows)
    rows = xp.zeros((len(columns), math.prod(output_size)), self.dtype)
    for at in range(length):
        inside = places[:, at] != OUTSIDE
        rows[:, places[inside, at]] += columns[:, at, inside]
    return in_room_of(self, plain(rows.reshape(*lead, channels, *output_size)))


def in_room_of(self: Array, made: Array) -> Array:
    """``made`` in no less memory than ``self`` would take, for torch's begins in the shape of that."""
    if made.size >= self.size:
        return made
    room = over(xp.empty(self.size, made.dtype), made.dtype, made.shape, made.strides)
    room[...] = made
    return room
