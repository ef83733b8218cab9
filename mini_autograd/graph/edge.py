"""The place in a graph where the gradient of a tensor arrives."""

from __future__ import annotations

from typing import NamedTuple

from mini_autograd.graph import modes, view
from mini_autograd.graph.custom import CustomNode
from mini_autograd.graph.node import Node
from mini_autograd.graph.operations import F
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


def node_of(tensor: TensorBase) -> Node:
    """The node at which the gradient of ``tensor`` arrives.

    torch finds that of a leaf by looking at it through a view, which has none in inference mode or of what that made.
    """
    node = view.edge_node(tensor)
    if node is None:
        raise AssertionError("Expected gradient function to be set")
    if (modes.current().inference or tensor._inference) and view.grad_fn(tensor) is None:
        raise AttributeError("'NoneType' object has no attribute 'next_functions'")
    return node


def get_gradient_edge(tensor: TensorBase) -> GradientEdge:
    """Where the gradient of ``tensor`` arrives; RuntimeError for one that requires none.

    See https://pytorch.org/docs/stable/generated/torch.autograd.graph.get_gradient_edge.html.
    """
    if not requires_grad(tensor):
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients"
        )
    node = node_of(tensor)
    if not isinstance(node, CustomNode):
        return GradientEdge(node, tensor._nr)
    switches = modes.current()
    before = switches.grad
    switches.grad = True
    try:
        return GradientEdge(node, tensor._nr, view.grad_fn(F.view_as(tensor, tensor)))
    finally:
        switches.grad = before
