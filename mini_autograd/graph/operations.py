"""Every op by name, for code that lies below the ops: ``F.sum(grad)``.

Names are bound late, when the rows are declared, so that neither the engine nor a row of formulas imports the file
that another op is declared in.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import COMPLEX
from mini_autograd.tensor import TensorBase


class Operations:
    """A namespace that the declaration of each op adds to; an unknown name raises AttributeError."""

    def conj(self, tensor: TensorBase) -> TensorBase:
        """The conjugate; a real tensor itself, at once, because every formula of a product asks."""
        if tensor._dtype.category < COMPLEX:
            return tensor
        return self._conj(tensor)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no op named {name!r} has been declared")


F = Operations()
