"""What a user asks whether something is a node: ``isinstance(y.grad_fn, Node)``."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from mini_autograd.graph import node
from mini_autograd.graph.removable import RemovableHandle


class Node(abc.ABC):
    """A node of the graph. See https://pytorch.org/docs/stable/autograd.html#autograd-graph."""

    @abc.abstractmethod
    def name(self) -> str:
        """The node's name, as ``MulBackward0``."""

    @property
    @abc.abstractmethod
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """``(node, output_nr)`` for every differentiable input; node is None where no gradient flows."""

    @abc.abstractmethod
    def metadata(self) -> dict:
        """A dict of the user's own, kept as long as the node."""

    @abc.abstractmethod
    def _sequence_nr(self) -> int: ...

    @property
    @abc.abstractmethod
    def _input_metadata(self) -> list[Any]: ...

    @abc.abstractmethod
    def _register_hook_dict(self, tensor: Any) -> None: ...

    @abc.abstractmethod
    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call ``fn(grad_inputs, grad_outputs)`` after the node ran; what it returns replaces ``grad_inputs``."""

    @abc.abstractmethod
    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call ``fn(grad_outputs)`` before the node runs; what it returns replaces them."""


Node.register(node.Node)
Node.__module__ = "torch.autograd.graph"
