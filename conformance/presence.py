"""Which ops a subject has: those it lacks are left out, listed, and never counted as agreement."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .absence import has
from .program import Program
from .recorded import RUNS, find_program
from .statements import Op, ProgramError
from .statements.statement import nested
from .subjects import Subject


@dataclass(frozen=True, slots=True)
class Presence:
    """Says whether a subject has a name; absent ones are remembered."""

    subject: Subject
    known: dict[str, bool] = field(default_factory=dict)

    def __call__(self, name: str) -> bool:
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = has(self.subject.module, name)
        return found

    def has_dtype(self, name: str) -> bool:
        """Whether the subject has a dtype."""
        return hasattr(self.subject.module, name)

    def __hash__(self) -> int:
        return id(self)

    def absent(self) -> list[str]:
        """The names that programs draw from and the subject lacks."""
        from .moves import NAMES  # which draws on torch, and a program that is given needs none
        from .vocabulary import ROWS

        names = {name for row in ROWS for name in row.names()} | set(NAMES)
        return [name for name in sorted(names) if not self(name)]


def known_program(what: str, reference: Subject, runs: Path = RUNS) -> Program:
    """The program that a person names; ProgramError where it calls what the reference does not have."""
    program, known = find_program(what, runs), Presence(reference)
    if reference.recording is not None:
        return program
    for place, outer in enumerate(program.statements):
        for statement in nested(outer):
            if isinstance(statement, Op) and not known(statement.name):
                raise ProgramError(
                    f"{what}: statement {place}: {reference.name} has no op {statement.name!r}"
                )
    return program
