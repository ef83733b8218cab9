"""From tensors to the boxes and edges of their graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mini_autograd.drawing.description import name_of, output_lines, saved_lines, tensor_text
from mini_autograd.drawing.drawing import Drawing
from mini_autograd.drawing.roots import Marks, Names, Root, leaf_of, marks_of, names_of, roots_of
from mini_autograd.drawing.structure import Box, Edge, Kind
from mini_autograd.drawing.text import shortened
from mini_autograd.drawing.walk import COUNTED, Walk, walk


def draw(
    outputs: Any,
    *,
    names: Mapping[str, Any] | Iterable[tuple[str, Any]] | None,
    saved: bool,
    depth: int | None,
    most: int,
    marked: Iterable[Any],
) -> Drawing:
    """What ``autograd.graph.draw`` says."""
    if depth is not None and depth < 0:
        raise ValueError(f"draw(): depth must not be negative, got {depth}")
    if most < 1:
        raise ValueError(f"draw(): most must be positive, got {most}")
    called, marks = names_of(names), marks_of(marked)
    roots = roots_of(outputs)
    for root in roots:
        if root.tensor is None and root.name:
            called.add(root, root.name)
    left_out = len(roots[most:])
    del roots[most:]
    found = walk([root.node for root in roots if root.node is not None], depth, most)
    tops = [root for root in roots if root.tensor is not None]
    boxes = [_output(tops, at, called) for at in range(len(tops))]
    for root in tops:  # whose own box says what they are called
        called.outputs.pop((id(root.node), root.output_nr), None)
    edges = _edges(tops, found)
    boxes += [_node(node, saved, called, marks.holds(node, at)) for at, node in enumerate(found.nodes)]
    if found.hidden or left_out:
        boxes.append(_rest(found, left_out, marks))
    return Drawing(tuple(boxes), tuple(edges))


def _output(tops: list[Root], at: int, called: Names) -> Box:
    root = tops[at]
    title = root.name or called.of_tensor(root) or ("output" if len(tops) == 1 else f"output {at}")
    lines = [tensor_text(root.tensor)]
    if root.node is None:
        lines.append("leaf" if root.tensor.requires_grad else "requires no grad")
    return Box(Kind.OUTPUT, shortened(title), lines=tuple(lines))


def _node(node: Any, saved: bool, called: Names, differs: bool) -> Box:
    name = shortened(called.of_node(node))
    variable = leaf_of(node)
    if variable is not None:
        return Box(Kind.LEAF, name_of(node), name, (tensor_text(variable),), (), differs)
    return Box(
        Kind.NODE, name_of(node), name, output_lines(node), saved_lines(node) if saved else (), differs
    )


def _rest(found: Walk, left_out: int, marks: Marks) -> Box:
    """One box for all that was cut off, marked if anything in it is."""
    texts = []
    if found.hidden:
        count = min(len(found.hidden), COUNTED)
        many = f"{count:,}" if found.is_counted else f"over {count:,}"
        texts.append(f"… {many} more node{'s' if count > 1 else ''}")
    if left_out:
        texts.append(f"… {left_out:,} more output{'s' if left_out > 1 else ''}")
    shown = len(found.nodes)
    differs = any(place >= shown for place in marks.places) or any(
        marks.holds(node, -1) for node in found.hidden
    )
    return Box(Kind.MORE, texts[0], lines=tuple(texts[1:]), differs=differs)


def _edges(tops: list[Root], found: Walk) -> list[Edge]:
    """From tensors to the nodes that made them, or to their own of leaves, and from node to node."""
    first = len(tops)
    rest = first + len(found.nodes)
    leaves = {
        id(leaf_of(node)): at for at, node in enumerate(found.nodes, first) if leaf_of(node) is not None
    }
    edges = []
    for source, root in enumerate(tops):
        if root.node is not None:
            place = found.places[id(root.node)]
            edges.append(_edge(source, None if place is None else first + place, root.output_nr, rest))
        elif id(root.tensor) in leaves:
            edges.append(Edge(source, leaves[id(root.tensor)]))
    for source, ahead in enumerate(found.ahead, first):
        targets = [(None if place is None else first + place, output_nr) for place, output_nr in ahead]
        hidden = [each for each in targets if each[0] is None]
        edges += [_edge(source, place, output_nr, rest) for place, output_nr in targets if place is not None]
        edges += [_edge(source, *each, rest) for each in hidden[:1]]
    return edges


def _edge(source: int, target: int | None, output_nr: int, rest: int) -> Edge:
    """An edge, to the box of the rest where its target was cut off."""
    return Edge(source, rest, 0) if target is None else Edge(source, target, output_nr)
