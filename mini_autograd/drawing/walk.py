"""The way through a graph: breadth first from where it starts, so that what is cut off is what is farthest away."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

# So many nodes beyond the cut are counted one by one.
COUNTED = 100_000


@dataclass(slots=True)
class Walk:
    """The nodes nearest to the roots, each once.

    ``nodes``: in the order in which they are found, the roots first. ``ahead``: for each of them the index of every
    node it leads to, with the number of that one's output; None stands for nodes that were cut off. ``hidden``: those,
    as far as they were counted. ``places``: identities of nodes to their indices.
    """

    nodes: list[Any] = field(default_factory=list)
    ahead: list[list[tuple[int | None, int]]] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)
    places: dict[int, int | None] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        """Whether all that is hidden was counted."""
        return len(self.hidden) <= COUNTED

    def find(self, node: Any, shown: bool) -> int | None:
        """The index of a node that is shown, None for a hidden one; new ones join those that are ``shown`` or not."""
        key = id(node)  # of an object that is held here, so that no other one comes to have it
        if key not in self.places:
            self.places[key] = len(self.nodes) if shown else None
            (self.nodes if shown else self.hidden).append(node)
        return self.places[key]


def walk(roots: Sequence[Any], depth: int | None, most: int) -> Walk:
    """Up to ``most`` nodes, and only those that are no more than ``depth`` edges from a root."""
    found = Walk()
    levels: list[int] = []
    for root in roots:
        found.find(root, len(found.nodes) < most)
    levels += [0] * len(found.nodes)
    at = 0
    while at < len(found.nodes):
        deeper = depth is None or levels[at] < depth
        ahead = []
        for node, output_nr in found.nodes[at].next_functions:
            if node is not None:
                place = found.find(node, deeper and len(found.nodes) < most)
                ahead.append((place, output_nr))
        found.ahead.append(ahead)
        levels += [levels[at] + 1] * (len(found.nodes) - len(levels))
        at += 1
    _count(found)
    return found


def _count(found: Walk) -> None:
    """Find what the hidden nodes lead to."""
    waiting = deque(found.hidden)
    while waiting and found.is_counted:
        for node, _ in waiting.popleft().next_functions:
            if node is not None and id(node) not in found.places:
                found.find(node, shown=False)
                waiting.append(node)
