"""Anomaly mode: what it warns of, what it raises, and what nodes keep in it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import mini_autograd
from tests.mini_autograd.assertion import attempt, plain_text

import torch  # isort: skip

ROOT = "Traceback of forward call"


@pytest.fixture(autouse=True)
def ordinary() -> Iterator[None]:
    yield
    for lib in (mini_autograd, torch):
        lib.autograd.set_detect_anomaly(False)


def same(call: Any) -> None:
    """Both libraries give, raise and warn the same, but for the lines that led to the node."""
    seen = []
    for lib in (mini_autograd, torch):
        outcome = attempt(functools.partial(call, lib))
        warned = [(kind, text.partition(ROOT)[0]) for kind, text in outcome.warned]
        error = outcome.error and (type(outcome.error).__name__, plain_text(str(outcome.error)))
        seen.append((outcome.result, error, warned))
    assert seen[0] == seen[1]


def test_nan_in_what_a_node_gives() -> None:
    def call(lib: Any) -> None:
        with lib.autograd.detect_anomaly():
            x = lib.tensor([-1.0, 2.0], requires_grad=True)
            (x.sqrt() * x).sum().backward()

    same(call)


def test_nan_is_let_through_where_it_is_not_looked_for() -> None:
    def call(lib: Any) -> Any:
        with lib.autograd.detect_anomaly(check_nan=False):
            x = lib.tensor([-1.0, 4.0], requires_grad=True)
            (x.sqrt() * x).sum().backward()
            return repr(x.grad)

    same(call)


def test_node_made_outside_of_the_mode() -> None:
    def call(lib: Any) -> None:
        x = lib.tensor([-1.0, 2.0], requires_grad=True)
        y = (x.sqrt() * x).sum()
        lib.autograd.set_detect_anomaly(True)
        y.backward()

    same(call)


@pytest.mark.parametrize("whole", [True, False])
def test_node_made_while_another_ran(whole: bool) -> None:
    def call(lib: Any) -> None:
        x = lib.tensor([0.0, 2.0], requires_grad=True)
        lib.autograd.set_detect_anomaly(whole)
        y = x**1.5
        lib.autograd.set_detect_anomaly(True)
        (first,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = lib.autograd.grad(first.sum(), x, create_graph=True)
        lib.autograd.grad((second * 0).sum(), x)

    same(call)


@pytest.mark.parametrize("kind", ["tensor", "node", "before", "leaf"])
def test_hook_that_fails(kind: str) -> None:
    def call(lib: Any) -> None:
        lib.autograd.set_detect_anomaly(True)
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        register = {
            "tensor": y.register_hook,
            "node": y.grad_fn.register_hook,
            "before": y.grad_fn.register_prehook,
            "leaf": x.register_hook,
        }
        register[kind](lambda *_: 1 / 0)
        y.sum().backward()

    same(call)


def test_pass_in_a_hook_that_fails() -> None:
    def call(lib: Any) -> None:
        lib.autograd.set_detect_anomaly(True)
        y = lib.tensor([1.0, 2.0], requires_grad=True).exp()

        @lib.enable_grad()
        def hook(_: Any) -> None:
            lib.tensor([-1.0], requires_grad=True).sqrt().backward()

        y.register_hook(hook)
        y.sum().backward()

    same(call)


def test_saved_value_that_was_written() -> None:
    def call(lib: Any) -> None:
        lib.autograd.set_detect_anomaly(True)
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.mul_(2)
        y.sum().backward()

    same(call)


def test_lines_that_made_a_node_are_kept() -> None:
    lib: Any = mini_autograd
    x = lib.ones(2, requires_grad=True)
    assert "traceback_" not in x.exp().grad_fn.metadata
    with lib.autograd.set_detect_anomaly(True):
        y = x.sin()
        (z,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        both = y.grad_fn, y.grad_fn.next_functions[0][0]
    for node in both:
        assert __file__ in node.metadata["traceback_"][-1]
    assert z.grad_fn.metadata["parent_"] is y.grad_fn


def test_flags_are_those_of_the_process() -> None:
    def call(lib: Any) -> Any:
        flags = lib.is_anomaly_enabled, lib.is_anomaly_check_nan_enabled
        found = [[flag() for flag in flags]]
        with lib.autograd.detect_anomaly(check_nan=False):
            found.append([flag() for flag in flags])
            thread = threading.Thread(target=lambda: found.append([flag() for flag in flags]))
            thread.start()
            thread.join()
            with lib.autograd.set_detect_anomaly(False):
                found.append([flag() for flag in flags])
            found.append([flag() for flag in flags])
        found.append([flag() for flag in flags])
        return found

    same(call)


@pytest.mark.parametrize("args", [(1,), (True, 1), ("on", "off")])
def test_flags_are_bools(args: tuple) -> None:
    same(lambda lib: lib.autograd.set_detect_anomaly(*args))


def test_nan_in_one_of_many_examples() -> None:
    def call(lib: Any) -> None:
        lib.autograd.set_detect_anomaly(True)
        lib.func.vmap(lib.func.grad(lambda x: (x.sqrt() * x).sum()))(lib.tensor([[1.0], [-1.0]]))

    same(call)


@pytest.mark.parametrize("check_nan", [True, False])
def test_many_cotangents_at_once(check_nan: bool) -> None:
    def call(lib: Any) -> Any:
        lib.autograd.set_detect_anomaly(True, check_nan)
        x = lib.ones(3, requires_grad=True)
        (grad,) = lib.autograd.grad(x * 2, x, lib.eye(3), is_grads_batched=True)
        return grad.tolist()

    same(call)
