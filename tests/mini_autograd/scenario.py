"""Scenarios of custom Functions: each runs on both libraries and tells what it saw."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import torch

import mini_autograd
import tests.mini_autograd.against_torch  # noqa: F401 -- has torch warn at once of what it warns of once

ADDRESS = re.compile(r"0x[0-9a-f]+")
PLACE = re.compile(r" \(Triggered internally at [^)]*\)")


def told(call: Callable[..., Any], *args: Any) -> str:
    """The text of what a call gives, or of the error that it raises, and of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = str(call(*args))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    warned = [f"{one.category.__name__}: {PLACE.sub('', str(one.message))}" for one in caught]
    return ADDRESS.sub("0x", f"{text} {warned}")


def same(scenario: Callable[..., Any], *args: Any) -> None:
    """Assert that both libraries tell the same of a scenario."""
    assert told(scenario, mini_autograd, *args) == told(scenario, torch, *args)


def made(lib: Any, forward: Any, backward: Any = lambda ctx, grad, *_: grad, **more: Any) -> Any:
    """A Function of these static methods."""
    methods = {
        name: staticmethod(one) if callable(one) else one
        for name, one in {"forward": forward, "backward": backward, **more}.items()
        if one is not None
    }
    return type("Cube", (lib.autograd.Function,), methods)


def leaf(lib: Any, *values: float) -> Any:
    return lib.tensor(list(values) or [1.0, 2.0], requires_grad=True)


def described(tensor: Any) -> tuple:
    node = tensor.grad_fn
    edges = None if node is None else node.next_functions
    return tensor, tensor._is_view(), tensor._version, tensor.is_leaf, tensor.requires_grad, edges


def twice(ctx: Any, x: Any) -> Any:
    return x * 2


SOURCES: dict[str, Callable[[Any], Any]] = {
    "leaf": leaf,
    "result": lambda lib: leaf(lib) * 1,
    "view": lambda lib: (leaf(lib) * 1)[:1],
    "view of a leaf": lambda lib: leaf(lib)[:1],
    "constant": lambda lib: lib.ones(2),
    "view of a constant": lambda lib: lib.ones(2)[:1],
}


def of_fresh(ctx: Any, x: Any) -> Any:
    return (x * 2)[:1]


def constant_part(ctx: Any, x: Any) -> Any:
    part = x[:1]
    ctx.mark_non_differentiable(part)
    return part


def constant_input(ctx: Any, x: Any) -> Any:
    ctx.mark_non_differentiable(x)
    return x


def saved_input(ctx: Any, x: Any) -> Any:
    ctx.save_for_backward(x)
    return x


def pure_view(ctx: Any, x: Any) -> Any:
    ctx._is_pure_view = True
    return x.view(x.shape)


def whole_and_part(ctx: Any, x: Any) -> Any:
    whole = x * 2
    return whole, whole[:1]


def same_twice(ctx: Any, x: Any) -> Any:
    y = x * 2
    return y, y


def with_history(ctx: Any, x: Any) -> Any:
    return leaf(torch if isinstance(x, torch.Tensor) else mini_autograd) * 3


FORWARDS: dict[str, Callable[[Any, Any], Any]] = {
    "as it is": lambda ctx, x: x,
    "as it is twice": lambda ctx, x: (x, x),
    "part": lambda ctx, x: x[:1],
    "view": lambda ctx, x: x.view(x.shape),
    "two parts": lambda ctx, x: (x[:1], x[1:]),
    "detached": lambda ctx, x: x.detach(),
    "fresh": lambda ctx, x: x * 2,
    "None": lambda ctx, x: None,
    "list": lambda ctx, x: [x * 2],
    "nothing": lambda ctx, x: (),
    **{
        one.__name__: one
        for one in (of_fresh, constant_part, constant_input, saved_input, pure_view, whole_and_part)
    },
    **{one.__name__: one for one in (same_twice, with_history)},
}


DIRTY: dict[str, Callable[[Any, Any], Any]] = {
    "returned": lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2))[1],
    "not returned": lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2) * 1)[1],
    "not marked": lambda ctx, x: x.mul_(2),
    "beside another": lambda ctx, x: (ctx.mark_dirty(x), x * 3, x.mul_(2))[1:],
    "beside a number": lambda ctx, x: (ctx.mark_dirty(x), 3, x.mul_(2))[1:],
    "saved": lambda ctx, x: (ctx.mark_dirty(x), ctx.save_for_backward(x), x.mul_(2))[2],
    "constant": lambda ctx, x: (ctx.mark_dirty(x), ctx.mark_non_differentiable(x), x.mul_(2))[2],
}
