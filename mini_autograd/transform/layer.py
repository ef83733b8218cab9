"""The transforms that are active, as layers, and tensors that belong to one of them.

NOTE [Layers]: a transform that is active is a layer; the innermost one is on top. Every op goes to the top layer first.
A layer knows tensors of its own, each of which holds a value of the layers below: it runs the op on the values, below
itself, and makes tensors of its own of the results, adding what it is there for: a graph, tangents, a batch. So each
layer has a graph of its own, and transforms nest in any order. A tensor that is not of a layer is a constant to it.

A layered tensor's array shows the shape, dtype and strides that the function under the transform sees; its elements
may be those of one example only, so that nothing but the layer may read them.
"""

from __future__ import annotations

import copyreg
import textwrap
from collections.abc import Callable
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor, TensorBase


def shown(name: str, value: TensorBase) -> str:
    """A layered tensor as torch prints it: its layer, then its value."""
    return f"{name}, value=\n{textwrap.indent(repr(value), '    ')}\n)"


class Layer:
    """A transform that is active between ``with layer:`` and its end; ``depth`` is 1 for the outermost."""

    # Whether tensors are dual under the layer.
    forward = False
    # Whether it is made for a pass over a graph, not for a function that a user gave.
    internal = False

    def __init__(self) -> None:
        self.below: tuple[Layer, ...] = ()
        self.beneath = -1
        self.alive = False

    @property
    def depth(self) -> int:
        return len(self.below) + 1

    def __enter__(self) -> Any:
        switches = modes.current()
        self.beneath = switches.beneath
        if not switches.layers:
            switches.beneath = switches.level
        self.below = switches.layers
        self.alive = True
        switches.layers = (*self.below, self)
        switches.level = self.depth
        return self

    def __exit__(self, *_: object) -> None:
        switches = modes.current()
        self.alive = False
        switches.layers = self.below
        switches.level = len(self.below) or switches.beneath
        if not self.below:  # it may have been entered under another layer, whose this is
            switches.beneath = self.beneath

    def under(self, run: Callable[..., Any], *args: Any) -> Any:
        """``run(*args)`` as the layers below see it, where calls are not overridden."""
        switches = modes.current()
        before, switches.plain_calls = switches.plain_calls, True
        try:
            return self.entrust(run, *args)
        finally:
            switches.plain_calls = before

    def entrust(self, run: Callable[..., Any], *args: Any) -> Any:
        """``run(*args)`` as the layers below see it, where classes may override what a user's code calls."""
        switches = modes.current()
        before = switches.layers, switches.level
        switches.layers = self.below
        switches.level = len(self.below) or switches.beneath
        try:
            return run(*args)
        finally:
            switches.layers, switches.level = before

    def within(self, run: Callable[..., Any], *args: Any) -> Any:
        """``run(*args)`` as the layer sees it, for what a layer below finds to be its own."""
        switches = modes.current()
        before = switches.layers, switches.level
        switches.layers = (*self.below, self)
        switches.level = self.depth
        try:
            return run(*args)
        finally:
            switches.layers, switches.level = before

    def execute(self, op: Op, args: list) -> Any:
        """Run an op under the layer; each kind of layer has a way of its own."""
        raise NotImplementedError

    def push(self, op: Op, args: list, outputs: list) -> None:
        """Set the tangents of ``outputs`` from those of ``args``."""
        raise NotImplementedError

    def unpack(self, tensor: TensorBase) -> tuple:
        """The primal and the tangent, or None, of a dual tensor."""
        raise NotImplementedError

    def check_out(self, name: str, tensors: list) -> None:
        """Raise for what may not be written to an ``out`` under the layer."""

    def laid_like(self, tangent: TensorBase, primal: TensorBase) -> Any:
        """The tangent in the layout that the primal shows."""
        raise NotImplementedError

    def zeros_laid_like(self, tangent: TensorBase, primal: TensorBase, examples: int) -> Any:
        """See ``op.forward.zeros_laid_like``."""
        raise NotImplementedError

    def adopted(self, tensor: Tensor) -> Tensor:
        """What the layer makes of a new tensor."""
        raise NotImplementedError


def active(kind: type) -> Any:
    """The innermost active layer of that kind, or None."""
    for layer in reversed(modes.current().layers):
        if isinstance(layer, kind):
            return layer
    return None


# Ops that change what a tensor shows of its memory, and the ops that give it out of place.
SHOWN_ANEW = {
    name: name.removesuffix("_")
    for name in ("t_", "transpose_", "unsqueeze_", "squeeze_", "swapaxes_", "swapdims_", "as_strided_")
}
RESIZED = ("resize_", "resize_as_")


def view_of(op: Op, args: list) -> Any:
    """What an op of ``SHOWN_ANEW`` would make of its tensor."""
    return getattr(F, SHOWN_ANEW[op.name])(*args)


def map_tensors(op: Op, args: list, change: Callable[[TensorBase], Any]) -> list:
    """The arguments with every tensor, those in lists included, replaced by what ``change`` makes of it."""
    changed = args[:]
    for position in op.tensors:
        value = args[position]
        if isinstance(value, TensorBase):
            changed[position] = change(value)
        elif value is not None:
            changed[position] = [None if one is None else change(one) for one in value]
    return changed


def new_layered(kind: Any, layer: Layer, value: TensorBase, array: Any) -> Any:
    """A tensor of ``layer`` that holds ``value`` and shows ``array``."""
    tensor = copyreg.__newobj__(kind)  # type: ignore[attr-defined]
    tensor._init(array, value._dtype)
    tensor._layer = layer
    tensor._value = value
    tensor._marks = value._marks
    return tensor
