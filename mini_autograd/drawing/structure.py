"""What a drawing is made of: boxes, and edges between them. It holds texts and numbers only, so it keeps no graph."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a box stands for; MORE for all that was cut off."""

    OUTPUT = "output"
    NODE = "node"
    LEAF = "leaf"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Box:
    """A node, a leaf, a tensor that was drawn, or the rest.

    ``title``: a node's name as torch has it. ``name``: what the user calls its output, "" for nothing. ``lines``: dtype
    and shape of its outputs. ``saved``: the tensors that it keeps. ``differs``: whether it was marked.
    """

    kind: Kind
    title: str
    name: str = ""
    lines: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    differs: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """All that stands under the title."""
        return (*((self.name,) if self.name else ()), *self.lines, *self.saved)


@dataclass(frozen=True, slots=True)
class Edge:
    """The gradient flows from box ``source`` to output ``output_nr`` of box ``target``; both are indices."""

    source: int
    target: int
    output_nr: int = 0
