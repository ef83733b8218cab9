"""What the record of a difference shows of both sides where they part: their traces, and their graphs."""

from __future__ import annotations

import dataclasses
from typing import Any

from .alignment import align
from .graph_pair import graphs
from .leftover import restore_state
from .observation import Difference
from .program import Program
from .subjects import Subject


def parting(program: Program, difference: Difference, reference: Subject, subject: Subject) -> dict[str, Any]:
    """The fields `steps` and `graphs` of a record; what cannot be made is left out."""
    statements = program.statements[: difference.statement + 1]
    shown = dataclasses.replace(program, statements=statements)
    found = {}
    for name, make in (("steps", steps), ("graphs", graphs)):
        try:
            found[name] = make(shown, difference, reference, subject)
        except Exception:  # whatever is wrong with a side, the difference itself is told of
            found[name] = None
        for side in (reference, subject):
            restore_state(side)
    return {name: made for name, made in found.items() if made is not None}


def steps(
    program: Program, difference: Difference, reference: Subject, subject: Subject
) -> list[dict[str, Any]]:
    """The statement at which the sides part last, and those just before it."""
    return [one.record() for one in align(program, reference, subject).up_to(difference.statement)]
