"""The short way into a backward pass: ``tensor.backward()`` of a tensor that an op made, for all leaves."""

from __future__ import annotations

from typing import Any

from mini_autograd.autograd.differentiate import ones
from mini_autograd.dtypes import FLOAT
from mini_autograd.graph import anomaly, modes
from mini_autograd.graph.deep import DEEPEST
from mini_autograd.graph.engine import Pass
from mini_autograd.interpreted.engine import loop
from mini_autograd.interpreted.source import wrap
from mini_autograd.tensor import Tensor, TensorBase

general: Any = Tensor.backward


def backward(
    self: TensorBase,
    gradient: TensorBase | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add to the ``.grad`` of every leaf the gradient of this tensor. See ``autograd.backward``."""
    node, kind, switches = self._node, self._dtype, modes.current()
    if (
        create_graph
        or inputs is not None
        or node is None
        or self._view is not None
        or kind.category != FLOAT
        or switches.level >= 0
        or switches.inference
        or switches.depth >= DEEPEST
        or anomaly.watched
        or node._outputs[self._nr] != (self._array.shape, kind)
        or (self._array.ndim if gradient is None else not suits(gradient, self))
    ):
        general(self, gradient, retain_graph, create_graph, inputs)
        return
    if gradient is None:
        gradient = wrap(ones((), kind.numpy), kind)
    task = Pass(bool(retain_graph), False)
    before, outer = switches.grad, switches.task
    task.outer = outer
    switches.task = task
    switches.depth += 1
    try:
        task.count((node,))
        switches.grad = False
        place = task.place_of(node)
        place._waiting = 0
        buffer: list = [None] * len(node._outputs)
        buffer[self._nr] = gradient
        place._buffer = buffer
        del place, buffer
        loop(task, switches.run, node)
        if task.callbacks is not None:
            task.finish()
    finally:
        switches.grad, switches.task = before, outer
        switches.depth -= 1
        task.leave()


def suits(gradient: Any, tensor: TensorBase) -> bool:
    return (
        type(gradient) is Tensor
        and gradient._dtype is tensor._dtype
        and gradient._array.shape == tensor._array.shape
    )


def attach() -> None:
    cls: Any = Tensor
    backward.__qualname__ = general.__qualname__  # which errors name
    cls.backward = backward
