"""The second step of a layout: an order of each layer in which few edges cross, by the barycenters of neighbours."""

from __future__ import annotations

from bisect import bisect_right, insort

from mini_autograd.drawing.layers import Layers

_SWEEPS = 12
_PATIENCE = 4


def untangle(made: Layers) -> None:
    """Put every layer in the best order found in some sweeps down and up."""
    places = [0] * len(made.heights)
    for layer in made.layers:
        _place(layer, places)
    best, fewest, worse = [list(layer) for layer in made.layers], crossings(made, places), 0
    for sweep in range(_SWEEPS):
        if not fewest or worse == _PATIENCE:
            break
        down = sweep % 2 == 0
        for layer in made.layers if down else reversed(made.layers):
            _order(layer, made.above if down else made.below, places)
        count = crossings(made, places)
        worse += 1
        if count < fewest:
            best, fewest, worse = [list(layer) for layer in made.layers], count, 0
    made.layers = best


def crossings(made: Layers, places: list[int]) -> int:
    """How many pairs of edges between neighbouring layers cross."""
    total = 0
    for layer in made.layers:
        ends: list[int] = []  # of the edges further left, in order
        for which in layer:
            new = sorted(places[lower] for lower in made.below[which])
            total += sum(len(ends) - bisect_right(ends, end) for end in new)
            for end in new:
                insort(ends, end)
    return total


def _order(layer: list[int], neighbours: list[list[int]], places: list[int]) -> None:
    """Sort one layer by where the neighbours of each are; what has none stays where it is."""
    centers = {}
    for which in layer:
        near = neighbours[which]
        if near:
            centers[which] = sum([places[one] for one in near]) / len(near)
    moving = iter(sorted(centers, key=centers.__getitem__))
    layer[:] = [next(moving) if which in centers else which for which in layer]
    _place(layer, places)


def _place(layer: list[int], places: list[int]) -> None:
    for at, which in enumerate(layer):
        places[which] = at
