"""A program made of another: literals of another dtype, a statement left out or done twice."""

from __future__ import annotations

import contextlib
import dataclasses

from .choice import Choice
from .hazard import hazardous
from .program import Program
from .state import CLASS_OF, CLASSES, Invalid, State
from .statements import Attempt, Op, ProgramError, Scope, Statement, TensorLiteral

CHANGES = 3


def mutate(state: State, parent: Program) -> None:
    """Append the statements of a changed program; what raises is an attempt, what is not there any more is left out."""
    statements = list(parent.statements)
    for _ in range(state.choice.integer(1, CHANGES)):
        state.choice.pick(WAYS)(state.choice, statements)
    for statement in statements:
        bound = all(name in state.env for name in statement.reads())
        if not bound or not all(state.available(one.name) for one in statement.flat() if isinstance(one, Op)):
            continue
        mistake = statement.mistake if isinstance(statement, Attempt) else None
        inner = statement.statement if isinstance(statement, Attempt) else statement
        if hazardous(inner, state.env, state.is_lent, state.body):
            continue
        try:
            state.attempt(inner)
        except Invalid:
            continue
        if mistake is not None:
            state.body[-1] = Attempt(inner, mistake)


def retype(choice: Choice, statements: list[Statement]) -> None:
    """Give a literal another dtype of its class."""
    places = [
        at for at, one in enumerate(statements) if isinstance(one, TensorLiteral) and one.dtype in CLASS_OF
    ]
    if places:
        at = choice.pick(places)
        found = statements[at]
        assert isinstance(found, TensorLiteral)
        dtype = CLASSES[CLASS_OF[found.dtype]].pick(choice)
        with contextlib.suppress(ProgramError):  # it has no place for the numbers
            statements[at] = dataclasses.replace(found, dtype=dtype)


def drop(choice: Choice, statements: list[Statement]) -> None:
    """Leave out a statement that is no literal."""
    places = [at for at, one in enumerate(statements) if not isinstance(one, TensorLiteral)]
    if len(places) > 1:
        del statements[choice.pick(places)]


def repeat(choice: Choice, statements: list[Statement]) -> None:
    """Do a statement again that binds no name, at a later place."""
    places = [at for at, one in enumerate(statements) if not one.writes() and not isinstance(one, Scope)]
    if places:
        at = choice.pick(places)
        statements.insert(choice.integer(at + 1, len(statements)), statements[at])


WAYS = (retype, drop, repeat)
