"""One hook for the gradients of several tensors."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from typing import Any

from mini_autograd.graph import engine, hooks, modes
from mini_autograd.graph.edge import node_of
from mini_autograd.graph.removable import RemovableHandle
from mini_autograd.tensor import TensorBase, requires_grad

MODES = ("all", "any")


class _MultiHandle(RemovableHandle):
    """Removes a hook from all its tensors."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()


_MultiHandle.__module__ = "torch.autograd.graph"


def register_multi_grad_hook(
    tensors: Sequence[TensorBase], fn: Callable[[Any], None], *, mode: str = "all"
) -> RemovableHandle:
    """Call ``fn`` once a pass: with a list of the gradients of all ``tensors``, None for one that has none in this
    pass, or (``mode="any"``) with the first that is computed.

    See https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.register_multi_grad_hook.
    """
    if mode not in MODES:
        raise ValueError(f"Expects mode to be one of {MODES} but got {mode}")
    if mode == "any":
        once = Once(fn)

        @functools.wraps(fn)
        def wrapped(grad: Any) -> None:
            once.take(grad)

        return _MultiHandle(
            tuple([hooks.register_hook(tensor, wrapped) for tensor in tensors if requires_grad(tensor)])
        )
    gathered = Gathered(fn, [node_of(tensor) for tensor in tensors])
    return _MultiHandle(
        tuple([hooks.register_hook(tensor, gathered.hook_of(i)) for i, tensor in enumerate(tensors)])
    )


def current_pass() -> Any:
    task = modes.current().task
    if task is None:
        raise AssertionError("expected this hook to be called inside a backward call")
    return task


class Once:
    """Calls ``fn`` with the first gradient of each pass."""

    def __init__(self, fn: Callable[[Any], None]) -> None:
        self.fn = fn
        self.lock = threading.Lock()
        self.passes: set[int] = set()

    def take(self, grad: Any) -> None:
        """Call ``fn`` unless it was called in this pass, in a hook of which another may have run."""
        number = current_pass().number
        with self.lock:
            if number in self.passes:
                return
            self.passes.add(number)
        engine.queue_callback(functools.partial(self.passes.discard, number))
        self.fn(grad)


class Gathered:
    """Calls ``fn`` with the gradients at ``nodes`` when a pass has come to the last that it runs."""

    def __init__(self, fn: Callable[[Any], None], nodes: list) -> None:
        self.fn = fn
        self.nodes = nodes
        self.lock = threading.Lock()
        self.expected = 0
        self.passes: dict[int, tuple[list[int], list]] = {}

    def hook_of(self, index: int) -> Callable[[Any], None]:
        """The hook on one of the tensors, which copies of it that warn of hooks name as torch does."""

        def inner_hook(grad: Any) -> None:
            self.take(index, grad)

        inner_hook.__qualname__ = "register_multi_grad_hook.<locals>.get_inner_hook.<locals>.inner_hook"
        return inner_hook

    def take(self, index: int, grad: Any) -> None:
        """Note the gradient of one tensor, and call ``fn`` if it is the last."""
        task = current_pass()
        with self.lock:
            count, grads = self.passes.setdefault(task.number, ([0], [None] * len(self.nodes)))
            if count[0] == 0:
                count[0] = 1
                self.expected = sum([task.will_run(node) for node in self.nodes])
            else:
                count[0] += 1
        grads[index] = grad
        if count[0] == self.expected:
            self.fn(grads)
            del self.passes[task.number]
