"""A move that profiles what other moves do."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import torch

from ..state import Invalid, State
from ..statements import Backward, Block, Name, Op, Profile, Statement
from ..statements.profile import WAYS
from .backward import root
from .inside import inside

NAMES = ("autograd.profiler.profile", "autograd.profiler.record_function")
OFTEN = ("profiled", "profiled", "with_shapes")


def profiled(state: State, body: Callable[[State], None]) -> None:
    """with torch.autograd.profiler.profile(): ..., each statement in a range of its own, and a pass at the end"""
    state.need(*NAMES, "Tensor.backward")
    if torch.autograd.profiler._is_profiler_enabled:
        raise Invalid("one profile inside of another ends that, and torch says so on stderr")

    def inner(state: State) -> None:
        body(state)
        if state.choice.chance(0.5):
            name = root(state)
            state.attempt(Backward(Name(name), Name(state.cotangent(state.env[name])), True))
        state.body[:] = [ranged(state, place, one) for place, one in enumerate(state.body)]

    way = state.choice.pick((*OFTEN, *WAYS))
    inside(state, lambda found: Profile(way, found), inner)


def ranged(state: State, place: int, statement: Statement) -> Block:
    """A statement in a range, whose name says of it whether it is a call of ops on tensors, and of nothing else."""
    names = (*statement.reads(), *statement.writes())
    of_arrays = any(isinstance(state.env.get(name), numpy.ndarray) for name in names)
    name = f"{'op' if isinstance(statement, Op) and not of_arrays else 'step'} {place}"
    decorator = state.choice.chance(0.2)
    return Block("autograd.profiler.record_function", (statement,), (name,), decorator)
