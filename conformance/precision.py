"""How precise a value can be: no more so than the narrowest type that it came through.

A statement is looked at when it is over. What a block did on the way, run as a whole, was not: a number that it rounded
to float32 and then cast to float64 is as far off as float32 rounds, and so is a gradient that came back through a cast.
What was looked at before has equal bits on both sides, and rounds no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .reading import dtype_name, is_tensor
from .statements import Backward, Grad, Statement
from .tolerance import EPSILON


def precision(
    dtype: str, name: str, present: Statement, before: Sequence[Statement], env: Mapping[str, Any]
) -> str:
    """The narrowest of `dtype` and of the types that what `present` made as `name` came through.

    A backward pass runs through what the statements `before` have recorded, and so through their types.
    """
    made = list(present.flat())
    names = {name}
    passes = [one for one in made if isinstance(one, Backward | Grad)]
    if passes:
        names.update(*(one.reads() for one in passes))
        made = [inner for one in before for inner in one.flat()] + made
    elif len(made) == 1:
        return dtype
    types = [dtype_name(env[one].dtype) for one in sources(names, made) if is_tensor(env.get(one))]
    return max((dtype, *types), key=lambda one: EPSILON.get(one, 0.0))


def sources(names: set[str], statements: Iterable[Statement]) -> set[str]:
    """`names`, and all that the statements made them from, by way of what they were written over with too."""
    found = set(names)
    for one in reversed(list(statements)):
        touched = (*one.writes(), *(one.reads() if one.writes_memory else ()))
        if not one.blocks() and not found.isdisjoint(touched):
            found.update(one.reads())
    return found
