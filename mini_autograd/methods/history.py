"""The methods by which a tensor takes part in the graph."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.autograd import backward as run_backward
from mini_autograd.graph import hooks, modes
from mini_autograd.graph.leaf import check_flag, require
from mini_autograd.tensor import Tensor, TensorBase


def backward(
    self: TensorBase,
    gradient: TensorBase | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add to the ``.grad`` of every leaf the gradient of this tensor. See ``autograd.backward``."""
    run_backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def requires_grad_(self: TensorBase, requires_grad: bool = True) -> TensorBase:
    """Set ``requires_grad`` of a leaf in place; the tensor itself."""
    check_flag(requires_grad)
    if modes.in_transform():
        raise errors.in_transform("requires_grad_")
    require(self, requires_grad, "only Tensors of floating point dtype can require gradients")
    return self


def detach_(self: TensorBase) -> TensorBase:
    """Cut the tensor off from its history, in place; RuntimeError for a view. It does nothing to inference tensors."""
    if modes.current().inference or self._inference:
        return self
    if self._view is not None:
        raise errors.detached_view()
    former = self._node
    if self._hooks is None and former is not None and former._tensor_hooks is not None:
        self._hooks = former._tensor_hooks.get(self._nr)
    self._node = None
    self._nr = 0
    self._requires = False
    self._tangent = None
    return self


def _is_view(self: TensorBase) -> bool:
    return self._view is not None


def is_inference(self: TensorBase) -> bool:
    return self._inference


METHODS = (
    backward,
    requires_grad_,
    detach_,
    _is_view,
    is_inference,
    hooks.register_hook,
    hooks.register_post_accumulate_grad_hook,
    hooks.retain_grad,
)


def attach() -> None:
    for method in METHODS:
        setattr(Tensor, method.__name__, method)
    backward.__qualname__ = "Tensor.backward"  # what Python calls it where the arguments do not fit
