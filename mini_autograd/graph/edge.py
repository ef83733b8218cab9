"""The place in a graph where the gradient of a tensor arrives."""

from __future__ import annotations

from typing import Any, NamedTuple

from mini_autograd.graph import modes
from mini_autograd.graph.custom import CustomNode
from mini_autograd.graph.error import Error
from mini_autograd.graph.node import Node
from mini_autograd.tensor import TensorBase, requires_grad


class GradientEdge(NamedTuple):
    """Output ``output_nr`` of ``node``: ``autograd.grad`` and ``backward`` take it in place of a tensor.

    ``ownership_token``: a node that leads to ``node``, where that is of a custom Function; torch needs it to keep that
    alive.
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


GradientEdge.__module__ = "torch.autograd.graph"


def node_of(tensor: Any) -> Node:
    """The node at which the gradient of ``tensor`` arrives.

    As torch has it that of a leaf is what a view of it leads to: none in inference mode or of what that made, and for a
    class that overrides calls whatever it puts in between.
    """
    node: Any = tensor.grad_fn
    if node is None and requires_grad(tensor):
        node = viewed(tensor).next_functions[0][0]
    if node is None:
        raise AssertionError("Expected gradient function to be set")
    return node


def viewed(tensor: Any) -> Any:
    """The node of a view of ``tensor``."""
    switches = modes.current()
    before = switches.grad
    switches.grad = True
    try:
        return tensor.view_as(tensor).grad_fn
    finally:
        switches.grad = before


def get_gradient_edge(tensor: TensorBase) -> GradientEdge:
    """Where the gradient of ``tensor`` arrives; RuntimeError for one that requires none.

    See https://pytorch.org/docs/stable/generated/torch.autograd.graph.get_gradient_edge.html.
    """
    if not requires_grad(tensor):
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients"
        )
    node = node_of(tensor)
    is_function = isinstance(node, CustomNode) and not isinstance(node, Error)
    return GradientEdge(node, tensor._nr, viewed(tensor) if is_function else None)
