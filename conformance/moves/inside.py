"""How moves put what others draw inside a block."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ..state import Invalid, State
from ..statements import Scope, Statement

Body = Callable[[State], None]


def inside(state: State, scope: Callable[[tuple[Statement, ...]], Scope], body: Body) -> None:
    """Draw a body while the reference is inside the scope, then append the scope with it."""
    outer, state.body = state.body, []
    try:
        with scope(()).context(torch, state.env, state.events):
            body(state)
    finally:
        inner, state.body = state.body, outer
        if inner:
            state.body.append(scope(tuple(inner)))
    if not inner:
        raise Invalid("an empty block")
