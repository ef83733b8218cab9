"""The third step of a layout: how far right everything is, given its order.

After Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2001): what is joined with its median
neighbour stands in one block with it, straight below; blocks are pushed together. That is done from all four corners,
and everything comes to the mean of the two middle ones of its four places.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from mini_autograd.drawing.layers import Layers

Links = set[tuple[int, int]]


def centers(made: Layers, widths: Sequence[float], gap: float) -> list[float]:
    """The middle of each, in no particular frame."""
    crossed = _crossed(made)
    found: list[tuple[list[float], bool]] = []
    for layers, neighbours in ((made.layers, made.above), (made.layers[::-1], made.below)):
        for left in (True, False):
            turned = layers if left else [layer[::-1] for layer in layers]
            roots = _blocks(made, turned, neighbours, crossed)
            middles = _compact(turned, roots, widths, gap)
            found.append((middles if left else [-middle for middle in middles], left))
    if not widths:
        return []
    spans = [_span(middles, widths) for middles, _ in found]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    moved = []
    for (middles, left), (least, most) in zip(found, spans, strict=True):
        shift = low - least if left else high - most
        moved.append([middle + shift for middle in middles])
    return [sum(sorted(four)[1:3]) / 2 for four in zip(*moved, strict=True)]


def _span(middles: Sequence[float], widths: Sequence[float]) -> tuple[float, float]:
    pairs = list(zip(middles, widths, strict=True))
    return min(middle - width / 2 for middle, width in pairs), max(
        middle + width / 2 for middle, width in pairs
    )


def _crossed(made: Layers) -> Links:
    """The links that cross one between two points, which shall be straight instead of them."""
    found: Links = set()
    for upper, lower in pairwise(made.layers):
        places = {which: at for at, which in enumerate(upper)}
        start = scanned = 0
        for at, which in enumerate(lower):
            over = _point_above(made, which)
            if over is None and at < len(lower) - 1:
                continue
            end = len(upper) - 1 if over is None else places[over]
            for one in lower[scanned : at + 1]:
                for near in made.above[one]:
                    inner = made.is_point(one) and made.is_point(near)
                    if not start <= places[near] <= end and not inner:
                        found.add((near, one))
            start, scanned = end, at + 1
    return found


def _point_above(made: Layers, which: int) -> int | None:
    """The point that the line through a point comes from."""
    if not made.is_point(which):
        return None
    return next((near for near in made.above[which] if made.is_point(near)), None)


def _blocks(made: Layers, layers: list[list[int]], neighbours: list[list[int]], crossed: Links) -> list[int]:
    """For each the first of its block: each joins the block of its median neighbour where no other is in between."""
    roots = list(range(len(neighbours)))
    places = [0] * len(neighbours)
    for layer in layers:
        for at, which in enumerate(layer):
            places[which] = at
    for layer in layers:
        taken = -1
        for which in layer:
            near = sorted(set(neighbours[which]), key=lambda one: places[one])
            if made.is_point(which):
                near = [one for one in near if made.is_point(one)] or near
            for middle in near[(len(near) - 1) // 2 : len(near) // 2 + 1]:
                free = (middle, which) not in crossed and (which, middle) not in crossed
                if free and places[middle] > taken:
                    roots[which] = roots[middle]
                    taken = places[middle]
                    break
    return roots


def _compact(layers: list[list[int]], roots: list[int], widths: Sequence[float], gap: float) -> list[float]:
    """The middle of each with its block as far left as it may be, and then as close to what is right of it."""
    before: dict[int, list[tuple[int, float]]] = {root: [] for root in roots}
    after: dict[int, list[tuple[int, float]]] = {root: [] for root in roots}
    for layer in layers:
        for left, right in pairwise(layer):
            apart = (widths[left] + widths[right]) / 2 + gap
            before[roots[right]].append((roots[left], apart))
            after[roots[left]].append((roots[right], apart))
    waits = {root: len(each) for root, each in before.items()}
    ready = deque(root for root, count in waits.items() if not count)
    order: list[int] = []
    places: dict[int, float] = {}
    while ready:
        root = ready.popleft()
        order.append(root)
        places[root] = max((places[left] + apart for left, apart in before[root]), default=0.0)
        for right, _ in after[root]:
            waits[right] -= 1
            if not waits[right]:
                ready.append(right)
    for root in reversed(order):
        if after[root]:
            places[root] = max(places[root], min(places[right] - apart for right, apart in after[root]))
    return [places[root] for root in roots]
