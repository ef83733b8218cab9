"""Passes that are at the same nodes at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import same


def graph(lib: Any) -> tuple[Any, Any, Any]:
    """A leaf, a node's tensor that two paths lead to, and the scalar at which they meet."""
    leaf = lib.tensor([0.5, -1.25, 2.0], requires_grad=True)
    inner = leaf * leaf
    return leaf, inner, (inner * leaf + inner.sin()).sum()


def test_pass_begun_in_a_hook_of_another_over_the_same_nodes() -> None:
    def both(lib: Any) -> Any:
        leaf, inner, output = graph(lib)
        found = []
        inner.register_hook(lambda _: found.extend(lib.autograd.grad(output, leaf, retain_graph=True)))
        output.backward()
        return [leaf.grad, *found]

    same(both)


def test_pass_that_fails_in_a_hook_leaves_the_nodes_to_the_next() -> None:
    def both(lib: Any) -> Any:
        leaf, inner, output = graph(lib)
        handle = inner.register_hook(lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            output.backward(retain_graph=True)
        handle.remove()
        output.backward()
        return leaf.grad

    same(both)


def test_passes_of_two_threads_over_the_same_nodes() -> None:
    found = []
    for lib in (mini_autograd, torch):
        leaf, inner, output = graph(lib)
        begun, over = threading.Event(), threading.Event()

        def wait(_: Any, begun: threading.Event = begun, over: threading.Event = over) -> None:
            if not begun.is_set():
                begun.set()
                assert over.wait(10)

        inner.register_hook(wait)
        results: list[Any] = []

        def first(lib: Any = lib, leaf: Any = leaf, output: Any = output, to: list = results) -> None:
            to.extend(lib.autograd.grad(output, leaf, retain_graph=True))

        thread = threading.Thread(target=first)
        thread.start()
        assert begun.wait(10)
        second = lib.autograd.grad(output, leaf, retain_graph=True)
        over.set()
        thread.join()
        found.append([one.tolist() for one in (*results, *second)])
    assert len(found[0]) == 2
    assert found[0] == found[1]
