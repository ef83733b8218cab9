"""Pictures of a graph. What makes them is imported when the first is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mini_autograd.drawing.drawing import Drawing


def draw(
    outputs: Any,
    *,
    names: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    saved: bool = True,
    depth: int | None = None,
    most: int = 2000,
    marked: Iterable[Any] = (),
) -> Drawing:
    """The graph behind ``outputs``, which notebooks show; ``.svg()``, ``.mermaid()`` and ``.data()`` write it down.

    torch has no such function.

    ``outputs``: a tensor, a node or a :class:`GradientEdge`, of this library or of torch, or a list, tuple or dict of
    them, whose keys are names then. ``names``: what tensors are called, as a dict or as ``module.named_parameters()``
    gives it. ``saved``: whether nodes say what they keep, which is looked at without a hook being run. ``depth`` and
    ``most``: only nodes no more than so many edges away, and no more than so many; one box stands for the rest.
    ``marked``: what is to stand out: nodes; tensors, for the nodes that their gradients arrive at; or numbers, the
    places of nodes in a walk from ``outputs`` that goes breadth first along ``next_functions``, counted from 0.
    """
    from mini_autograd.drawing.draw import draw as drawn

    return drawn(outputs, names=names, saved=saved, depth=depth, most=most, marked=marked)
