"""Moves about the engine itself: passes within passes, hooks that raise, checkpoints."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Attempt, Backward, Checkpoint, Hook, Name, NestedPass, Output, Ref, Unhook
from ..statements.hook import REPLACING
from .backward import batched, differentiable, leaves_behind, root


def nested_pass(state: State) -> None:
    """h = x.register_hook(...), in which another pass runs; then x.backward(g, retain_graph=True)"""
    state.need("Tensor.register_hook", "Tensor.backward", "ones_like", "enable_grad")
    outer, inner = root(state), state.existing(_plain)
    if inner is None or not _plain(state.env[outer]):
        raise Invalid("nothing to differentiate")
    body = state.choice.pick(("passing", "recording", "asking", "deriving", "calling_back", "calling_back"))
    handle = state.name("h")
    state.run(NestedPass(Output(handle), Name(outer), body, Name(inner)))
    leaves = leaves_behind(state, outer)
    if leaves and state.choice.chance(0.3) and not state.tensors(lambda tensor: tensor.retains_grad):
        state.attempt(batched(state, outer, leaves[:1]))
    else:
        state.attempt(Backward(Name(outer), Name(state.cotangent(state.env[outer])), True))
    state.run(Unhook(Name(handle)))


def failing_hook(state: State) -> None:
    """h = x.register_hook(fail), or one that returns what cannot be; a pass that fails; h.remove(); a pass over what it
    left"""
    state.need("Tensor.register_hook", "Tensor.backward")
    outer = root(state)
    if not _plain(state.env[outer]):
        raise Invalid("nothing to hook")
    inner = state.existing(lambda tensor: _plain(tensor) or (tensor.is_leaf and tensor.requires_grad))
    assert inner is not None
    places = ("tensor", "leaf") if state.env[inner].is_leaf else ("tensor", "node", "prehook")
    on = state.choice.pick(places)
    handle = state.name("h")
    state.run(Hook(Output(handle), Name(inner), on, state.choice.pick(WRONG[on])))
    cotangent = state.cotangent(state.env[outer])
    state.attempt(Backward(Name(outer), Name(cotangent), state.choice.pick((True, None))))
    state.run(Unhook(Name(handle)))
    state.attempt(Backward(Name(outer), Name(cotangent), True))


WRONG = {
    "tensor": ("fail", "number", "scalar", "in_other_precision"),
    "leaf": ("fail", "returned", "counted"),
    "node": ("fail", *(body.__name__ for body in REPLACING)),
    "prehook": ("fail", *(body.__name__ for body in REPLACING)),
}


def _plain(tensor: Any) -> bool:
    """Whether a hook can be put on a tensor: torch 2.13 crashes on a view whose base was written to since."""
    return bool(differentiable(tensor) and not tensor._is_view() and tensor.numel())


def checkpointed(state: State) -> None:
    """y = torch.utils.checkpoint.checkpoint(f, torch, x, use_reentrant=...)"""
    state.need("utils.checkpoint.checkpoint")
    choice = state.choice
    name = choice.pick(NAMES_OF_CHECKPOINTED)
    x = state.tensor("f", "small", (1, 3) if name == "failing" else (0, 3), _recorded)
    args = [Ref(x)]
    if name == "product":
        like = state.env[x]
        args.append(Ref(state.leaf(tuple(like.shape), dtype_name(like.dtype))))
    out: Any = (Output(state.name()), Output(state.name())) if name == "twofold" else Output(state.name())
    reentrant, stop = choice.chance(0.3), choice.pick((None, None, False, True))
    statement = Checkpoint(name, tuple(args), out, reentrant, stop, choice.pick((None, None, True)))
    if name == "failing":
        state.append(Attempt(statement))
    else:
        state.attempt(statement)


NAMES_OF_CHECKPOINTED = (
    *("wave", "wave", "product", "within", "noise", "twofold", "failing", "in_place"),
    *("told", "told", "looked_at_twice"),
)


def _recorded(tensor: Any) -> bool:
    return not tensor.is_inference() and tensor.numel() > 0
