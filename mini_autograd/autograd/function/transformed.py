"""Functions under transforms.

NOTE [Functions in layers]: a layer has a Function of its own, whose ``forward`` is the Function in the layers below,
on the values of its tensors. What the Function says of its derivative holds for the tensors of every layer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mini_autograd.autograd.function.application import apply_to
from mini_autograd.autograd.function.node import FunctionMeta
from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.differentiation import Differentiation
from mini_autograd.transform.structure import map_leaves


def apply_within(function: Any, args: tuple) -> Any:
    """The result of a Function that has ``setup_context``, in the innermost of the layers that are active, if any."""
    switches = modes.current()
    if switches.level <= 0:
        return seen(function.__name__, args, partial(apply_to, function, args, True))
    layer = switches.layers[-1]
    if isinstance(layer, Differentiation):
        return seen(name_in_layer(function), args, partial(differentiated, layer, function, args))
    from mini_autograd.autograd.function.mapped import mapped  # which comes here again

    return mapped(layer, function, args)


def seen(name: str, args: tuple, run: Callable[[], Any]) -> Any:
    """What ``run()`` gives, in a range where a profiler looks on."""
    switches = modes.current()
    return run() if switches.recorder is None else switches.recorder.call(name, switches.sequence, args, run)


def name_in_layer(function: Any) -> str:
    return f"{function.__name__}Generated"


def differentiated(layer: Differentiation, function: Any, args: tuple) -> Any:
    """The result as tensors of the layer; an argument that was changed in place is returned as it is."""
    lifted = map_tensors(layer.lift, args)
    values = map_tensors(layer.lowered, lifted)
    switches = modes.current()
    before, switches.grad = switches.grad, True
    try:
        result = layer.entrust(apply_within, function, values)
    finally:
        switches.grad = before
    same = {id(value): one for value, one in zip(values, lifted, strict=True) if isinstance(one, TensorBase)}
    found = map_tensors(lambda one: same[id(one)] if id(one) in same else layer.lift(one), result)
    return apply_to(of_layer(layer, function, found), lifted, True)


def map_tensors(change: Callable[[TensorBase], Any], value: Any) -> Any:
    """The same structure with what ``change`` makes of each tensor."""
    return map_leaves(lambda one: change(one) if isinstance(one, TensorBase) else one, value)


def of_layer(layer: Differentiation, function: Any, result: Any) -> Any:
    """The layer's Function, which has been run."""

    def forward(*args: Any) -> Any:
        return result

    def backward(ctx: Any, *grads: Any) -> Any:
        return function.backward(ctx, *grads)

    def jvp(ctx: Any, *tangents: Any) -> Any:
        return map_tensors(layer.lift, function.jvp(ctx, *tangents))

    return derived(name_in_layer(function), forward, function.setup_context, backward, jvp)


def derived(name: str, *methods: Any) -> Any:
    """A Function of that name with ``forward``, ``setup_context``, ``backward`` and ``jvp``, which can be mapped."""
    from mini_autograd.autograd.function.function import Function  # whose ``apply`` leads here

    names = ("forward", "setup_context", "backward", "jvp")
    members: dict[str, Any] = dict(zip(names, map(staticmethod, methods), strict=True))
    return FunctionMeta(name, (Function,), members | {"generate_vmap_rule": True})
