"""The shape of a tensor: a tuple of ints that prints as ``torch.Size([2, 3])``."""

from __future__ import annotations

import math
from typing import Any


class Size(tuple):
    """A tuple of sizes; what is cut from it or added to it is a Size again."""

    __slots__ = ()

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index: Any) -> Any:
        item = tuple.__getitem__(self, index)
        return Size(item) if isinstance(index, slice) else item

    def __add__(self, other: Any) -> Any:
        joined = tuple.__add__(self, tuple(other)) if isinstance(other, tuple) else NotImplemented
        return Size(joined) if isinstance(joined, tuple) else joined

    def __radd__(self, other: Any) -> Any:
        return Size(tuple(other) + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, count: Any) -> Any:
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__


Size.__module__ = "torch"
