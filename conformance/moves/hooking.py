"""Moves that register and remove hooks."""

from __future__ import annotations

from typing import Any

from ..state import Invalid, State
from ..statements import Get, Hook, Name, Output, Unhook

_BODIES = {
    "tensor": ("observe", "double", "negate", "square", "observe", "double"),
    "leaf": ("observe", "observe", "halve_grad", "clear_grad"),
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
    state.run(Unhook(Name(state.choice.pick(state.handles)), state.choice.chance(0.2)))
