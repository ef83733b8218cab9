"""Moves that put other moves inside a block: grad modes, saved-tensor hooks, anomaly mode, dual levels."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch

from ..state import Invalid, State
from ..statements import (
    Backward,
    Block,
    Get,
    ModeUse,
    Name,
    Op,
    Output,
    Ref,
    SavedHooks,
    Set,
    Statement,
)
from ..statements.hook import PACKINGS
from ..statements.mode import CALLED, ELSEWHERE, PLAIN, WAYS
from .backward import root
from .inside import Body, inside
from .operation import writable


def grad_mode(state: State, body: Body) -> None:
    """with torch.no_grad(): ..., or the mode as a decorator"""
    choice = state.choice
    mode = choice.pick(("no_grad", "no_grad", "no_grad", "enable_grad", "inference_mode", "set_grad_enabled"))
    args = (choice.chance(0.5),) if mode == "set_grad_enabled" else ()
    if mode == "inference_mode" and choice.chance(0.2):
        args = (False,)
    state.need(mode)
    # set_grad_enabled acts when it is made, so it cannot be made once and used as a decorator later on.
    decorator = choice.chance(0.15) and mode != "set_grad_enabled"

    def scope(inner: tuple[Statement, ...]) -> Block:
        return Block(mode, inner, args, decorator)

    inside(state, scope, body)


def mode_use(state: State, body: Body) -> None:
    """A mode as the decorator of a method, generator or coroutine, entered again, called, in another thread"""
    choice = state.choice
    way = choice.pick(tuple(WAYS))
    if way in CALLED:
        mode = "set_grad_enabled"
    elif way in PLAIN:
        mode = choice.pick(("no_grad", "enable_grad", "inference_mode"))
    elif way == "entered_again":  # inference mode that was entered twice is never left
        mode = choice.pick(("no_grad", "enable_grad"))
    else:
        mode = choice.pick(("no_grad", "no_grad", "enable_grad", "inference_mode", "set_grad_enabled"))
    args = (choice.chance(0.5),) if mode == "set_grad_enabled" else ()
    if mode == "inference_mode" and way not in PLAIN and choice.chance(0.3):
        args = (False,)
    state.need(mode, *(["inference_mode"] if way in ELSEWHERE else []))
    inside(state, lambda inner: ModeUse(way, mode, inner, args), body)


def descend(state: State, body: Body) -> None:
    """with torch.no_grad(): x -= x.grad * rate; then x.grad = None, as an optimiser steps"""
    del body
    state.need("no_grad", "operator.isub", "operator.mul")
    name = state.existing(lambda tensor: tensor.is_leaf and tensor.grad is not None and writable_leaf(tensor))
    if name is None:
        raise Invalid("no leaf with a gradient")

    def inner(state: State) -> None:
        held, step = Output(state.name("d")), Output(state.name())
        state.run(Get(held, Name(name), "grad"))
        state.run(Op("operator.mul", (Ref(held), 0.125), out=step))
        state.attempt(Op("operator.isub", (Ref(name), Ref(step))))

    inside(state, lambda found: Block("no_grad", found), inner)
    if state.choice.chance(0.6):
        state.run(Set(Name(name), "grad", None))


def writable_leaf(tensor: Any) -> bool:
    """Whether a leaf can be written to once gradients are not recorded."""
    return not tensor.is_inference() and not tensor._is_view()


def saved_hooks(state: State, body: Body) -> None:
    """with torch.autograd.graph.saved_tensors_hooks(pack, unpack): ..."""
    state.need("autograd.graph.saved_tensors_hooks")
    if state.choice.chance(0.2):
        state.need("autograd.graph.save_on_cpu")
        inside(state, lambda inner: Block("autograd.graph.save_on_cpu", inner), body)
        return
    pack = state.choice.pick(tuple(PACKINGS))
    inside(state, lambda inner: SavedHooks(pack, inner), body)


def without_hooks(state: State, body: Body) -> None:
    """with torch.autograd.graph.disable_saved_tensors_hooks("text"): ..."""
    state.need("autograd.graph.disable_saved_tensors_hooks")
    refused = Block("autograd.graph.disable_saved_tensors_hooks", (), ("no hooks here",))
    inside(state, lambda inner: dataclasses.replace(refused, body=inner), body)


def mutable(state: State, body: Body) -> None:
    """with torch.autograd.graph.allow_mutation_on_saved_tensors(): save a tensor, write to it, differentiate"""
    state.need("autograd.graph.allow_mutation_on_saved_tensors", "mul", "exp", "sin", "Tensor.clone")

    if torch.is_inference_mode_enabled():
        raise Invalid("nothing is saved")
    del (
        body
    )  # other modes, hooks and ops inside it show by what torch sees a write, which is nothing to follow

    def inner(state: State) -> None:
        for op in ("exp", "sin", "Tensor.clone"):
            if state.choice.chance(0.5):
                source = state.tensor("f", "small", keep=_counted)
                state.run(Op(op, (Ref(source),), out=Output(state.name())))
        name = state.existing(
            lambda tensor: tensor.is_floating_point() and tensor.requires_grad and _counted(tensor)
        )
        written = state.existing(
            lambda tensor: tensor.is_floating_point() and writable(tensor) and _counted(tensor)
        )
        if name is None or written is None:
            return
        product = Output(state.name())
        if state.attempt(Op("mul", (Ref(name), Ref(written)), out=product)):
            method = state.choice.pick(("mul_", "zero_", "exp_"))
            operands = (Ref(written), 0.5) if method == "mul_" else (Ref(written),)
            state.attempt(Op(f"Tensor.{method}", operands))
            gradient = Name(state.cotangent(state.env[product]))
            state.attempt(Backward(Name(product), gradient, retain_graph=True))

    inside(state, lambda found: Block("autograd.graph.allow_mutation_on_saved_tensors", found), inner)


def _counted(tensor: Any) -> bool:
    return not tensor.is_inference()


def anomaly(state: State, body: Body) -> None:
    """with torch.autograd.detect_anomaly(): ..., with a pass at the end, at times over a NaN"""
    state.need("autograd.detect_anomaly", "Tensor.backward", "Tensor.sqrt", "operator.mul")
    args = state.choice.pick(((), (), (False,)))

    def inner(state: State) -> None:
        body(state)
        if state.choice.chance(0.5):
            x, y = state.tensor("f", "small", keep=lambda tensor: tensor.requires_grad), Output(state.name())
            state.run(Op("Tensor.sqrt", (Ref(x),), out=y))
            state.run(Op("operator.mul", (Ref(y), Ref(x)), out=Output(state.name())))
        name = root(state)
        state.attempt(Backward(Name(name), Name(state.cotangent(state.env[name])), True))

    inside(state, lambda found: Block("autograd.detect_anomaly", found, args), inner)
