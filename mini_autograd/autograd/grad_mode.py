"""Contexts and decorators that switch recording on and off for the calling thread.

See https://pytorch.org/docs/stable/autograd.html, "Locally disabling gradient computation".
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from mini_autograd.graph import modes


class Switch:
    """A context manager that is also a decorator; each use is a fresh one, so that calls may nest and interleave."""

    def clone(self) -> Any:
        return type(self)()

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(function):
            return _decorated_generator(self, function)

        @functools.wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return decorated


def _decorated_generator(switch: Switch, function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator whose body, but not its caller between two items, runs under the switch."""

    @functools.wraps(function)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        try:
            with switch.clone():
                item = generator.send(None)
            while True:
                try:
                    request = yield item
                except GeneratorExit:
                    with switch.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    with switch.clone():
                        item = generator.throw(error)
                else:
                    with switch.clone():
                        item = generator.send(request)
        except StopIteration as end:
            return end.value

    return decorated


class _OptionalParentheses(Switch):
    """A switch that decorates without parentheses too: ``@no_grad``."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)


class _Grad(_OptionalParentheses):
    value = False

    def __init__(self) -> None:
        self.before = False

    def __enter__(self) -> None:
        switches = modes.current()
        self.before = switches.grad
        switches.grad = self.value

    def __exit__(self, *_: object) -> None:
        modes.current().grad = self.before


class no_grad(_Grad):
    """Do not record: results have ``requires_grad=False``."""


class enable_grad(_Grad):
    """Record, also inside ``no_grad``."""

    value = True


class set_grad_enabled(Switch):
    """Record or not: takes effect at once, and as a context ends with the block."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}"
            )
        switches = modes.current()
        self.before = switches.grad
        self.mode = mode
        switches.grad = mode

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        modes.current().grad = self.before
        return super().__call__(function)

    def __enter__(self) -> None:
        modes.current().grad = self.mode

    def __exit__(self, *_: object) -> None:
        modes.current().grad = self.before

    def clone(self) -> set_grad_enabled:
        return type(self)(self.mode)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


class inference_mode(Switch):
    """Neither record nor count versions; what is made inside may not be recorded later either."""

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode
        self.before = (True, False)

    def __enter__(self) -> None:
        switches = modes.current()
        self.before = (switches.grad, switches.inference)
        switches.inference = self.mode
        switches.grad = not self.mode

    def __exit__(self, *_: object) -> None:
        switches = modes.current()
        switches.grad, switches.inference = self.before

    def clone(self) -> inference_mode:
        return type(self)(self.mode)


def is_grad_enabled() -> bool:
    """Whether operations on this thread are recorded."""
    return modes.current().grad


def is_inference_mode_enabled() -> bool:
    return modes.current().inference


for _switch in (no_grad, enable_grad, set_grad_enabled, inference_mode):
    _switch.__module__ = "torch.autograd.grad_mode"
