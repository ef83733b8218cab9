"""Images sampled at the places of a grid, and the first and second derivatives of that.

Along each dimension a sample is made of the elements around it, with weights that depend on its place there: those of
all together are the products, which is all that the derivatives need to know.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.reduction import plain

BILINEAR, NEAREST, BICUBIC = range(3)
ZEROS, BORDER, REFLECTION = range(3)


@dataclass(frozen=True, slots=True)
class Tap:
    """Along one dimension, for every sample: an element, whether it is inside, and the derivatives of its weight."""

    place: Array
    inside: Array
    orders: tuple[Array, Array, Array]


@dataclass(frozen=True, slots=True)
class Corner:
    """An element for every sample, counted in memory's order, and its weight along each dimension."""

    place: Array
    inside: Array
    taps: tuple[Tap, ...]

    def weight(self, *by: int) -> Array:
        """The weight's derivative by these dimensions."""
        total: Any = 1
        for dim, tap in enumerate(self.taps):
            total = total * tap.orders[by.count(dim)]
        return xp.where(self.inside, total, 0)


def corners(shape: tuple[int, ...], grid: Array, mode: int, padding: int, align: bool) -> list[Corner]:
    """``grid``: the places, the last dimension's first, of the samples of each image."""
    spatial = len(shape)
    flat = grid.reshape(grid.shape[0], -1, spatial)
    along = [taps(flat[..., spatial - 1 - dim], shape[dim], mode, padding, align) for dim in range(spatial)]
    found = []
    for several in itertools.product(*along):
        place: Any = 0
        inside: Any = True
        for tap, size in zip(several, shape, strict=True):
            place = place * size + tap.place
            inside = inside & tap.inside
        found.append(Corner(xp.where(inside, place, 0), inside, several))
    return found


def taps(place: Array, size: int, mode: int, padding: int, align: bool) -> list[Tap]:
    kind = place.dtype.type
    at, slope = in_elements(place, size, align)
    if mode == BICUBIC:
        return cubic_taps(at, kind(slope), size, padding, align)
    at, turned = kept_inside(at, size, padding, align)
    slope = kind(slope) * turned
    none = xp.zeros_like(at)
    if mode == NEAREST:
        return [tap_at(xp.rint(at), size, (xp.ones_like(at), none, none))]
    first = xp.floor(at)
    part = at - first
    return [
        tap_at(first, size, (1 - part, -slope, none)),
        tap_at(first + 1, size, (part, slope, none)),
    ]


def tap_at(place: Array, size: int, orders: tuple[Array, Array, Array]) -> Tap:
    inside = (place >= 0) & (place < size)
    return Tap(xp.where(inside, place, 0).astype(xp.int64), inside, orders)


def cubic_taps(at: Array, slope: Any, size: int, padding: int, align: bool) -> list[Tap]:
    """Keys' cubic of each of four elements; it is they that are kept inside."""
    first = xp.floor(at)
    part = at - first
    a = at.dtype.type(-0.75)
    found = []
    for step in range(-1, 3):
        x = xp.abs(part - step)
        sign = xp.sign(part - step)
        if step in (0, 1):
            zeroth = ((a + 2) * x - (a + 3)) * x * x + 1
            once = (3 * (a + 2) * x - 2 * (a + 3)) * x
            twice = 6 * (a + 2) * x - 2 * (a + 3)
        else:
            zeroth = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
            once = (3 * a * x - 10 * a) * x + 8 * a
            twice = 6 * a * x - 10 * a
        place, _ = kept_inside(first + step, size, padding, align)
        found.append(tap_at(xp.rint(place), size, (zeroth, once * sign * slope, twice * slope * slope)))
    return found


def in_elements(place: Array, size: int, align: bool) -> tuple[Array, float]:
    """Places from -1 to 1 in elements: between the middles of the outer ones, or their edges."""
    kind = place.dtype.type
    if align:
        return (place + 1) / 2 * kind(size - 1), (size - 1) / 2
    return ((place + 1) * kind(size) - 1) / 2, size / 2


def kept_inside(at: Array, size: int, padding: int, align: bool) -> tuple[Array, Array]:
    """Where a place that is outside is taken to be, and the derivative of that."""
    turned = xp.ones_like(at)
    if padding == REFLECTION:
        at, turned = reflected(at, *((0, 2 * (size - 1)) if align else (-1, 2 * size - 1)))
    if padding != ZEROS:
        turned = xp.where((at <= 0) | (at >= size - 1), 0, turned)
        at = xp.where(at <= 0, 0, xp.where(at >= size - 1, size - 1, at)).astype(at.dtype)
    # What is no number, or too far to count, is outside.
    return xp.where(xp.isfinite(at) & (xp.abs(at) < 2.0**31), at, -100).astype(at.dtype), turned


