"""Contexts and decorators that switch recording on and off for the calling thread.

See https://pytorch.org/docs/stable/autograd.html, "Locally disabling gradient computation".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.decoration import _DecoratorContextManager, _NoParamDecoratorContextManager
from mini_autograd.graph import modes
from mini_autograd.typename import type_name

__all__ = [
    "enable_grad",
    "enforce_grad_layout_policy",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]


class _Grad(_NoParamDecoratorContextManager):
    """Sets grad mode to ``value``; entered again before it was left, it forgets what there was first."""

    value = False

    def __enter__(self) -> None:
        switches = modes.current()
        self.prev = switches.grad
        switches.grad = self.value

    def __exit__(self, *_: object) -> None:
        modes.current().grad = self.prev


class no_grad(_Grad):
    """Do not record: results have ``requires_grad=False``."""

    def __init__(self) -> None:
        self.prev = False


class enable_grad(_Grad):
    """Record, also inside ``no_grad``."""

    value = True


class set_grad_enabled(_DecoratorContextManager):
    """Record or not: takes effect at once, and as a context ends with the block."""

    def __init__(self, mode: bool) -> None:
        check_flag("set_grad_enabled", mode)
        switches = modes.current()
        self.prev = switches.grad
        self.mode = mode
        switches.grad = mode

    def __call__(self, orig_func: Callable[..., Any]) -> Callable[..., Any]:
        modes.current().grad = self.prev
        return super().__call__(orig_func)

    def __enter__(self) -> None:
        modes.current().grad = self.mode

    def __exit__(self, *_: object) -> None:
        modes.current().grad = self.prev

    def clone(self) -> set_grad_enabled:
        return type(self)(self.mode)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


class inference_mode(_DecoratorContextManager):
    """Neither record nor count versions; what is made inside may not be recorded later either."""

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        self._inference_mode_context = Inference(self.mode)

    def __exit__(self, *_: object) -> None:
        self._inference_mode_context.end()

    def clone(self) -> inference_mode:
        return type(self)(self.mode)


class Inference:
    """Inference mode on or off from now until :meth:`end`, or until nobody holds this object any more."""

    __slots__ = ("before",)

    def __init__(self, mode: bool) -> None:
        switches = modes.current()
        self.before: tuple[bool, bool, bool] | None = (
            switches.grad,
            switches.inference,
            switches.multithreading,
        )
        switches.inference = mode
        switches.grad = not mode
        switches.multithreading = not mode

    def end(self) -> None:
        """Bring back what there was; nothing the second time."""
        if self.before is not None:
            switches = modes.current()
            switches.grad, switches.inference, switches.multithreading = self.before
            self.before = None

    __del__ = end


class set_multithreading_enabled(_DecoratorContextManager):
    """Let a backward pass use several threads or not: it runs on the calling one, which either allows.

    Takes effect at once, and as a context ends with the block.
    """

    def __init__(self, mode: bool) -> None:
        check_flag("set_multithreading_enabled", mode)
        switches = modes.current()
        self.prev = switches.multithreading
        self.mode = mode
        switches.multithreading = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        modes.current().multithreading = self.prev

    def clone(self) -> set_multithreading_enabled:
        return type(self)(self.mode)


class enforce_grad_layout_policy(_DecoratorContextManager):
    """Let a gradient that becomes a leaf's own lie in memory as the leaf does, or as it may: takes effect at once,
    and as a context ends with the block."""

    def __init__(self, enable: bool = True) -> None:
        check_flag("set_grad_layout_enforcement_enabled", enable)
        switches = modes.current()
        self.prev = switches.layout
        self.mode = enable
        switches.layout = enable

    def __call__(self, orig_func: Callable[..., Any]) -> Callable[..., Any]:
        modes.current().layout = self.prev
        return super().__call__(orig_func)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        modes.current().layout = self.prev

    def clone(self) -> enforce_grad_layout_policy:
        return type(self)(self.mode)


def check_flag(name: str, mode: Any) -> None:
    """TypeError where ``mode`` is no bool."""
    if not isinstance(mode, bool):
        raise TypeError(f"{name}(): argument 'enabled' (position 1) must be bool, not {type_name(mode)}")


def is_grad_enabled(*args: Any) -> bool:
    """Whether operations on this thread are recorded."""
    check_empty("is_grad_enabled", args)
    return modes.current().grad


def is_multithreading_enabled(*args: Any) -> bool:
    """Whether backward passes of this thread may use several."""
    check_empty("_C._is_multithreading_enabled", args)
    return modes.current().multithreading


def is_inference_mode_enabled(*args: Any) -> bool:
    check_empty("is_inference_mode_enabled", args)
    return modes.current().inference


def check_empty(name: str, args: tuple) -> None:
    """TypeError where a function without parameters was given some."""
    if args:
        raise TypeError(f"torch.{name}() takes no arguments ({len(args)} given)")


for _mode in (
    no_grad,
    enable_grad,
    set_grad_enabled,
    inference_mode,
    set_multithreading_enabled,
    enforce_grad_layout_policy,
):
    _mode.__module__ = "torch.autograd.grad_mode"
