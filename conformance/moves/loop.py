"""Moves of scripts: a loop, the default type of a part, a chain of methods, a question about a class."""

from __future__ import annotations

import torch

from ..state import Invalid, State
from ..statements import (
    Attempt,
    Chain,
    DefaultType,
    IsInstance,
    Name,
    Op,
    Output,
    Ref,
    Repeat,
    Statement,
)
from ..statements.chain import BEFORE
from ..statements.instance import CLASSES
from .inside import Body, inside

NAMES = ("set_default_tensor_type",)
# What follows on any tensor; what it needs otherwise, torch says. None of it rounds: a cast would hide by how much.
LINKS: tuple[tuple[str, tuple[object, ...]], ...] = (
    *(
        ("detach", ()),
        ("clone", ()),
        ("contiguous", ()),
        ("amax", ()),
        ("neg", ()),
        ("abs", ()),
        ("sign", ()),
    ),
    *(("reshape", (-1,)), ("unsqueeze", (0,)), ("squeeze", ()), ("t", ()), ("neg_", ()), ("mul", (2,))),
    *(("requires_grad_", ()), ("double", ()), ("float", ()), ("item", ()), ("numpy", ()), ("size", ())),
)


def repeated(state: State, body: Body) -> None:
    """for _ in range(2): ..."""
    times = state.choice.integer(2, 3)
    inside(state, lambda inner: Repeat(1, inner), body)
    once = state.body.pop()
    assert isinstance(once, Repeat)
    whole: Statement = Repeat(times, once.body)
    try:
        for statement in once.body * (times - 1):
            statement.execute(torch, state.env, state.events)
    except Exception:
        whole = Attempt(whole)
    state.body.append(whole)


def default_type(state: State, body: Body) -> None:
    """torch.set_default_tensor_type("torch.DoubleTensor") ..."""
    state.need("set_default_tensor_type")
    name = state.choice.pick(("torch.DoubleTensor", "torch.HalfTensor", "torch.FloatTensor"))
    inside(state, lambda inner: DefaultType(name, inner), body)


def chained(state: State) -> None:
    """y = x.detach().clone().exp()"""
    name = state.existing(lambda tensor: True)
    if name is None:
        raise Invalid("no tensor to begin with")
    receivers = (name, *([BEFORE] * state.choice.integer(1, 3)))
    calls = []
    for receiver in receivers:
        method, args = state.choice.pick(LINKS)
        state.need(f"Tensor.{method}")
        calls.append(Op(f"Tensor.{method}", (Ref(receiver), *args)))
    state.attempt(Chain(Output(state.name()), calls[0], tuple(calls[1:])))


def classified(state: State) -> None:
    """v = isinstance(x, torch.autograd.Variable)"""
    name = state.existing(lambda tensor: True)
    of = state.choice.pick(sorted(CLASSES))
    if name is None:
        raise Invalid("no tensor to ask about")
    state.need(of)
    state.run(IsInstance(Output(state.name("v")), Name(name), of))
