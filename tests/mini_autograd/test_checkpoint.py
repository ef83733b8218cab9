"""Checkpoints against torch: results, gradients, how often functions run, warnings and errors."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import attempt, plain_text


class Library:
    """A library with its checkpoints, two leaves, and a record of what ran."""

    def __init__(self, lib: Any) -> None:
        self.lib = lib
        self.checkpoints = importlib.import_module(f"{lib.__name__}.utils.checkpoint")
        self.a = lib.tensor([1.0, 2.0], requires_grad=True)
        self.b = lib.tensor([3.0, 4.0], requires_grad=True)
        self.ran: list[str] = []

    def run(
        self, function: Callable[..., Any], *args: Any, reentrant: bool | None = False, **kwargs: Any
    ) -> Any:
        return self.checkpoints.checkpoint(function, *args, use_reentrant=reentrant, **kwargs)

    def noted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            self.ran.append(name)
            return function(*args, **kwargs)

        return run

    def seen(self) -> list:
        return [repr(self.a.grad), repr(self.b.grad), self.ran]


def same(call: Callable[[Library], Any]) -> None:
    found = []
    for lib in (mini_autograd, torch):
        library = Library(lib)
        outcome = attempt(partial(call, library))
        error = outcome.error and (type(outcome.error).__name__, plain_text(str(outcome.error)))
        found.append((repr(outcome.result), error, outcome.warned, library.seen()))
    assert found[0] == found[1]


def product(a: Any, b: Any) -> Any:
    return (a * b).sin() * a


@pytest.mark.parametrize("reentrant", [False, True])
def test_gradients_and_runs(reentrant: bool) -> None:
    def call(at: Library) -> Any:
        y = at.run(at.noted("f", product), at.a, at.b, reentrant=reentrant)
        y.sum().backward()
        return y.detach()

    same(call)


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("preserve", [True, False])
def test_random_numbers_are_those_of_the_first_run(reentrant: bool, preserve: bool) -> None:
    def call(at: Library) -> Any:
        at.lib.manual_seed(3)
        y = at.run(
            lambda a: (a * at.lib.rand(2) * a).sin(), at.a, reentrant=reentrant, preserve_rng_state=preserve
        )
        between = at.lib.rand(1)
        y.sum().backward()
        return y.detach(), between, at.lib.rand(1)

    same(call)


def test_second_derivatives_and_passes() -> None:
    def twice(at: Library) -> Any:
        y = at.run(at.noted("f", product), at.a, at.b).sum()
        (first,) = at.lib.autograd.grad(y, at.a, create_graph=True)
        first.sum().backward(retain_graph=True)
        y.backward()
        return first.detach()

    def freed(at: Library) -> None:
        y = at.run(product, at.a, at.b).sum()
        y.backward()
        y.backward()

    same(twice)
    same(freed)


def test_checkpoint_within_another() -> None:
    def call(at: Library) -> None:
        inner = at.noted("inner", lambda x: x.sin().cos())
        outer = at.noted("outer", lambda x: at.run(inner, at.run(inner, x * 2)).cos())
        at.run(outer, at.a).sum().backward()

    same(call)


@pytest.mark.parametrize("stop", [True, False])
@pytest.mark.parametrize("by", ["argument", "context"])
def test_second_run_ends_early(stop: bool, by: str) -> None:
    def call(at: Library) -> None:
        def function(a: Any) -> Any:
            y = a.sin().sin()
            at.ran.append("to the end")
            return y

        if by == "argument":
            y = at.run(function, at.a, early_stop=stop)
        else:
            with at.checkpoints.set_checkpoint_early_stop(stop):
                y = at.run(function, at.a)
        y.sum().backward()

    same(call)


SECOND_RUNS = {
    "fewer": lambda a: a.sin(),
    "more": lambda a: a.sin().cos().cos(),
    "another shape": lambda a: a[:1].sin().cos(),
    "another dtype": lambda a: a.double().sin().cos(),
    "nothing": lambda a: a,
}


@pytest.mark.parametrize("second", SECOND_RUNS.values(), ids=SECOND_RUNS)
@pytest.mark.parametrize("check", ["default", "none", "else"])
@pytest.mark.parametrize("stop", [True, False])
def test_second_run_that_is_not_like_the_first(second: Callable[..., Any], check: str, stop: bool) -> None:
    def call(at: Library) -> None:
        def function(a: Any) -> Any:
            at.ran.append("f")
            return a.sin().cos() if len(at.ran) == 1 else second(a)

        at.run(function, at.a, determinism_check=check, early_stop=stop).sum().backward()

    same(call)


def test_contexts_of_the_two_runs() -> None:
    def call(at: Library) -> None:
        @contextlib.contextmanager
        def noted(name: str) -> Iterator[None]:
            at.ran.append(f"into {name}")
            yield
            at.ran.append(f"out of {name}")

        y = at.run(lambda a: a.sin(), at.a, context_fn=lambda: (noted("first"), noted("second")))
        y.sum().backward()

    same(call)


def test_saved_values_can_be_looked_at() -> None:
    def call(at: Library) -> Any:
        node = at.run(at.noted("f", lambda a: a.sin()), at.a).grad_fn
        return node._saved_self, node._saved_self

    same(call)


def test_arguments_are_saved_as_those_of_an_op() -> None:
    def written(at: Library) -> None:
        x = at.a * 1
        y = at.run(lambda x: x.sin(), x)
        with at.lib.no_grad():
            x.add_(1)
        y.sum().backward()

    def packed(at: Library) -> None:
        pack, unpack = at.noted("pack", lambda x: x), at.noted("unpack", lambda x: x)
        with at.lib.autograd.graph.saved_tensors_hooks(pack, unpack):
            y = at.run(product, at.a, at.b)
        y.sum().backward()

    same(written)
    same(packed)


def test_nothing_is_kept_where_nothing_is_recorded() -> None:
    def call(at: Library) -> Any:
        with at.lib.no_grad():
            return at.run(at.noted("f", product), at.a, at.b).requires_grad

    same(call)


@pytest.mark.parametrize("second", [False, True])
def test_function_that_fails(second: bool) -> None:
    def call(at: Library) -> None:
        def function(a: Any) -> Any:
            at.ran.append("f")
            if len(at.ran) == 1 + second:
                raise KeyError("failed")
            return a.sin()

        at.run(function, at.a).sum().backward()

    same(call)


@pytest.mark.parametrize("reentrant", [False, True])
def test_chain_in_segments(reentrant: bool) -> None:
    def call(at: Library, segments: int = 2, **kwargs: Any) -> Any:
        names = "sin", "square", "exp", "cos", "tanh"
        functions = [at.noted(name, lambda x, name=name: getattr(x, name)()) for name in names]
        run = at.checkpoints.checkpoint_sequential
        y = run(functions, segments, at.a, use_reentrant=reentrant, **kwargs)
        y.sum().backward()
        return y.detach()

    same(call)
    same(partial(call, segments=1))
    same(partial(call, segments=9))
    same(partial(call, unknown=1))


@pytest.mark.parametrize("options", [{"unknown": 1}, {"debug": True}, {"context_fn": list}], ids=str)
def test_what_the_reentrant_form_refuses(options: dict) -> None:
    same(lambda at: at.run(product, at.a, at.b, reentrant=True, **options))


@pytest.mark.parametrize(
    "way", ["grad", "inputs", "by hand", "in a hook", "around a hook", "twice", "within another"]
)
def test_passes_over_the_reentrant_form(way: str) -> None:
    def call(at: Library) -> None:
        function = at.noted("f", product)
        if way == "within another":
            inner = function
            function = at.noted("outer", lambda a, b: at.run(inner, a.sin(), b, reentrant=True).cos())
        x = at.a * 2
        y = at.run(function, x, at.b, reentrant=True)
        if way == "grad":
            at.lib.autograd.grad(y.sum(), at.a)
        elif way == "inputs":
            y.sum().backward(inputs=[at.b])
        elif way == "by hand":
            at.ran.append(repr(y.grad_fn(at.lib.ones(2))))
        elif way == "in a hook":
            x.register_hook(lambda grad: y.sum().backward(retain_graph=True) if len(at.ran) < 4 else None)
            y.sum().backward(retain_graph=True)
        elif way == "around a hook":
            x.register_hook(lambda grad: y.sum().backward())
            (x * 2).sum().backward(inputs=[at.a])
        else:
            y.sum().backward(retain_graph=way == "twice")
            if way == "twice":
                y.sum().backward()

    same(call)


@pytest.mark.parametrize("kind", ["several", "not differentiable", "number", "text", "nothing", "none"])
def test_what_functions_of_the_reentrant_form_give_and_take(kind: str) -> None:
    functions = {
        "several": lambda a, b: (a * b, b.sin()),
        "not differentiable": lambda a, b: (a * b, b > 3),
        "number": lambda a, b: (a * b, 7),
        "text": lambda a, b, text: a * b,
        "nothing": lambda a, b: a.detach(),
        "none": lambda a, b: a * b,
    }

    def call(at: Library) -> Any:
        args = (at.a.detach(), at.b.detach()) if kind == "none" else (at.a, at.b)
        args += ("text",) if kind == "text" else ()
        result = at.run(functions[kind], *args, reentrant=True)
        first = result[0] if isinstance(result, tuple) else result
        name = first.grad_fn and first.grad_fn.name()
        first.sum().backward()
        return name, type(result).__name__

    same(call)


def test_number_of_outputs_that_changed_in_the_reentrant_form() -> None:
    def call(at: Library) -> None:
        def function(a: Any) -> Any:
            at.ran.append("f")
            return a.sin() if len(at.ran) == 1 else (a.sin(), a.cos())

        at.run(function, at.a, reentrant=True).sum().backward()

    same(call)


def test_checkpoint_whose_form_is_not_said() -> None:
    def call(at: Library) -> None:
        at.run(product, at.a, at.b, reentrant=None).sum().backward()
        at.checkpoints.checkpoint_sequential([at.lib.sin, at.lib.cos], 2, at.a).sum().backward()

    same(call)
