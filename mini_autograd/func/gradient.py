"""Gradients of functions with one value."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.grad_mode import enable_grad
from mini_autograd.func.argument import (
    chosen,
    gradients,
    lifted,
    lowered,
    to_differentiate,
    with_aux,
    without_saved_hooks,
)
from mini_autograd.tensor import Tensor
from mini_autograd.transform.differentiation import Differentiation
from mini_autograd.transform.structure import flatten, unflatten

API = "grad_and_value(f)(*args)"


def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., tuple]:
    """A function that gives the gradient of ``func`` by its arguments at ``argnums``, and its value.

    ``has_aux``: ``func`` returns the value and something else, which comes with it.
    See https://pytorch.org/docs/stable/generated/torch.func.grad_and_value.html.
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> tuple:
        with without_saved_hooks(), Differentiation() as layer, enable_grad():
            args, kwargs = lifted(layer, args), lifted(layer, kwargs)
            inputs = to_differentiate(chosen(args, argnums))
            output = func(*args, **kwargs)
            aux = None
            if has_aux:
                output, aux = with_aux(output, API)
            check_scalar(output)
            leaves, structure = flatten(inputs)
            found = unflatten(gradients([output], leaves, None, True, True), structure)
            grad, value = lowered(layer, found), lowered(layer, output)
            if has_aux:
                aux = lowered(layer, aux)
        return (grad, (value, aux)) if has_aux else (grad, value)

    return wrapper


def check_scalar(output: Any) -> None:
    if not isinstance(output, Tensor):
        raise RuntimeError(f"{API}: Expected f(*args) to return a Tensor, got {type(output)}")
    if output._array.ndim:
        raise RuntimeError(
            f"{API}: Expected f(*args) to return a scalar Tensor, got tensor with {output._array.ndim} dims. Maybe you "
            "wanted to use the vjp or jacrev APIs instead?"
        )


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient of ``func`` by its arguments at ``argnums``."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapper
