"""What the authors of tensor-like classes need to take part. See https://pytorch.org/docs/stable/torch.overrides.html.

Functions of theirs ask with :func:`has_torch_function` and hand over with :func:`handle_torch_function`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.methods.geometry import SYNONYMS
from mini_autograd.op.override import AS_THEY_ARE, PYTHON, disabled
from mini_autograd.tensor import Tensor

__all__ = [
    "get_default_nowrap_functions",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]

PLAIN = (int, float, bool, complex, str, bytes, list, tuple, dict, type(None), slice, type)


def is_tensor_like(inp: Any) -> bool:
    """Whether ``inp`` is a tensor, or an object whose class has a ``__torch_function__``."""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def overrides(value: Any) -> bool:
    kind = type(value)
    if kind is Tensor or kind in PLAIN:
        return False
    return getattr(kind, "__torch_function__", disabled) is not disabled


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether the class of one of the arguments overrides, and may at this time."""
    return not modes.current().plain_calls and any(map(overrides, relevant_args))


def has_torch_function_unary(value: Any) -> bool:
    """:func:`has_torch_function` of one argument."""
    return has_torch_function((value,))


def has_torch_function_variadic(*values: Any) -> bool:
    """:func:`has_torch_function` of the arguments."""
    return has_torch_function(values)


def overloaded(relevant_args: Iterable[Any]) -> list:
    """One argument of each class that overrides, or is a tensor's: the most derived classes first."""
    found: list[Any] = []
    for value in relevant_args:
        kind = type(value)
        if kind in map(type, found) or getattr(kind, "__torch_function__", disabled) is disabled:
            continue
        place = next((at for at, one in enumerate(found) if issubclass(kind, type(one))), len(found))
        found.insert(place, value)
    return found


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the first class that knows better than NotImplemented makes of a call; TypeError where none does."""
    found = [] if modes.current().plain_calls else overloaded(relevant_args)
    types = tuple(map(type, found))
    for one in found:
        result = one.__torch_function__(public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    raise TypeError(
        f"no implementation found for '{public_api.__module__}.{public_api.__name__}' on types that implement "
        f"__torch_function__: {list(types)}"
    )


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[..., Any]:
    """A decorator that hands a function over to the classes of the arguments that ``dispatcher`` gives of them."""

    def inner(func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant_args = dispatcher(*args, **kwargs)
            if has_torch_function(relevant_args):
                return handle_torch_function(wrapped, relevant_args, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return inner


def get_default_nowrap_functions() -> set[Callable[..., Any]]:
    """The functions whose results ``Tensor.__torch_function__`` leaves of the class that they are of."""
    return set(AS_THEY_ARE)


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether what was handed over belongs to Tensor."""
    return func in members() or getattr(func, "__name__", "") == "__get__"


def members() -> dict[Any, str]:
    """The methods of Tensor, and what its properties are handed over as, with their full names."""
    found: dict[Any, str] = {}
    for name in dir(Tensor):
        value = getattr(Tensor, name)
        if getattr(object, name, None) is value or name in SYNONYMS:
            continue
        if isinstance(value, property):
            found[value.__get__] = f"torch.Tensor.{name}.__get__"
            found[value.__set__] = f"torch.Tensor.{name}.__set__"
        elif callable(value):
            found[value] = f"torch.Tensor.{name}"
    return found


def resolve_name(f: Callable[..., Any]) -> str | None:
    """The name under which a function that was handed over is known; None for what is none of the library's."""
    import mini_autograd  # which imports this module

    own = members()
    if f in own:
        return own[f]
    spaces = {
        "torch.fft": vars(mini_autograd.fft),
        "torch.special": vars(mini_autograd.special),
        "torch.linalg": vars(mini_autograd.linalg),
        "torch.nn.functional": vars(mini_autograd.nn.functional),
        "torch.functional": {
            name: getattr(mini_autograd, name) for name in (*mini_autograd.functional.__all__, *PYTHON)
            if hasattr(mini_autograd, name)
        },
        "torch": vars(mini_autograd),
    }  # fmt: skip
    for space, members_of in spaces.items():
        for name, value in members_of.items():
            if value is f and callable(value) and not name.startswith("__"):
                return f"{space}.{name}"
    return None
