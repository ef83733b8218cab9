"""A drawing as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from mini_autograd.drawing.layout import (
    COLUMN,
    LINE_HEIGHT,
    LINE_SIZE,
    PADDING,
    TITLE_HEIGHT,
    TITLE_SIZE,
    Layout,
    Path,
    Place,
    Point,
)
from mini_autograd.drawing.structure import Box, Edge, Kind
from mini_autograd.drawing.text import cells

# One class on all of it, for the style of an SVG within a page holds for the whole page.
_CLASS = "autograd-drawing"
_LIGHT = {
    "paper": "#ffffff",
    "line": "#8793a5",
    "text": "#1c2430",
    "muted": "#5b6778",
    "accent": "#1d5f99",
    "node": "#f5f7fa",
    "node-edge": "#b9c2cf",
    "leaf": "#e2f3ea",
    "leaf-edge": "#5fa583",
    "output": "#fcf0d9",
    "output-edge": "#cf9d45",
    "differs": "#fde7e7",
    "differs-edge": "#c93a3a",
}
_DARK = {
    "paper": "#14181f",
    "line": "#76839a",
    "text": "#e6ebf2",
    "muted": "#a3afc0",
    "accent": "#8cc4f5",
    "node": "#212833",
    "node-edge": "#48556a",
    "leaf": "#19352a",
    "leaf-edge": "#4c9474",
    "output": "#3a2f18",
    "output-edge": "#b58a3e",
    "differs": "#43201f",
    "differs-edge": "#f07d7a",
}
_RULES = f"""\
text {{ font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", \
monospace; font-size: {LINE_SIZE}px; fill: var(--ag-muted); white-space: pre }}
.title {{ font-size: {TITLE_SIZE}px; font-weight: 600; fill: var(--ag-text) }}
.name {{ font-weight: 600; fill: var(--ag-accent) }}
.line {{ fill: var(--ag-text) }}
.paper {{ fill: var(--ag-paper) }}
.edge {{ fill: none; stroke: var(--ag-line); stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round }}
.head {{ fill: var(--ag-line) }}
.number {{ stroke: var(--ag-paper); stroke-width: 3; paint-order: stroke; fill: var(--ag-text) }}
.box {{ stroke-width: 1.2; fill: var(--ag-node); stroke: var(--ag-node-edge) }}
.leaf .box {{ fill: var(--ag-leaf); stroke: var(--ag-leaf-edge) }}
.output .box {{ fill: var(--ag-output); stroke: var(--ag-output-edge) }}
.more .box {{ fill: none; stroke-dasharray: 4 3 }}
.more .title {{ font-weight: 400; fill: var(--ag-muted) }}
.differs .box {{ fill: var(--ag-differs); stroke: var(--ag-differs-edge); stroke-width: 2.4 }}
"""
_HEAD = 7.0
_TOLD = 12


def svg(boxes: Sequence[Box], edges: Sequence[Edge], layout: Layout) -> str:
    """The text of the SVG."""
    width, height = _number(layout.width), _number(layout.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{_CLASS}" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">',
        f"<title>{_title(boxes)}</title>",
        f"<desc>{_description(boxes, edges)}</desc>",
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>',
    ]
    parts += [_edge(path) for path in layout.paths]
    parts += [_box(box, place) for box, place in zip(boxes, layout.places, strict=True)]
    parts += [_head(path) for path in layout.paths if not path.joins]
    parts += _numbers(edges, layout.paths)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def scrolled(drawn: str) -> str:
    """The SVG in an HTML element that is no larger than a screen."""
    return f'<div style="overflow: auto; max-height: 45em">{drawn}</div>'


def _style() -> str:
    rules = "".join(f".{_CLASS} {rule}\n" for rule in _RULES.splitlines())
    dark = f"@media (prefers-color-scheme: dark) {{ {_colors(_DARK)} }}"
    return f"\n{_colors(_LIGHT)}\n{dark}\n{rules}"


def _colors(palette: dict[str, str]) -> str:
    return f".{_CLASS} {{ " + "; ".join(f"--ag-{name}: {color}" for name, color in palette.items()) + " }"


def _title(boxes: Sequence[Box]) -> str:
    tops = [box.title for box in boxes if box.kind is Kind.OUTPUT][:3]
    return f"Autograd graph of {escape(', '.join(tops))}" if tops else "Autograd graph"


def _description(boxes: Sequence[Box], edges: Sequence[Edge]) -> str:
    """What is drawn, in words: how much there is, and where the first few boxes lead."""
    counts = [sum(box.kind is kind for box in boxes) for kind in (Kind.NODE, Kind.LEAF)]
    words = (("node", "nodes"), ("leaf", "leaves"), ("edge", "edges"))
    told = [f"{n} {word[n != 1]}" for n, word in zip((*counts, len(edges)), words, strict=True)]
    texts = [f"{', '.join(told)}, from the outputs down to the leaves."]
    texts += [f"{box.title}." for box in boxes if box.kind is Kind.MORE]
    texts += [f"{_called(box)} is marked as different." for box in boxes if box.differs][:_TOLD]
    ahead: dict[int, list[str]] = {}
    for edge in edges:
        ahead.setdefault(edge.source, []).append(_called(boxes[edge.target]))
    for source, targets in list(ahead.items())[:_TOLD]:
        several = f" and {len(targets) - _TOLD} more" if len(targets) > _TOLD else ""
        texts.append(f"{_called(boxes[source])} leads to {', '.join(targets[:_TOLD])}{several}.")
    return escape(" ".join(texts))


def _called(box: Box) -> str:
    return f"{box.title} ({box.name})" if box.name else box.title


def _box(box: Box, place: Place) -> str:
    classes = f"{box.kind} differs" if box.differs else str(box.kind)
    radius = _number(min(place.height / 2, 14)) if box.kind is Kind.OUTPUT else "6"
    x, y = place.x + PADDING, place.y + PADDING / 2
    lines = [
        f'<g class="{classes}"><rect class="box" x="{_number(place.x)}" y="{_number(place.y)}" '
        f'width="{_number(place.width)}" height="{_number(place.height)}" rx="{radius}"/>',
        _text("title", box.title, x, y + TITLE_HEIGHT - 4, TITLE_SIZE),
    ]
    named = [("name", box.name)] if box.name else []
    for kind, text in (*named, *(("line", one) for one in box.lines), *(("saved", one) for one in box.saved)):
        y += LINE_HEIGHT
        lines.append(_text(kind, text, x, y + TITLE_HEIGHT - 4, LINE_SIZE))
    return "".join(lines) + "</g>"


def _text(kind: str, text: str, x: float, y: float, size: int) -> str:
    """A line of text; fonts differ in what is not ASCII, which is made as wide as there is room for."""
    fixed = ""
    if not text.replace("…", "").isascii():
        fixed = f' textLength="{_number(cells(text) * size * COLUMN)}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{kind}" x="{_number(x)}" y="{_number(y)}"{fixed}>{escape(text)}</text>'


def _edge(path: Path) -> str:
    """The way of an edge: straight within layers, in a bow between them; an arrow's head covers the end."""
    points = list(path.points)
    if not path.joins:
        x, y = points[-1]
        points[-1] = (x, y - _HEAD + 1)
    steps = [f"M{_pair(points[0])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if x == to_x:
            steps.append(f"V{_number(to_y)}")
        else:
            half = (y + to_y) / 2
            steps.append(f"C{_pair((x, half))} {_pair((to_x, half))} {_pair((to_x, to_y))}")
    return f'<path class="edge" d="{"".join(steps)}"/>'


def _head(path: Path) -> str:
    x, y = path.points[-1]
    half = _HEAD / 2
    return f'<path class="head" d="M{_pair((x, y))}L{_pair((x - half, y - _HEAD))}H{_number(x + half)}Z"/>'


def _numbers(edges: Sequence[Edge], paths: Sequence[Path]) -> list[str]:
    """The numbers of outputs, where they are not 0, each beside its arrow's head once."""
    ends: dict[Point, int] = {
        path.points[-1]: edge.output_nr for edge, path in zip(edges, paths, strict=True) if not path.joins
    }
    return [
        f'<text class="number" x="{_number(x + 6)}" y="{_number(y - 4)}">{number}</text>'
        for (x, y), number in ends.items()
        if number
    ]


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
