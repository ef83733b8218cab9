"""Forward mode: dual numbers, a primal tensor with a tangent.

See https://pytorch.org/docs/stable/autograd.html, "Forward-mode Automatic Differentiation".
"""

from __future__ import annotations

from typing import NamedTuple

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.tangent import drop_all
from mini_autograd.op.forward import tangent_or_none
from mini_autograd.tensor import Apart, Tensor, TensorBase


class UnpackedDualTensor(NamedTuple):
    """A dual tensor's two parts; ``tangent`` is None for a tensor that has none."""

    primal: TensorBase
    tangent: TensorBase | None


def enter_dual_level() -> int:
    """Begin a forward-mode level; RuntimeError inside another one, which torch does not support either."""
    switches = modes.current()
    if active_level() >= 0 or any(layer.forward for layer in switches.layers):
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    set_level(0)
    return 0


def active_level() -> int:
    """The level that is active, -1 for none; transforms do not count."""
    switches = modes.current()
    return switches.beneath if switches.layers else switches.level


def set_level(level: int) -> None:
    switches = modes.current()
    if switches.layers:
        switches.beneath = level
    else:
        switches.level = level


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level: every tangent that was set in it is dropped."""
    current = active_level()
    if current < 0 or (level is not None and level != current):
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not "
            "supported."
        )
    set_level(-1)
    drop_all()


def make_dual(tensor: TensorBase, tangent: TensorBase, *, level: int | None = None) -> Tensor:
    """A view of ``tensor`` that carries ``tangent``, which must have its shape and dtype."""
    current = active_level() if level is None else level
    if current < 0:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    if not (tensor._dtype.is_differentiable):
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor._dtype}")
    if not (tangent._dtype.is_differentiable):
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent._dtype}")
    return F._make_dual(tensor, tangent)


def unpack_dual(tensor: TensorBase, *, level: int | None = None) -> UnpackedDualTensor:
    """The primal and the tangent of ``tensor``."""
    switches = modes.current()
    current = active_level() if level is None else level
    if current < 0:
        return UnpackedDualTensor(tensor, None)
    if switches.level > 0:
        return UnpackedDualTensor(*switches.layers[-1].unpack(tensor))
    tangent = None if switches.inference else tangent_or_none(tensor)
    return UnpackedDualTensor(apart(F._fw_primal(tensor)), tangent)


def apart(primal: TensorBase) -> TensorBase:
    """``primal``, to which it is of no account that what it is a view of has a tangent or is given one."""
    seen = primal._view
    if seen is not None:
        view = Apart(seen.base, seen.creation, seen.attr_version, seen.made_by)
        view.steps, view.top = seen.steps, None
        primal._view = view
    return primal


class dual_level:
    """A context manager for a forward-mode level."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *_: object) -> None:
        exit_dual_level()
