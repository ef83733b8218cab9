"""Graphs as they were drawn where the libraries were at hand: boxes and lines with their places, to be written down."""

import math
from dataclasses import dataclass
from typing import Any

from reports.field import Fields

BOX_KINDS = ("node", "leaf", "output")
LARGEST = 1e6  # pixels
HEAD = 7.0  # of an arrow


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a graph, a leaf, or the tensor that the graph is of. ``x`` and ``y`` are its upper left corner;
    ``differs`` marks what is not the same in the other library's graph."""

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...]
    kind: str
    differs: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def rows(self) -> list[tuple[float, str]]:
        """The title and the lines, each with the height of its middle, spread over the box."""
        texts = (self.title, *self.lines)
        pitch = self.height / (len(texts) + 0.5)
        return [(round(self.y + pitch * (at + 0.75), 1), text) for at, text in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class Line:
    """A line from box to box, by the points that it goes through."""

    points: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        """The data of an SVG path."""
        return " ".join(f"{'L' if at else 'M'}{x:g} {y:g}" for at, (x, y) in enumerate(self.points))

    @property
    def head(self) -> str:
        """The data of the path of an arrow's head at the end; nothing where the line has no direction."""
        if len(self.points) < 2 or self.points[-2] == self.points[-1]:
            return ""
        (x0, y0), (x, y) = self.points[-2:]
        scale = HEAD / math.hypot(x - x0, y - y0)
        along, across = (scale * (x - x0), scale * (y - y0)), (scale * (y0 - y) / 2.4, scale * (x - x0) / 2.4)
        sides = [
            f"L{x - along[0] + sign * across[0]:.1f} {y - along[1] + sign * across[1]:.1f}"
            for sign in (1, -1)
        ]
        return f"M{x:g} {y:g} {' '.join(sides)}Z"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph, in pixels of its own."""

    width: float
    height: float
    nodes: tuple[Box, ...]
    edges: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether anything is marked."""
        return any(box.differs for box in self.nodes)

    @property
    def differing(self) -> list[str]:
        """The titles of what is marked."""
        return [box.title for box in self.nodes if box.differs]


@dataclass(frozen=True, slots=True)
class Graphs:
    """The same graph as either library has it."""

    expected: Drawing
    got: Drawing


def read_graphs(fields: Fields, name: str) -> Graphs | None:
    """The two drawings in a field; None where the record does not have it."""
    if fields.data.get(name) is None:
        return None
    both = fields.object(name)
    return Graphs(read_drawing(both.object("expected")), read_drawing(both.object("got")))


def read_drawing(fields: Fields) -> Drawing:
    """A drawing; RecordError where its numbers are none that a picture could have."""
    return Drawing(
        width=_length(fields, "width"),
        height=_length(fields, "height"),
        nodes=tuple(_box(node) for node in fields.objects("nodes")),
        edges=tuple(_line(edge) for edge in fields.objects("edges")),
    )


def _box(fields: Fields) -> Box:
    return Box(
        **{name: _length(fields, name) for name in ("x", "y", "width", "height")},
        title=fields.text("title"),
        lines=fields.texts("lines"),
        kind=fields.choice("kind", BOX_KINDS),
        differs=fields.flag("differs"),
    )


def _line(fields: Fields) -> Line:
    points = fields.data.get("points")
    if not isinstance(points, list) or not all(_is_point(point) for point in points):
        fields.fail("points", "a list of [x, y]")
    return Line(tuple((float(x), float(y)) for x, y in points))


def _length(fields: Fields, name: str) -> float:
    value = fields.data.get(name)
    return (
        float(value) if value is not None and _is_length(value) else fields.fail(name, "a length in pixels")
    )


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_length(item) for item in value)


def _is_length(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= LARGEST
