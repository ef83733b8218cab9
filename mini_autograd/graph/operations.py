"""Every op by name, for code that lies below the ops: ``F.sum(grad)``.

Names are bound late, when the rows are declared, so that neither the engine nor a row of formulas imports the file
that another op is declared in.
"""

from __future__ import annotations

from typing import Any


class Operations:
    """A namespace that the declaration of each op adds to; an unknown name raises AttributeError."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no op named {name!r} has been declared")


F = Operations()
