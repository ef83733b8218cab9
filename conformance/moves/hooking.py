"""Moves that register and remove hooks, and that apply custom Functions."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Apply, Get, Hook, Name, Output, Ref, Unhook
from .operation import writable

_BODIES = {
    "tensor": ("observe", "double", "negate", "square", "observe", "double"),
    "leaf": ("observe", "halve_grad", "clear_grad"),
    "node": ("observe", "double_inputs"),
    "prehook": ("observe", "double_outputs"),
}


def register(state: State) -> None:
    """h = x.register_hook(body), on a tensor, after accumulation, or on its node"""
    on = state.choice.pick(("tensor", "tensor", "tensor", "leaf", "node", "prehook"))
    state.need({"leaf": "Tensor.register_post_accumulate_grad_hook"}.get(on, "Tensor.register_hook"))

    def keep(tensor: Any) -> bool:
        if on == "leaf":
            return tensor.is_leaf and tensor.requires_grad
        return tensor.requires_grad if on == "tensor" else tensor.grad_fn is not None

    name = state.existing(keep)
    if name is None:
        raise Invalid("nothing to hook")
    if on == "tensor" and state.env[name]._is_view():
        # torch 2.13 crashes on hooking a view whose base was written to since its node was last looked at.
        state.run(Get(Output(state.name("v")), Name(name), "grad_fn"))
    handle = state.name("h")
    state.run(Hook(Output(handle), Name(name), on, state.choice.pick(_BODIES[on])))
    state.handles.append(handle)


def remove(state: State) -> None:
    """h.remove()"""
    if not state.handles:
        raise Invalid("no hook to remove")
    state.run(Unhook(Name(state.choice.pick(state.handles))))


def function(state: State) -> None:
    """y = Cube.apply(x): a Function of the fixed set"""
    state.need("autograd.Function")
    choice = state.choice
    name = choice.pick(
        (
            "cube",
            "scale",
            "product",
            "exponential",
            "straight_through",
            "doubled_in_place",
            "sorted_with_order",
            "once",
        )
    )
    if name == "doubled_in_place":
        x = state.existing(
            lambda t: writable(t) and t.is_floating_point() and not t._is_view() and not t.is_inference()
        )
        if x is None:
            raise Invalid("nothing to change in place")
    else:
        x = state.tensor("f", "small", (1, 2) if name == "sorted_with_order" else (0, 3), _plain)
    args: list[Any] = [Ref(x)]
    if name == "scale":
        args.append(choice.integer(2, 5))
    if name == "product":
        like = state.env[x]
        args.append(Ref(state.leaf(tuple(like.shape), dtype_name(like.dtype))))
    if name == "sorted_with_order" and len(set(state.env[x].flatten().tolist())) != state.env[x].numel():
        raise Invalid("ties, whose order torch leaves open")
    pair = name in ("product", "sorted_with_order")
    out = (Output(state.name()), Output(state.name())) if pair else Output(state.name())
    state.attempt(Apply(name, tuple(args), out))


def _plain(tensor: Any) -> bool:
    return not tensor.is_inference()
