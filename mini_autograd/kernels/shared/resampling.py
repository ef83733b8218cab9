"""Arrays resampled along their last dimensions, each by itself: places to read, with a weight for each.

The cubic convolution is that of Keys, "Cubic convolution interpolation for digital image processing" (1981).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from mini_autograd.kernels.shared.reduction import plain
from mini_autograd.kernels.shared.window import laid_like

Array = np.ndarray[Any, Any]
Sizes = tuple[int, ...]
# For each element of the result the places that it is made of, and their weights, None for 1.
Taps = tuple[Array, Array | None]


def resampling(mode: str) -> tuple[Callable[..., Array], Callable[..., Array]]:
    """The kernels of a mode and of its gradient, which it is the transpose of."""
    aligned = not mode.startswith("nearest")

    def forward(self: Array, output_size: Sizes, *rest: Any) -> Array:
        align, scales = (rest[0], rest[1:]) if aligned else (False, rest)
        sizes = self.shape[2:]
        result = self
        for dim, taps in along(mode, sizes, output_size, align, scales, self.dtype):
            result = read(result, dim, *taps)
        return laid_like(result if result is not self else self.copy(), self)

    def backward(grad_output: Array, output_size: Sizes, input_size: Sizes, *rest: Any) -> Array:
        align, scales = (rest[0], rest[1:]) if aligned else (False, rest)
        sizes = tuple(input_size[2:])
        result = grad_output
        for dim, taps in along(mode, sizes, output_size, align, scales, grad_output.dtype):
            result = written(result, dim, input_size[dim], *taps)
        return laid_like(result, grad_output)

    return forward, backward


def along(mode: str, sizes: Sizes, outputs: Sizes, align: bool, scales: tuple, dtype: Any) -> list:
    """What is to be read along which dimension, the last first."""
    kind = np.float64 if dtype == np.float64 else np.float32
    given = zip(sizes, outputs, scales, strict=True)
    taps = [
        taps_of(mode, size, count, align, None if scale is None else float(scale), kind)
        for size, count, scale in given
    ]
    return [(dim + 2, taps[dim]) for dim in reversed(range(len(sizes)))]


def read(self: Array, dim: int, places: Array, weights: Array | None) -> Array:
    if weights is None:
        return self.take(places[:, 0], dim)
    shape = (-1,) + (1,) * (self.ndim - dim - 1)
    total: Any = 0
    for at in range(places.shape[1]):
        total = total + self.take(places[:, at], dim) * weights[:, at].reshape(shape)
    return np.asarray(total, self.dtype)


def written(grad: Array, dim: int, size: int, places: Array, weights: Array | None) -> Array:
    """Each element added, by its weights, to where it was read from."""
    result = np.zeros((*grad.shape[:dim], size, *grad.shape[dim + 1 :]), grad.dtype)
    target, given = np.moveaxis(result, dim, 0), np.moveaxis(grad, dim, 0)
    shape = (-1,) + (1,) * (grad.ndim - 1)
    for at in range(places.shape[1]):
        share = given if weights is None else given * weights[:, at].astype(grad.dtype).reshape(shape)
        np.add.at(target, places[:, at], share)
    return result


# Taps -----------------------------------------------------------------------------------------------------


@lru_cache(256)
def taps_of(mode: str, size: int, count: int, align: bool, scale: float | None, kind: Any) -> Taps:
    if mode.startswith("nearest"):
        return nearest(size, count, scale, kind, 0.5 if mode == "nearest_exact" else 0.0), None
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
    places = np.floor((np.arange(count).astype(kind) + kind(shift)) * step).astype(np.int64)
    return np.minimum(places, size - 1)[:, None]


def sources(count: int, align: bool, step: Any, kind: Any) -> Array:
    """Where the elements of the result lie, in elements of the array."""
    at = np.arange(count).astype(kind)
    half = kind(0.5)
    found: Array = step * at if align else step * (at + half) - half
    return found


def linear_taps(size: int, count: int, align: bool, step: Any, kind: Any) -> Taps:
    if size == count:
        first = np.arange(count)
        part = np.zeros(count, kind)
    else:
        source = np.maximum(sources(count, align, step, kind), kind(0))
        first = np.minimum(source.astype(np.int64), size - 1)
        part = np.clip(source - first.astype(kind), kind(0), kind(1))
    second = np.minimum(first + 1, size - 1)
    return np.stack([first, second], 1), np.stack([kind(1) - part, part], 1)


def cubic_taps(size: int, count: int, align: bool, step: Any, kind: Any) -> Taps:
    source = sources(count, align, step, kind)
    first = np.floor(source)
    places = first.astype(np.int64)[:, None] + np.arange(-1, 3)
    weights = np.stack(convolution_weights(np.clip(source - first, kind(0), kind(1)), kind(-0.75)), 1)
    return np.clip(places, 0, size - 1), weights


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
    return np.maximum(1 - np.abs(x), 0)


def keys_cubic(x: Array) -> Array:
    x = np.abs(x)
    return np.where(x < 1, near(x, -0.5), np.where(x < 2, far(x, -0.5), 0))


def lanczos(x: Array) -> Array:
    """A sinc in a window that is one too, of three lobes."""
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


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
    centres = step * (np.arange(count) + 0.5)
    starts = np.maximum((centres - support + 0.5).astype(np.int64), 0)
    ends = np.minimum((centres + support + 0.5).astype(np.int64), size)
    places = starts[:, None] + np.arange(max(int((ends - starts).max(initial=1)), math.ceil(support)))
    weights = function((places - centres[:, None] + 0.5) / max(step, 1.0))
    weights = np.where(places < ends[:, None], weights, 0)
    weights = weights / weights.sum(1, keepdims=True)
    return np.minimum(places, size - 1), weights.astype(kind)


def pixel_shuffle(self: Array, upscale_factor: int) -> Array:
    """Blocks of channels laid out over space, so that there are fewer channels and more places."""
    *lead, channels, height, width = self.shape
    by = upscale_factor
    blocks = self.reshape(*lead, channels // (by * by), by, by, height, width)
    at = len(lead)
    order = (*range(at), at, at + 3, at + 1, at + 4, at + 2)
    return plain(
        blocks.transpose(order).reshape(*lead, channels // (by * by), height * by, width * by).copy()
    )


def pixel_unshuffle(self: Array, downscale_factor: int) -> Array:
    *lead, channels, height, width = self.shape
    by = downscale_factor
    blocks = self.reshape(*lead, channels, height // by, by, width // by, by)
    at = len(lead)
    order = (*range(at), at, at + 2, at + 4, at + 1, at + 3)
    return plain(blocks.transpose(order).reshape(*lead, channels * by * by, height // by, width // by).copy())


def channel_shuffle(self: Array, groups: int) -> Array:
    """Channels of several groups in turn."""
    parts = self.reshape(self.shape[0], groups, self.shape[1] // groups, *self.shape[2:])
    return laid_like(parts.swapaxes(1, 2).reshape(self.shape), self)
