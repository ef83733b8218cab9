"""The first step of a layout: every box in a layer below all that lead to it, and points where edges cross layers.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981). Edges to
the same output of the same box share their points, so that a weight used at every step of a loop is one line with many
that join it, not one line for each step.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mini_autograd.drawing.structure import Edge

# With more points than this the longest edges run straight, behind boxes.
MOST_POINTS = 8_000


@dataclass(slots=True)
class Layers:
    """Boxes and points in layers; those from ``boxes`` on are points.

    ``layers``: from the top, each from left to right. ``above`` and ``below``: the neighbours of each in the layers
    next to its own, one for every edge between. ``routes``: for each edge what it passes, its two ends included; one
    that joins another ends at a point. ``heights``: the layer of each.
    """

    boxes: int
    heights: list[int]
    routes: list[list[int]] = field(default_factory=list)
    layers: list[list[int]] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)

    def is_point(self, which: int) -> bool:
        return which >= self.boxes


def layered(count: int, edges: Sequence[Edge]) -> Layers:
    """``count`` boxes and their edges in layers, in the order in which a walk from left to right meets them."""
    made = Layers(count, longest_paths(count, edges))
    _route(made, edges)
    total = len(made.heights)
    made.above, made.below = [[] for _ in range(total)], [[] for _ in range(total)]
    for route in made.routes:
        for upper, lower in pairwise(route):
            if made.heights[lower] == made.heights[upper] + 1:
                made.below[upper].append(lower)
                made.above[lower].append(upper)
    made.layers = [[] for _ in range(max(made.heights, default=-1) + 1)]
    for which in _met(made):
        made.layers[made.heights[which]].append(which)
    return made


def longest_paths(count: int, edges: Sequence[Edge]) -> list[int]:
    """For each box the number of its layer: as high as it may be, but what nothing leads to right above the rest."""
    ahead: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for edge in edges:
        ahead[edge.source].append(edge.target)
        waits[edge.target] += 1
    tops = [box for box in range(count) if not waits[box]]
    heights = [0] * count
    ready = deque(tops)
    while ready:
        box = ready.popleft()
        for target in ahead[box]:
            heights[target] = max(heights[target], heights[box] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    for box in tops:
        if ahead[box]:
            heights[box] = min(heights[target] for target in ahead[box]) - 1
    return heights


def _route(made: Layers, edges: Sequence[Edge]) -> None:
    """Give every edge what it passes, and every output that edges come to from afar its points."""
    bundles: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, edge in enumerate(edges):
        bundles[edge.target, edge.output_nr].append(at)
    made.routes = [[edge.source, edge.target] for edge in edges]
    heights, room = made.heights, MOST_POINTS

    def length(members: list[int]) -> int:
        return heights[edges[members[0]].target] - min(heights[edges[at].source] for at in members) - 1

    for members in sorted(bundles.values(), key=length):
        target = edges[members[0]].target
        missing = length(members)
        room -= max(missing, 0)
        if missing <= 0 or room < 0:
            continue
        top = heights[target] - missing
        start = len(heights)
        points = [*range(start, start + missing), target]
        heights += range(top, heights[target])
        members.sort(key=lambda at: heights[edges[at].source])
        for at in members:
            source = edges[at].source
            along = points[heights[source] + 1 - top :]
            made.routes[at] = [source, *(along if at == members[0] else along[:1])]


def _met(made: Layers) -> list[int]:
    """Boxes and points in the order of a walk in depth, from the left."""
    order: list[int] = []
    seen = [False] * len(made.heights)
    for start in sorted(range(len(made.heights)), key=lambda which: bool(made.above[which])):
        waiting = [start]
        while waiting:
            which = waiting.pop()
            if not seen[which]:
                seen[which] = True
                order.append(which)
                waiting += reversed(made.below[which])
    return order
