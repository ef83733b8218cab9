"""Tangents: which tensors carry one, until the forward-mode level they belong to ends."""

from __future__ import annotations

import weakref

from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase


def attach(tensor: TensorBase, tangent: TensorBase) -> None:
    """Make ``tangent`` the tangent of ``tensor`` at the active level."""
    modes.current().duals.append(weakref.ref(tensor))
    tensor._tangent = tangent


def drop_all() -> None:
    """Forget the tangents of the level that ends."""
    duals = modes.current().duals
    for reference in duals:
        tensor = reference()
        if tensor is not None:
            tensor._tangent = None
    duals.clear()
