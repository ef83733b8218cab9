"""A drawing: the boxes and edges of a graph, their layout, and what it is written as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mini_autograd.drawing.layout import Layout, arrange
from mini_autograd.drawing.mermaid import mermaid
from mini_autograd.drawing.structure import Box, Edge, Kind
from mini_autograd.drawing.svg import scrolled, svg


@dataclass(frozen=True)
class Drawing:
    """A graph as boxes and edges, from the outputs down to the leaves. It keeps neither tensors nor nodes.

    A notebook shows it by itself. ``boxes`` are the tensors that were drawn, then their nodes in the order of the walk,
    then one box for what was cut off.
    """

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def layout(self) -> Layout:
        """Where everything is; made when it is first asked for."""
        return arrange(self.boxes, self.edges)

    def svg(self) -> str:
        """An SVG that needs nothing else, light or dark as the reader likes it."""
        return svg(self.boxes, self.edges, self.layout)

    def mermaid(self) -> str:
        """A flowchart in Mermaid's language, which lays it out by itself, by default for up to 500 edges."""
        return mermaid(self.boxes, self.edges)

    def data(self) -> dict[str, Any]:
        """Texts and coordinates in dicts and lists, which JSON can hold.

        ``{"width", "height", "nodes": [{"x", "y", "width", "height", "title", "lines", "kind", "differs"}], "edges":
        [{"points": [[x, y], ...]}]}`` in pixels, x and y being the upper left corner of a box; ``kind`` is "output",
        "node" or "leaf".
        """
        layout = self.layout
        nodes: list[Mapping[str, Any]] = [
            {
                "x": place.x,
                "y": place.y,
                "width": place.width,
                "height": place.height,
                "title": box.title,
                "lines": list(box.texts),
                "kind": str(Kind.NODE if box.kind is Kind.MORE else box.kind),
                "differs": box.differs,
            }
            for box, place in zip(self.boxes, layout.places, strict=True)
        ]
        edges = [{"points": [list(point) for point in path.points]} for path in layout.paths]
        return {"width": layout.width, "height": layout.height, "nodes": nodes, "edges": edges}

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        return scrolled(self.svg())
