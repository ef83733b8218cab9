"""Tangents: which tensors carry one, until the forward-mode level they belong to ends."""

from __future__ import annotations

import weakref

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase


def attach(tensor: TensorBase, tangent: TensorBase) -> None:
    """Make ``tangent`` the tangent of ``tensor`` at the active level."""
    modes.current().duals.append(weakref.ref(tensor))
    tensor._tangent = tangent


def attach_kept(tensor: TensorBase, tangent: TensorBase | None) -> None:
    """Give what is unpacked the tangent of what was saved; RuntimeError, inside the level, if that has been given
    another size in place."""
    if tangent is not None and modes.current().level >= 0 and tangent._array.shape != tensor._array.shape:
        raise errors.tangent_of_another_size(tensor._array.shape, tangent._array.shape)
    tensor._tangent = tangent


def drop_all() -> None:
    """Forget the tangents of the level that ends."""
    duals = modes.current().duals
    for reference in duals:
        tensor = reference()
        if tensor is not None:
            tensor._tangent = None
    duals.clear()
