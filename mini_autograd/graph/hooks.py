"""Hooks on tensors: functions that see a gradient on its way."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.graph.accumulate import accumulator_of
from mini_autograd.graph.removable import RemovableHandle, add
from mini_autograd.graph.view import grad_fn
from mini_autograd.tensor import TensorBase, requires_grad


def register_hook(self: TensorBase, hook: Callable[[TensorBase], TensorBase | None]) -> RemovableHandle:
    """Call ``hook(grad)`` whenever a gradient with respect to ``self`` is computed; what it returns replaces it.

    RuntimeError for a tensor that does not require grad.
    See https://pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html.
    """
    if not requires_grad(self):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    former = self._node
    if self._hooks is None and former is not None and former._tensor_hooks is not None:
        # A view that has hooks gets more where they are, though its memory was written since.
        known = former._tensor_hooks.get(self._nr)
        if known is not None:
            return add(known, hook)
    if self._hooks is not None:
        return add(self._hooks, hook)
    node = grad_fn(self)
    if node is None:
        self._hooks = {}
        leaf = accumulator_of(self)
        leaf._tensor_hooks = {0: self._hooks}
        leaf._reveal()
        return add(self._hooks, hook)
    if node._tensor_hooks is None:
        node._tensor_hooks = {}
        node._reveal()
    found = node._tensor_hooks.setdefault(self._nr, {})
    leaf_node = None if self._accumulator is None else self._accumulator()
    if leaf_node is not None:  # of the leaf that the tensor was, which asks the tensor for its hooks
        leaf_node._tensor_hooks = {0: found}
        leaf_node._reveal()
    return add(found, hook)


def register_post_accumulate_grad_hook(
    self: TensorBase, hook: Callable[[TensorBase], None]
) -> RemovableHandle:
    """Call ``hook(self)`` after a gradient was added to ``self.grad``; RuntimeError for a tensor that is not a leaf."""
    if not requires_grad(self):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if grad_fn(self) is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._after_hooks is None:
        self._after_hooks = {}
        accumulator_of(self)._reveal()
    return add(self._after_hooks, hook)


def retain_grad(self: TensorBase) -> None:
    """Keep the gradient of a tensor that is not a leaf in its ``.grad``."""
    if modes.in_transform():
        raise errors.in_transform("retain_grad")
    if not requires_grad(self):
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self._node is None or self._retains:
        return
    node = grad_fn(self)
    assert node is not None
    self._retains = True
    if node._retained is None:
        node._retained = {}
    node._retained[self._nr] = weakref.ref(self)
