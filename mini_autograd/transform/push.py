"""Pushing tangents forward in a layer. The formulas are those of ``op.forward``; what they compute comes to the layer
again, which does not push it once more."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.graph.operations import F
from mini_autograd.graph.replay import replayed, strided_step
from mini_autograd.graph.tangent import attach
from mini_autograd.layouts import contiguous_format
from mini_autograd.op.forward import (
    UNDEFINED,
    ZERO,
    has_layout_of,
    has_strides_of,
    has_tangent,
    laid_like,
    tangents_of,
    zeros_beside,
    zeros_laid_like,
)
from mini_autograd.op.row import Op
from mini_autograd.tensor import ZERO_BIT, TensorBase, storage_offset
from mini_autograd.transform.layer import Layer


class PushingLayer(Layer):
    """A layer whose tensors may have tangents."""

    def __init__(self) -> None:
        super().__init__()
        self.pushing = False

    def lift(self, tensor: TensorBase) -> Any:
        """The tensor as one of the layer."""
        return tensor

    def laid_like(self, tangent: TensorBase, primal: TensorBase) -> Any:
        if has_shown_layout(tangent, primal):
            return tangent
        return F.copy_(self.zeros_laid_like(tangent, primal, 0), tangent)

    def push(self, op: Op, args: list, outputs: list) -> None:
        """Set the tangents of ``outputs`` from those of ``args``."""
        if self.pushing or not any(has_tangent(args[position]) for position in op.tensors):
            return
        rule = op.jvp
        if rule is None and op.differentiable:
            raise errors.no_forward_mode(op.name)
        if rule is None or rule == "zero":
            if rule and op.in_place and outputs[0]._tangent is not None:
                F.zero_(outputs[0]._tangent)
            return
        self.pushing = True
        try:
            tangents = tangents_of(op, rule, args, outputs)
            several = tangents if isinstance(tangents, tuple) else (tangents,)
            for output, tangent in zip(outputs, several, strict=True):
                if (
                    tangent is not None
                    and tangent is not UNDEFINED
                    and output is not None
                    and output._dtype.is_differentiable
                ):
                    tangent = zeros_beside(output) if tangent is ZERO else tangent
                    give(op, output, self.lift(fitted(tangent, output)))
        finally:
            self.pushing = False


def give(op: Op, output: TensorBase, tangent: TensorBase) -> None:
    """Set the tangent; of what was written in place it stays in the memory that views share."""
    held = output._tangent
    if op.in_place and held is None and output._view is not None:
        held = part_of_base(output, tangent)
    if op.in_place and held is not None:
        F.copy_(held, tangent)
    else:
        attach(output, tangent if output._view is not None else laid_like(tangent, output))


def fitted(tangent: TensorBase, output: TensorBase) -> TensorBase:
    if tangent._array.shape != output._array.shape:
        if tangent._marks & ZERO_BIT:
            return F.add(tangent, zeros_beside(output))
        tangent = F.clone(F.expand(tangent, output._array.shape), memory_format=contiguous_format)
    return tangent if tangent._dtype.is_complex is output._dtype.is_complex else F.to(tangent, output._dtype)


def part_of_base(view: TensorBase, tangent: TensorBase) -> Any:
    """The tangent of a view as a part of its base's, which are zeros if there was none."""
    base = view._view.base
    if base._tangent is None:
        attach(base, zeros_laid_like(tangent, base, 0))
    steps = view._view.steps or (strided_step(view),)
    attach(view, replayed(steps, base._tangent))
    return view._tangent


def has_shown_layout(tangent: TensorBase, primal: TensorBase) -> bool:
    """Whether the tangent lies as the primal does; how large their memories are is told of plain tensors only."""
    one, other = innermost(tangent), innermost(primal)
    if not (one._layered or other._layered):
        return has_layout_of(one, other)
    return has_strides_of(one, other) and storage_offset(one) == storage_offset(other)


def innermost(tensor: Any) -> Any:
    """What a tensor is in the layers that do not change its shape."""
    while hasattr(tensor, "_value") and not hasattr(tensor, "_dim"):
        tensor = tensor._value
    return tensor
