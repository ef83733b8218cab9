"""Where everything is: boxes as large as their texts, layer under layer, and the points that edges go through."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mini_autograd.drawing.crossing import untangle
from mini_autograd.drawing.layers import Layers, layered
from mini_autograd.drawing.position import centers
from mini_autograd.drawing.structure import Box, Edge
from mini_autograd.drawing.text import cells

Point = tuple[float, float]

# In pixels. A column is as wide as in the widest of the usual fonts of equal widths.
TITLE_SIZE, LINE_SIZE, COLUMN = 13, 11, 0.61
TITLE_HEIGHT, LINE_HEIGHT = 18, 15
PADDING, MARGIN, GAP = 12, 16, 18
_LEAST_GAP, _MOST_GAP = 36, 120  # between layers
_PORT = 18  # between the ends of edges on one side of a box


@dataclass(frozen=True, slots=True)
class Place:
    """The upper left corner and the size of a box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Path:
    """The way of an edge, down; ``joins``: it ends where it meets another edge to the same place."""

    points: tuple[Point, ...]
    joins: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of the drawing, the place of each box and the path of each edge."""

    width: float
    height: float
    places: tuple[Place, ...]
    paths: tuple[Path, ...]


def size(box: Box) -> tuple[float, float]:
    """The width and height that a box needs for its texts."""
    width = max(
        cells(box.title) * TITLE_SIZE * COLUMN,
        *(cells(text) * LINE_SIZE * COLUMN for text in box.texts),
        56,
    )
    return round(width + 2 * PADDING), PADDING + TITLE_HEIGHT + LINE_HEIGHT * len(box.texts)


def arrange(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """The layout of a graph, the same for the same graph."""
    made = layered(len(boxes), edges)
    untangle(made)
    sizes = [size(box) for box in boxes] + [(2.0, 0.0)] * (len(made.heights) - len(boxes))
    middles = centers(made, [width for width, _ in sizes], GAP)
    left = min((middles[one] - sizes[one][0] / 2 for one in range(len(sizes))), default=0) - MARGIN
    middles = [round(middle - left, 1) for middle in middles]
    right = max((middles[one] + sizes[one][0] / 2 for one in range(len(sizes))), default=MARGIN)
    bands = _bands(made, middles, sizes)
    places = []
    for box in range(len(boxes)):
        (width, height), (top, bottom) = sizes[box], bands[made.heights[box]]
        y = round((top + bottom - height) / 2, 1)
        places.append(Place(round(middles[box] - width / 2, 1), y, width, height))
    paths = _paths(made, edges, middles, places, bands)
    bottom = bands[-1][1] if bands else MARGIN
    return Layout(round(right + MARGIN, 1), round(bottom + MARGIN, 1), tuple(places), tuple(paths))


def _bands(made: Layers, middles: Sequence[float], sizes: Sequence[Point]) -> list[Point]:
    """The top and the bottom of each layer, farther apart where edges between them run far to a side."""
    bands: list[Point] = []
    top: float = MARGIN
    for layer in made.layers:
        bottom = top + max(sizes[one][1] for one in layer)
        bands.append((top, bottom))
        far = max((abs(middles[one] - middles[next]) for one in layer for next in made.below[one]), default=0)
        top = bottom + round(min(max(far * 0.11, _LEAST_GAP), _MOST_GAP))
    return bands


def _paths(
    made: Layers,
    edges: Sequence[Edge],
    middles: Sequence[float],
    places: Sequence[Place],
    bands: Sequence[Point],
) -> list[Path]:
    """Every edge from the bottom of its source to the top of its target, upright through each layer that it crosses."""
    starts, ends = _ports(made, edges, middles, places)
    paths = []
    for at, route in enumerate(made.routes):
        source, last = route[0], route[-1]
        x = starts[at]
        points = [(x, places[source].y + places[source].height), (x, bands[made.heights[source]][1])]
        for point in route[1:-1]:
            points += [(middles[point], edge) for edge in bands[made.heights[point]]]
        top = bands[made.heights[last]][0]
        if made.is_point(last):
            points.append((middles[last], top))
        else:
            points += [(ends[at], top), (ends[at], places[last].y)]
        paths.append(Path(tuple(dict.fromkeys(points)), made.is_point(last)))
    return paths


def _ports(
    made: Layers, edges: Sequence[Edge], middles: Sequence[float], places: Sequence[Place]
) -> tuple[list[float], list[float]]:
    """How far right each edge leaves its source and comes to its target, side by side in the order of where it goes and
    comes from; those to one output come to one place. Edges are upright where they can be."""
    coming: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for edge, route in zip(edges, made.routes, strict=True):
        if not made.is_point(route[-1]):
            coming[edge.target][edge.output_nr].append(middles[route[-2]])
    ports: dict[tuple[int, int], float] = {}
    for target, outputs in coming.items():
        order = sorted(outputs, key=lambda nr, found=outputs: (sum(found[nr]) / len(found[nr]), nr))  # type: ignore[misc]
        wanted = [sum(outputs[nr]) / len(outputs[nr]) if len(order) > 1 else middles[target] for nr in order]
        for nr, x in zip(order, _side(places[target], wanted), strict=True):
            ports[target, nr] = x
    ends = [ports.get((edge.target, edge.output_nr), 0.0) for edge in edges]
    leaving: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, (edge, route) in enumerate(zip(edges, made.routes, strict=True)):
        leaving[edge.source].append((middles[route[1]] if made.is_point(route[1]) else ends[at], at))
    starts = [0.0] * len(edges)
    for source, each in leaving.items():
        each.sort()
        for (_, at), x in zip(each, _side(places[source], [x for x, _ in each]), strict=True):
            starts[at] = x
    return starts, ends


def _side(place: Place, wanted: Sequence[float]) -> list[float]:
    """Where edges meet a side of a box: where they are wanted if that is on it, and else near its middle."""
    middle, half = place.x + place.width / 2, place.width / 2 - PADDING
    step = min(_PORT, 2 * half / max(len(wanted) - 1, 1))
    fan = [middle + (at - (len(wanted) - 1) / 2) * step for at in range(len(wanted))]
    times = Counter(wanted)
    near = [
        want if times[want] == 1 and abs(want - middle) <= half else port
        for want, port in zip(wanted, fan, strict=True)
    ]
    return [round(x, 1) for x in spread(near, step, middle - half, middle + half)]


def spread(wanted: Sequence[float], step: float, least: float, most: float) -> list[float]:
    """The wanted places, moved right until each is a step from the last, then left until none is beyond ``most``."""
    places: list[float] = []
    for want in wanted:
        places.append(max(want, places[-1] + step if places else least))
    limit = most
    for at in range(len(places) - 1, -1, -1):
        places[at] = limit = min(places[at], limit)
        limit -= step
    return places
