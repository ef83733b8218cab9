"""What torch's derivatives write in place.

NOTE [Versions of gradients]: a write counts, so that the version of a gradient tells of those it was made by, and so
does the error of a node that saved it. What torch's own code calls zeros is memory that it then fills, which counts
too; zeros like a tensor do not.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import dtype
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.tensor import TensorBase


def zeros(shape: tuple[int, ...], kind: dtype) -> Any:
    """New zeros that count as written, but where somebody is told of writes."""
    made = F.zeros(shape, dtype=kind)
    if modes.current().written is None:
        count_write(made)
    return made


def over(name: str, target: Any, *rest: Any) -> Any:
    """What the op ``name`` gives, written over ``target``; under a transform, where that may be too small, a new
    tensor, and also where somebody is told of writes."""
    layered = any([isinstance(one, TensorBase) and one._layered for one in rest])  # noqa: C419 -- costs less
    anew = layered or modes.current().written is not None
    return getattr(F, name if anew else f"{name}_")(target, *rest)


def afresh(name: str, target: Any, *rest: Any) -> Any:
    """As :func:`over`, but always a new tensor."""
    return getattr(F, name)(target, *rest)
