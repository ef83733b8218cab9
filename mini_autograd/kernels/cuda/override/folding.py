"""Columns added up to images on a GPU, all at once."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.kernels.cuda.instance import current

Sizes = tuple[int, ...]


def col2im(
    self: Any, output_size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Any:
    """The sum of the columns at each place: the transpose of ``im2col``."""
    windows = (
        current().module("window").sliding(tuple(output_size), kernel_size, stride, padding, dilation, False)
    )
    count, length = windows.places.shape
    lead, channels = self.shape[:-2], self.shape[-2] // length
    columns = self.reshape(math.prod(lead) * channels, length, count).swapaxes(1, 2)
    rows = current().module("windowed").added_each(columns, windows, math.prod(output_size))
    folding = current().module("folding")
    return folding.in_room_of(self, folding.plain(rows.reshape(*lead, channels, *output_size)))
