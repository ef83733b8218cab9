"""A hook in which another backward pass runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .hook import sources
from .statement import Events, Name, Output, Statement

# --- bodies: each takes the library and the tensor to start at; printed into scripts as they stand here ---


def passing(torch, inner):
    """A hook that runs a pass over the graph of `inner`, the first time that it is called."""
    begun = []

    def hook(grad):
        if not begun:
            begun.append(True)
            inner.backward(torch.ones_like(inner), retain_graph=True)

    return hook


def recording(torch, inner):
    """A hook that makes a graph of its own and runs a pass over that."""

    def hook(grad):
        with torch.enable_grad():
            leaf = grad.detach().requires_grad_()
            (leaf * leaf).backward(torch.ones_like(leaf))
        return leaf.grad

    return hook


def asking(torch, inner):
    """A hook that asks for the gradients of `inner`, the first time that it is called."""
    begun = []

    def hook(grad):
        if not begun:
            begun.append(True)
            leaves = [node.variable for node, _ in inner.grad_fn.next_functions if hasattr(node, "variable")]
            if leaves:
                torch.autograd.grad(inner, leaves, torch.ones_like(inner), retain_graph=True)

    return hook


def deriving(torch, inner):
    """A hook that asks for a gradient of what was computed with the one that it is given, the first time."""
    begun = []

    def hook(grad):
        if not begun:
            begun.append(True)
            with torch.enable_grad():
                product = grad.sum() * inner.sum()
            torch.autograd.grad(product, inner, torch.ones_like(product), retain_graph=True)

    return hook


def calling_back(torch, inner):
    """A hook that asks for two calls at the end of the pass, the first of which asks for another."""
    queue_callback = torch.autograd.Variable._execution_engine.queue_callback
    leaves = [node.variable for node, _ in inner.grad_fn.next_functions if hasattr(node, "variable")]

    def changed(method, number):
        for leaf in leaves:
            if leaf.grad is not None:
                getattr(leaf.grad.detach(), method)(number)

    def first():
        changed("add_", 1)
        queue_callback(lambda: changed("sub_", 3))

    def hook(grad):
        queue_callback(first)
        queue_callback(lambda: changed("mul_", 2))

    return hook


BODIES: dict[str, Callable[[Any, Any], Callable[..., Any]]] = {
    body.__name__: body for body in (passing, recording, asking, deriving, calling_back)
}


@dataclass(frozen=True, slots=True)
class NestedPass(Statement):
    """`out = x.register_hook(body(torch, inner))`: what is in the graph of `inner` is differentiated in the hook."""

    kind: ClassVar[str] = "nested_pass"
    out: Output
    x: Name
    body: str
    inner: Name

    def __post_init__(self) -> None:
        if self.body not in BODIES:
            raise ProgramError(f"unknown nested pass {self.body!r}, expected one of {sorted(BODIES)}")

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        x, inner = (arguments.bind(arguments.Ref(name), lib, env) for name in (self.x, self.inner))
        env[self.out] = handle = x.register_hook(BODIES[self.body](lib, inner))
        return handle

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}.register_hook({self.body}(torch, {self.inner}))"]

    def definitions(self) -> list[str]:
        return [*sources(), inspect.getsource(BODIES[self.body]).rstrip()]

    @property
    def label(self) -> str:
        return f"nested_pass.{self.body}"
