"""Drawings of autograd graphs as records hold them: boxes and edges, whose places were computed before."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.field import Fields

NODE_KINDS = ("node", "leaf", "output")
HEAD = 7.0  # length of an arrow's head
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text in a box, and the height of its middle."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A box: `x` and `y` are those of its upper left corner; `differs` where the two graphs part."""

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
    def rows(self) -> list[Row]:
        """The title and the lines, spread over the height."""
        texts = (self.title, *self.lines)
        pitch = self.height / (len(texts) + 0.5)
        return [Row(round(self.y + pitch * (at + 0.75), 1), text) for at, text in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class Edge:
    """A line through points, with an arrow's head at the last."""

    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The data of an SVG path."""
        return " ".join(f"{'L' if at else 'M'}{x:g} {y:g}" for at, (x, y) in enumerate(self.points))

    @property
    def head(self) -> str:
        """The data of the path of the arrow's head; nothing where the line has no direction."""
        if len(self.points) < 2:
            return ""
        (x0, y0), (x, y) = self.points[-2:]
        length = math.hypot(x - x0, y - y0)
        if not length:
            return ""
        along = (HEAD * (x - x0) / length, HEAD * (y - y0) / length)
        across = (-along[1] / 2.4, along[0] / 2.4)
        back = (x - along[0], y - along[1])
        corners = ((back[0] + across[0], back[1] + across[1]), (back[0] - across[0], back[1] - across[1]))
        return f"M{x:g} {y:g} " + " ".join(f"L{one:.1f} {other:.1f}" for one, other in corners) + "Z"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that is drawn of one graph."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def differing(self) -> list[str]:
        """The titles of the nodes where the two graphs part."""
        return [node.title for node in self.nodes if node.differs]


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of one tensor on both sides; None for a side without one."""

    expected: Drawing | None
    got: Drawing | None

    @property
    def both(self) -> bool:
        return self.expected is not None and self.got is not None


def read_graphs(fields: Fields, name: str) -> Graphs | None:
    """The graphs of both sides, or None where none were drawn."""
    if fields.data.get(name) is None:
        return None
    sides = fields.object(name)
    drawn = [
        None if sides.data.get(side) is None else read_drawing(sides.object(side))
        for side in ("expected", "got")
    ]
    return Graphs(*drawn) if any(drawn) else None


def read_drawing(fields: Fields) -> Drawing:
    return Drawing(
        width=fields.number("width"),
        height=fields.number("height"),
        nodes=tuple(_node(one) for one in fields.objects("nodes")),
        edges=tuple(Edge(one.points("points")) for one in fields.objects("edges")),
    )


def _node(fields: Fields) -> Node:
    return Node(
        x=fields.number("x"),
        y=fields.number("y"),
        width=fields.number("width"),
        height=fields.number("height"),
        title=fields.text("title"),
        lines=fields.texts("lines"),
        kind=fields.choice("kind", NODE_KINDS),
        differs=fields.flag("differs"),
    )
