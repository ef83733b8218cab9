"""The node that torch puts where there is no second derivative."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.custom import CustomNode


class Error(CustomNode):
    """A node that raises when a gradient comes to it."""

    __slots__ = ()

    def name(self) -> str:
        return "torch::autograd::Error"

    def apply(self, *grads: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )


Error.__module__ = "builtins"
