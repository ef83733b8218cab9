"""What torch's derivatives write in place.

NOTE [Versions of gradients]: a write counts, so that the version of a gradient tells of those it was made by, and so
does the error of a node that saved it. What torch's own code calls zeros is memory that it then fills, which counts
too; zeros like a tensor do not.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import dtype
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, zeros_of
from mini_autograd.graph.version import count_write
from mini_autograd.tensor import ZERO_BIT, TensorBase, version_of


def zeros(shape: tuple[int, ...], kind: dtype, place: int | None = None) -> Any:
    """New zeros, on the GPU of number ``place`` if any, that count as written, but where somebody is told of writes."""
    made = zeros_of(shape, kind, place)
    if modes.current().written is None:
        count_write(value_of(made))
    return made


def over(name: str, target: Any, *rest: Any) -> Any:
    """What the op ``name`` gives, written over ``target``; under a transform, where that may be too small, a new
    tensor, and also beside zeros by a bit, which have no memory, or where somebody is told of writes."""
    if any([are_zeros(one) for one in rest]):  # noqa: C419 -- costs less
        return getattr(F, name)(target, *rest)
    return onto(name, target, *rest)


def onto(name: str, target: Any, *rest: Any) -> Any:
    """As :func:`over`, but also beside zeros by a bit."""
    if are_zeros(target):
        return getattr(F, name)(target, *rest)
    return straight(name, target, *rest)


def straight(name: str, target: Any, *rest: Any) -> Any:
    """As :func:`onto`, where torch does not ask whether ``target`` is zeros by a bit: RuntimeError if it is."""
    layered = any([isinstance(one, TensorBase) and one._layered for one in rest])  # noqa: C419 -- costs less
    if not layered and modes.current().written is None:
        return getattr(F, f"{name}_")(target, *rest)
    made = getattr(F, name)(target, *rest)
    if layered:
        count_write(value_of(made), version_of(value_of(target)) + 1)
    return made


def are_zeros(value: Any) -> bool:
    return isinstance(value, TensorBase) and bool(value._marks & ZERO_BIT)


def value_of(tensor: Any) -> TensorBase:
    """What a tensor comes to beneath all transforms."""
    while tensor._layered:
        tensor = tensor._value
    found: TensorBase = tensor
    return found


def afresh(name: str, target: Any, *rest: Any) -> Any:
    """As :func:`over`, but always a new tensor."""
    return getattr(F, name)(target, *rest)
