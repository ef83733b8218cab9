"""Logic on a GPU, whose library has none of complex numbers: they are true where they are not 0."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current

Array = Any
xp: Any = current().xp


def truth(value: Any) -> Any:
    complex_ones = getattr(value, "dtype", None) is not None and value.dtype.kind == "c"
    return value != 0 if complex_ones else value


def logical_and(self: Array, other: Array) -> Array:
    return xp.logical_and(truth(self), truth(other))


def logical_or(self: Array, other: Array) -> Array:
    return xp.logical_or(truth(self), truth(other))


def logical_xor(self: Array, other: Array) -> Array:
    return xp.logical_xor(truth(self), truth(other))


def logical_not(self: Array) -> Array:
    return xp.logical_not(truth(self))
