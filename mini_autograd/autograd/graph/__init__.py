"""What the graph shows of itself, and hooks on all of it. See https://pytorch.org/docs/stable/autograd.html."""

from mini_autograd.autograd.graph.drawing import draw
from mini_autograd.autograd.graph.multi_grad import register_multi_grad_hook
from mini_autograd.autograd.graph.node import Node
from mini_autograd.autograd.graph.saved_hooks import (
    allow_mutation_on_saved_tensors,
    disable_saved_tensors_hooks,
    save_on_cpu,
    saved_tensors_hooks,
)
from mini_autograd.autograd.graph.version import increment_version
from mini_autograd.graph.edge import GradientEdge, get_gradient_edge

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "draw",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]
