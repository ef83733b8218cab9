"""Passes that are at the same nodes at once, and what the engine does by the thread's flags."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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


@pytest.fixture
def every_warning() -> Iterator[None]:
    """Warnings that are given once in a process are given each time, as torch gives them here."""
    mini_autograd.set_warn_always(True)
    yield
    mini_autograd.set_warn_always(False)


@pytest.mark.usefixtures("every_warning")
def test_gradient_may_lie_as_it_came_where_the_layout_is_not_enforced() -> None:
    def both(lib: Any) -> Any:
        found = []
        for enforced in (True, False):
            with lib.autograd.enforce_grad_layout_policy(enforced):
                leaf = lib.ones(3, 4).t().requires_grad_()
                (leaf * 2).sum().backward()
                found.append(leaf.grad)
                held = lib.ones(3, 4, requires_grad=True)
                held.grad = lib.ones(4, 3).t()
                (held * 2).sum().backward()
                found.append(held.grad)
        return [found, [one.stride() for one in found]]

    same(both)


@pytest.mark.usefixtures("every_warning")
def test_gradient_in_another_layout_than_its_leaf_with_history() -> None:
    def both(lib: Any) -> Any:
        leaf = lib.ones(3, 4, requires_grad=True)
        leaf.grad = lib.ones(4, 3).t()
        (leaf * 2).sum().backward(create_graph=True)
        return leaf.grad.stride()

    same(both)


def test_multithreading_is_a_flag_of_the_thread() -> None:
    def both(lib: Any) -> Any:
        flag, ask = lib.autograd.set_multithreading_enabled, lib.autograd.is_multithreading_enabled
        found = [ask()]
        flag(False)
        thread = threading.Thread(target=lambda: found.append(ask()))
        thread.start()
        thread.join()
        found.append(ask())
        with flag(True):
            found.append(ask())
        found.append(ask())
        flag(True)
        with pytest.raises(TypeError) as raised:
            flag(1)
        return [*found, str(raised.value)]

    same(both)
