"""A drawing as a flowchart in Mermaid's language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mini_autograd.drawing.structure import Box, Edge, Kind

# Every other ASCII character means something somewhere, in Mermaid, in Markdown or in HTML.
_SPECIAL = re.compile(r"[^A-Za-z0-9 .,:…\[\]\u0080-\U0010ffff]")
_SHAPES = {
    Kind.OUTPUT: ('(["', '"])'),
    Kind.NODE: ('["', '"]'),
    Kind.LEAF: ('("', '")'),
    Kind.MORE: ('["', '"]'),
}
# Mermaid has classes of its own, as "node".
_CLASSES = {Kind.OUTPUT: "tensor", Kind.NODE: "op", Kind.LEAF: "leaf", Kind.MORE: "rest"}
_STYLES = """\
  classDef tensor fill:#fdf0d5,stroke:#b7791f,color:#1f2937
  classDef op fill:#f8fafc,stroke:#94a3b8,color:#1f2937
  classDef leaf fill:#dff3ea,stroke:#2f855a,color:#1f2937
  classDef rest fill:#ffffff,stroke:#94a3b8,color:#475569,stroke-dasharray:4 3
  classDef differs fill:#fde8e8,stroke:#c53030,stroke-width:2px,color:#1f2937
"""


def mermaid(boxes: Sequence[Box], edges: Sequence[Edge]) -> str:
    """The text of the flowchart."""
    lines = ["flowchart TD"]
    for at, box in enumerate(boxes):
        opening, closing = _SHAPES[box.kind]
        label = "<br/>".join(escaped(text) for text in (box.title, *box.texts))
        style = "differs" if box.differs else _CLASSES[box.kind]
        lines.append(f"  n{at}{opening}{label}{closing}:::{style}")
    for edge in edges:
        label = f"|{edge.output_nr}|" if edge.output_nr else ""
        lines.append(f"  n{edge.source} -->{label} n{edge.target}")
    return "\n".join(lines) + "\n" + _STYLES


def escaped(text: str) -> str:
    """The text with Mermaid's numbered entities in place of what has a meaning.

    Two dollars begin a formula even so, which a space of no width between them prevents.
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text).replace("#36;", "#36;#8203;")
