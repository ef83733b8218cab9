"""One example of a batch."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp


class Gone:
    """An element that may not be read: whatever is done with it raises ``error``."""

    def __init__(self, error: Any) -> None:
        self.error = error

    def _raise(self, *_: Any) -> Any:
        raise self.error()


for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "mod",
    "floordiv",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
    "matmul",
):
    setattr(Gone, f"__{_name}__", Gone._raise)
    setattr(Gone, f"__r{_name}__", Gone._raise)
for _name in (
    "float",
    "int",
    "complex",
    "bool",
    "index",
    "neg",
    "pos",
    "abs",
    "invert",
    "lt",
    "le",
    "eq",
    "ne",
    "gt",
    "ge",
):
    setattr(Gone, f"__{_name}__", Gone._raise)


def gone(array: Array, error: Any) -> Array:
    """An array of that shape each of whose elements raises ``error()`` when it is read."""
    emptied = xp.full(array.shape, Gone(error), object)
    emptied.flags.writeable = False
    return emptied


def example(array: Array, dim: int) -> Array:
    """The first example along ``dim``; one of nothing known where there is none."""
    if not array.shape[dim]:
        return xp.zeros(array.shape[:dim] + array.shape[dim + 1 :], array.dtype)
    return array[(*(slice(None),) * dim, 0, Ellipsis)]
