"""Every op by name, for code that lies below the ops: ``F.sum(grad)``.

Names are bound late, when the rows are declared, so that neither the engine nor a row of formulas imports the file
that another op is declared in.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import COMPLEX
from mini_autograd.kernels.accelerator import device_of, of_number
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


def options_of(tensor: TensorBase, dtype: Any = None) -> dict[str, Any]:
    """What makes a new tensor go with ``tensor``: ``F.zeros(sizes, **options_of(grad))``; of another ``dtype`` if one
    is given. Without them it would lie where the program wants its own new tensors."""
    return {"dtype": tensor._dtype if dtype is None else dtype, "device": device_of(tensor._array)}


def zeros_of(shape: tuple[int, ...], dtype: Any, place: int | None = None) -> Any:
    """The zeros that ``metadata_of`` a tensor describes."""
    return F.zeros(shape, dtype=dtype, device=of_number(place))
