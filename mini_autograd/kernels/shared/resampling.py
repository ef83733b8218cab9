"""Arrays resampled along their last dimensions, each by itself: places to read, with a weight for each.

The cubic convolution is that of Keys, "Cubic convolution interpolation for digital image processing" (1981).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.arrays import Array, kept, xp
from mini_autograd.kernels.shared.taps import read, written
from mini_autograd.kernels.shared.window import OUTSIDE, laid_like

Sizes = tuple[int, ...]
# Images and all gradients take an element twice where the size doubles, whatever the scale, and find others in float32.
BY_HALVES = {"nearest": "nearest_halved", "nearest_exact": "nearest_exact_single"}
# For each element of the result the places that it is made of, and their weights, None for 1.
Taps = tuple[Array, Array | None]


def resampling(
    mode: str, read: Callable[..., Array] = read, written: Callable[..., Array] = written
) -> tuple[Callable[..., Array], Callable[..., Array]]:
    """The kernels of a mode and of its gradient, which it is the transpose of, by the loops that read and write."""
    aligned = not mode.startswith("nearest")

    def forward(self: Array, output_size: Sizes, *rest: Any) -> Array:
        align, scales = (rest[0], rest[1:]) if aligned else (False, rest)
        sizes = self.shape[2:]
        result = self
        rule = mode if len(sizes) != 2 else BY_HALVES.get(mode, mode)
        for dim, taps in along(rule, sizes, output_size, align, scales, self.dtype):
            result = read(result, dim, *taps)
        return laid_like(result if result is not self else self.copy(), self)

    def backward(grad_output: Array, output_size: Sizes, input_size: Sizes, *rest: Any) -> Array:
        align, scales = (rest[0], rest[1:]) if aligned else (False, rest)
        sizes = tuple(input_size[2:])
        result = grad_output
        rule = BY_HALVES.get(mode, mode)
        for dim, taps in along(rule, sizes, output_size, align, scales, grad_output.dtype):
            result = written(result, dim, input_size[dim], *taps)
        return laid_like(result, grad_output)

    return forward, backward


def along(mode: str, sizes: Sizes, outputs: Sizes, align: bool, scales: tuple, dtype: Any) -> list:
    """What is to be read along which dimension, the last first."""
    kind = xp.float64 if dtype == xp.float64 else xp.float32
    given = zip(sizes, outputs, scales, strict=True)
    taps = [
        taps_of(mode, size, count, align, None if scale is None else float(scale), kind)
        for size, count, scale in given
    ]
    return [(dim + 2, taps[dim]) for dim in reversed(range(len(sizes)))]


# Taps -----------------------------------------------------------------------------------------------------


@kept(256)
def taps_of(mode: str, size: int, count: int, align: bool, scale: float | None, kind: Any) -> Taps:
    if mode.startswith("nearest"):
        if mode == "nearest_halved" and count in (size, 2 * size):
            return (xp.arange(count) * size // count)[:, None], None
        kind = xp.float32 if mode in BY_HALVES.values() else kind
        return nearest(size, count, scale, kind, 0.5 if "exact" in mode else 0.0), None
    if mode in FILTERS and size == count:
        return xp.arange(count)[:, None], None
    step = step_of(size, count, align, scale, kind)
    if mode == "linear":
        return linear_taps(size, count, align, step, kind)
    if mode == "cubic":
        return cubic_taps(size, count, align, step, kind)
    return smoothed(size, count, step, *FILTERS[mode], kind)


def step_of(size: int, count: int, align: bool, scale: float | None, kind: Any) -> Any:
    """How far apart in the array neighbours of the result lie."""
    if align:
        return kind(size - 1) / kind(count - 1) if count > 1 else kind(0)
    return kind(1.0 / scale) if scale is not None and scale > 0 else kind(size) / kind(max(count, 1))


def nearest(size: int, count: int, scale: float | None, kind: Any, shift: float) -> Array:
    step = step_of(size, count, False, scale, kind)
    places = xp.floor((xp.arange(count).astype(kind) + kind(shift)) * step).astype(xp.int64)
    return xp.minimum(places, size - 1)[:, None]


def sources(count: int, align: bool, step: Any, kind: Any) -> Array:
    """Where the elements of the result lie, in elements of the array."""
    at = xp.arange(count).astype(kind)
    half = kind(0.5)
    found: Array = step * at if align else step * (at + half) - half
    return found


def linear_taps(size: int, count: int, align: bool, step: Any, kind: Any) -> Taps:
    if size == count:
        first = second = xp.arange(count)
        part = xp.zeros(count, kind)
    else:
        source = xp.maximum(sources(count, align, step, kind), kind(0))
        first = xp.minimum(source.astype(xp.int64), size - 1)
        second = xp.minimum(first + 1, size - 1)
        part = xp.clip(source - first.astype(kind), kind(0), kind(1))
    return xp.stack([first, second], 1), xp.stack([kind(1) - part, part], 1)


def cubic_taps(size: int, count: int, align: bool, step: Any, kind: Any) -> Taps:
    source = sources(count, align, step, kind)
    first = xp.floor(source)
    places = first.astype(xp.int64)[:, None] + xp.arange(-1, 3)
    weights = xp.stack(convolution_weights(xp.clip(source - first, kind(0), kind(1)), kind(-0.75)), 1)
    return xp.clip(places, 0, size - 1), weights


def convolution_weights(part: Array, a: Any) -> list[Array]:
    """Of the two elements before and the two after, ``part`` of the way from the one to the other."""
    return [
        far(part + 1, a),
        near(part, a),
        near(1 - part, a),
        far(2 - part, a),
    ]


def near(x: Array, a: Any) -> Array:
    """The cubic of Keys up to distance 1."""
    found: Array = ((a + 2) * x - (a + 3)) * x * x + 1
    return found


def far(x: Array, a: Any) -> Array:
    """The same from distance 1 to 2."""
    found: Array = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return found


def triangle(x: Array) -> Array:
    return xp.maximum(1 - xp.abs(x), 0)


def keys_cubic(x: Array) -> Array:
    x = xp.abs(x)
    return xp.where(x < 1, near(x, -0.5), xp.where(x < 2, far(x, -0.5), 0))


def lanczos(x: Array) -> Array:
    """A sinc in a window that is one too, of three lobes."""
    return xp.where(xp.abs(x) < 3, xp.sinc(x) * xp.sinc(x / 3), 0)


# With how many elements each reaches where nothing is made smaller.
FILTERS: dict[str, tuple[Callable[[Array], Array], int]] = {
    "linear_aa": (triangle, 2),
    "cubic_aa": (keys_cubic, 4),
    "lanczos_aa": (lanczos, 6),
}


def smoothed(
    size: int, count: int, step: Any, function: Callable[[Array], Array], width: int, kind: Any
) -> Taps:
    """The filter made as wide as what one element of the result stands for, against aliasing."""
    step = float(step)
    support = width / 2 * max(step, 1.0)
    centres = step * (xp.arange(count) + 0.5)
    starts = xp.maximum((centres - support + 0.5).astype(xp.int64), 0)
    ends = xp.minimum((centres + support + 0.5).astype(xp.int64), size)
    places = starts[:, None] + xp.arange(
        max(int(xp.maximum.reduce(ends - starts, initial=1)), math.ceil(support))
    )
    weights = function((places - centres[:, None] + 0.5) / max(step, 1.0))
    weights = xp.where(places < ends[:, None], weights, 0)
    weights = weights / weights.sum(1, keepdims=True)
    return xp.where(places < ends[:, None], places, OUTSIDE), weights.astype(kind)


def pixel_shuffle(self: Array, upscale_factor: int) -> Array:
    """Blocks of channels laid out over space, so that there are fewer channels and more places."""
    *lead, channels, height, width = self.shape
    by = upscale_factor
    blocks = self.reshape(*lead, channels // (by * by), by, by, height, width)
    at = len(lead)
    order = (*range(at), at, at + 3, at + 1, at + 4, at + 2)
    shape = (*lead, channels // (by * by), height * by, width * by)
    return laid_like(blocks.transpose(order).copy().reshape(shape), self)


def pixel_unshuffle(self: Array, downscale_factor: int) -> Array:
    *lead, channels, height, width = self.shape
    by = downscale_factor
    blocks = self.reshape(*lead, channels, height // by, by, width // by, by)
    at = len(lead)
    order = (*range(at), at, at + 2, at + 4, at + 1, at + 3)
    shape = (*lead, channels * by * by, height // by, width // by)
    return laid_like(blocks.transpose(order).copy().reshape(shape), self)


def channel_shuffle(self: Array, groups: int) -> Array:
    """Channels of several groups in turn."""
    parts = self.reshape(self.shape[0], groups, self.shape[1] // groups, *self.shape[2:])
    return laid_like(parts.swapaxes(1, 2).copy().reshape(self.shape), self)
