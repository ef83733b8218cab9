"""Moves that look at the graph, go into it at an edge, call a node by hand, and hook what is saved."""

from __future__ import annotations

from typing import Any

from ..hazard import fails_to_pack
from ..state import Invalid, State
from ..statements import (
    Get,
    Grad,
    MultiHook,
    Name,
    NodeCall,
    NodeOrder,
    Op,
    Output,
    RawHooks,
    Ref,
    Statement,
)
from .backward import differentiable, leaves_behind, root


def edge(state: State) -> None:
    """e = torch.autograd.graph.get_gradient_edge(x), then a gradient from there, or with respect to it"""
    state.need("autograd.graph.get_gradient_edge")
    choice = state.choice
    name = root(state)
    made = Output(state.name("e"))
    if choice.chance(0.5):
        leaves = leaves_behind(state, name)
        if not leaves:
            raise Invalid("no input to differentiate by")
        given = Name(state.cotangent(state.env[name]))
        state.run(Op("autograd.graph.get_gradient_edge", (Ref(name),), out=made))
        out = tuple(Output(state.name("d")) for _ in leaves)
        state.attempt(Grad(out, (Name(made),), tuple(map(Name, leaves)), (given,), True, None, True))
        return
    target = state.existing(lambda tensor: tensor.requires_grad)
    if target is None:
        raise Invalid("no tensor to have an edge of")
    given = Name(state.cotangent(state.env[name]))
    state.run(Op("autograd.graph.get_gradient_edge", (Ref(target),), out=made))
    if choice.chance(0.6):
        create = True if choice.chance(0.3) else None
        out = (Output(state.name("d")),)
        state.attempt(Grad(out, (Name(name),), (Name(made),), (given,), True, create, True))
    else:
        options = {"retain_graph": True, "inputs": [Ref(made)]}
        state.attempt(Op("autograd.backward", (Ref(name), Ref(given)), options))


def call(state: State) -> None:
    """d = x.grad_fn(g)"""
    name = state.existing(_whole)
    if name is None:
        raise Invalid("no node to call")
    state.attempt(NodeCall(Output(state.name("d")), Name(name), (Name(state.cotangent(state.env[name])),)))


def _whole(tensor: Any) -> bool:
    """Whether the one gradient of a tensor is all that its node takes."""
    return differentiable(tensor) and len(tensor.grad_fn._input_metadata) == 1


def metadata(state: State) -> None:
    """v = x.grad_fn, then what it leads to and was annotated with"""
    name = state.existing(differentiable)
    if name is None:
        raise Invalid("no node to look at")
    node = Output(state.name("n"))
    state.run(Get(node, Name(name), "grad_fn"))
    attribute = state.choice.pick(("next_functions", "metadata", "next_functions", "requires_grad"))
    state.run(Get(Output(state.name("v")), Name(node), attribute))


def order(state: State) -> None:
    """v = z.grad_fn._sequence_nr() - y.grad_fn._sequence_nr(), of two nodes, or the number that one was given"""
    name = state.existing(lambda tensor: tensor.requires_grad)
    if name is None:
        raise Invalid("nothing to make nodes of")
    number = state.choice.integer(0, 3) if state.choice.chance(0.4) else None
    state.run(NodeOrder(Output(state.name("v")), Name(name), number))


def saved_hooks(state: State) -> None:
    """x.grad_fn._raw_saved_self.register_hooks(pack, unpack)"""
    name = state.existing(lambda tensor: bool(differentiable(tensor) and _places(tensor.grad_fn)))
    if name is None:
        raise Invalid("nothing is saved")
    place = state.choice.pick(_places(state.env[name].grad_fn))
    statement = RawHooks(Name(name), place, state.choice.pick(("same", "double", "shape", "by_flag")))
    if fails_to_pack(statement, state.env):
        raise Invalid("the hook cannot pack what is saved")
    state.attempt(statement)


def _places(node: Any) -> list[str]:
    """The attributes that show where a node keeps one tensor."""
    return [name for name in dir(node) if name.startswith("_raw_saved_") and _keeps_one(node, name)]


def _keeps_one(node: Any, name: str) -> bool:
    try:
        return hasattr(getattr(node, name), "register_hooks")
    except RuntimeError:  # several, which were released
        return False


def several(state: State) -> None:
    """h = torch.autograd.graph.register_multi_grad_hook([x, y], hook, mode="all")"""
    state.need("autograd.graph.register_multi_grad_hook")
    choice = state.choice
    names = [state.existing(lambda tensor: tensor.requires_grad) for _ in range(choice.integer(1, 3))]
    chosen = [name for name in dict.fromkeys(names) if name is not None]
    if not chosen or any(state.env[name]._is_view() for name in chosen):
        # torch 2.13 crashes on hooking a view whose base was written to since its node was last looked at.
        raise Invalid("nothing to hook")
    handle = state.name("h")
    mode = choice.pick(("all", "all", "any"))
    if state.attempt(MultiHook(Output(handle), tuple(map(Name, chosen)), mode)):
        state.handles.append(handle)


def write_unseen(state: State) -> None:
    """torch.autograd.graph.increment_version(x)"""
    state.need("autograd.graph.increment_version")
    name = state.existing(lambda tensor: tensor.is_inference()) if state.choice.chance(0.3) else None
    name = name or state.existing(lambda tensor: True)
    if name is None:
        raise Invalid("nothing to count a write to")
    if state.env[name].is_inference():  # what is made of it outside counts what is written, and not this
        alias = Output(state.name())
        state.need("Tensor.detach")
        state.run(Op("Tensor.detach", (Ref(name),), out=alias))
        name = str(alias)
    statement: Statement = Op("autograd.graph.increment_version", (Ref(name),))
    state.attempt(statement)
