"""What the interpreter's collector of cycles sees of a graph.

NOTE [Hidden nodes]: the collector goes through all objects again and again as they become more, so that a long graph
would take most of its time. Nodes lead to what was there before them: no way leads from a node back to itself unless
somebody makes one, by a hook on it, by what a hook packs or a Function keeps, by a write to what it saved, by a tangent
of its result. So a node is hidden from the collector as long as neither that has happened to it nor to any that it
leads to; then it is ``_cyclic``, and so is what is made on top of it. As in torch, a hook that refers to what was made
before the hook was registered makes a cycle that is never freed.
"""

from __future__ import annotations

from typing import Any

# Whether there is a way to.
HIDES = False


def untrack(container: Any) -> None:
    """Hide ``container`` from the collector; plain Python has no way to."""


def track(container: Any) -> None:
    """Let the collector see ``container`` again."""
