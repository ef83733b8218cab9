"""The place in a graph where the gradient of a tensor arrives."""

from __future__ import annotations

from typing import NamedTuple

from mini_autograd.graph import modes, view
from mini_autograd.graph.node import Node
from mini_autograd.tensor import TensorBase, requires_grad


class GradientEdge(NamedTuple):
    """Output ``output_nr`` of ``node``: ``autograd.grad`` and ``backward`` take it in place of a tensor.

    ``ownership_token``: what keeps the node alive beside ``node`` itself, which is enough here: None.
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
    return GradientEdge(node_of(tensor), tensor._nr)