def reflected(at: Array, twice_low: int, twice_high: int) -> tuple[Array, Array]:
    """Thrown back at both ends, as often as it takes."""
    if twice_low == twice_high:
        return xp.zeros_like(at), xp.zeros_like(at)
    kind = at.dtype.type
    low, span = kind(twice_low / 2), kind((twice_high - twice_low) / 2)
    far = xp.abs(at - low)
    extra, odd = xp.fmod(far, span), xp.floor(far / span) % 2 == 1
    turned = xp.where(at - low < 0, -1, 1) * xp.where(odd, -1, 1)
    return xp.where(odd, span - extra, extra) + low, turned.astype(at.dtype)


# Samples and their derivatives ----------------------------------------------------------------------------


def rows(image: Array) -> Array:
    """(N, C, ...) with the places as one dimension."""
    return image.reshape(*image.shape[:2], math.prod(image.shape[2:]))


def seen(image: Array, corner: Corner) -> Array:
    """The elements of ``image``, as rows, that are a corner of the samples; 0 outside."""
    place = xp.broadcast_to(corner.place[:, None], (*image.shape[:2], corner.place.shape[-1]))
    return xp.where(corner.inside[:, None], xp.take_along_axis(image, place, 2), image.dtype.type(0))


def add_to(image: Array, corner: Corner, values: Array) -> None:
    """Add where a corner is inside, whatever the values of samples that are not."""
    batch, channel = xp.ogrid[: image.shape[0], : image.shape[1]]
    values = xp.where(corner.inside[:, None], values, image.dtype.type(0))
    xp.add.at(image, (batch[..., None], channel[..., None], corner.place[:, None]), values)


def is_empty(input: Array, grid: Array) -> bool:
    return not input.size or not grid.size


def grid_sampler(input: Array, grid: Array, mode: int, padding: int, align: bool) -> Array:
    shape = (*input.shape[:2], *grid.shape[1:-1])
    result = xp.zeros((*input.shape[:2], math.prod(grid.shape[1:-1])), input.dtype)
    if result.size:
        image = rows(input)
        for corner in corners(input.shape[2:], grid, mode, padding, align):
            result += seen(image, corner) * corner.weight()[:, None]
    return plain(result.reshape(shape))


def grid_sampler_backward(
    grad_output: Array, input: Array, grid: Array, mode: int, padding: int, align: bool, output_mask: tuple
) -> tuple[Array | None, Array]:
    spatial = input.ndim - 2
    grad, image = rows(grad_output), rows(input)
    to_input = xp.zeros(image.shape, input.dtype) if output_mask[0] else None
    to_grid = xp.zeros((grid.shape[0], math.prod(grid.shape[1:-1]), spatial), grid.dtype)
    if not is_empty(input, grid):
        for corner in corners(input.shape[2:], grid, mode, padding, align):
            if to_input is not None:
                add_to(to_input, corner, grad * corner.weight()[:, None])
            if mode != NEAREST:
                product = (seen(image, corner) * grad).sum(1)
                if (
                    spatial != 2
                ):  # of volumes, what is outside is passed over; of images it counts as 0 times a gradient
                    product = xp.where(corner.inside, product, 0)
                for dim in range(spatial):
                    to_grid[..., spatial - 1 - dim] += product * corner.weight(dim)
    filled = None if to_input is None else plain(to_input.reshape(input.shape))
    return filled, plain(to_grid.reshape(grid.shape))


def grid_sampler_double_backward(
    of_grid: Array, grad_output: Array, input: Array, grid: Array, mode: int, padding: int, align: bool
) -> tuple[Array, Array, Array]:
    """The gradients of ``grad_output``, ``input`` and ``grid``, given that of what the backward pass gives the grid.

    With the weights w of the elements I around a sample, that pass gives dimension d of the grid the sum of w_d I g:
    it is linear in g and I, and of w takes one derivative more.
    """
    spatial = input.ndim - 2
    grad, image = rows(grad_output), rows(input)
    to_grad, to_input = xp.zeros(grad.shape, grad.dtype), xp.zeros(image.shape, image.dtype)
    to_grid = xp.zeros((grid.shape[0], grad.shape[-1], spatial), grid.dtype)
    places = of_grid.reshape(to_grid.shape)[..., ::-1]
    for corner in [] if is_empty(input, grid) else corners(input.shape[2:], grid, mode, padding, align):
        turned: Any = sum(places[..., dim] * corner.weight(dim) for dim in range(spatial))
        there = seen(image, corner)
        to_grad += there * turned[:, None]
        add_to(to_input, corner, grad * turned[:, None])
        product = (there * grad).sum(1)
        for dim in range(spatial):
            twice: Any = sum(places[..., other] * corner.weight(dim, other) for other in range(spatial))
            to_grid[..., spatial - 1 - dim] += product * twice
    return (
        plain(to_grad.reshape(grad_output.shape)),
        plain(to_input.reshape(input.shape)),
        plain(to_grid.reshape(grid.shape)),
    )
