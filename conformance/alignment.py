"""The traces of two sides of a program, row beside row, at the statement at which they part and just before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy

from .program import Program
from .reading import printed_numbers
from .subjects import Subject
from .trace import Step, steps

BEFORE = 3  # statements that are shown with the one at which the sides part
CLOSE = 1e-5
EQUAL, NEAR, OTHER = " ", "~", "≠"

# What a record holds of one statement at most.
MOST_LINES, MOST_ROWS, LONGEST = 40, 40, 480

Row = tuple[str, str, str]  # how they compare, what the reference shows, what the subject does


@dataclass(frozen=True, slots=True)
class Aligned:
    """A statement by its place and its lines, and what is new after it on either side."""

    place: int
    code: list[str]
    rows: list[Row]

    def record(self) -> dict[str, Any]:
        """The statement as a record of a difference has it, of bounded size; what differs goes before what does not."""
        order = sorted(range(len(self.rows)), key=lambda at: (self.rows[at][0] == EQUAL, at))
        kept = sorted(order[:MOST_ROWS])
        code = [shortened(line, "")[0] for line in self.code[:MOST_LINES]]
        return {
            "code": code if len(self.code) <= MOST_LINES else [*code, "…"],
            "rows": [[mark, *shortened(one, other)] for mark, one, other in map(self.rows.__getitem__, kept)],
        }


@dataclass(frozen=True, slots=True)
class Alignment:
    """The traces of a program on the reference and on the subject."""

    program: Program
    sides: tuple[list[Step], list[Step]]

    def up_to(self, last: int, before: int = BEFORE) -> Iterator[Aligned]:
        """The statement at place ``last``, and so many before it."""
        for place in range(max(0, last - before), last + 1):
            code = self.program.statements[place].lines()
            yield Aligned(place, code, list(self._rows(place)))

    def _rows(self, place: int) -> Iterator[Row]:
        """What is new after a statement on either side, in the order of the reference."""
        there = [side[place] if place < len(side) else None for side in self.sides]
        new = [_facts(step.new) if step is not None else {} for step in there]
        for name in dict.fromkeys(name for facts in new for name in facts):
            # What is new on one side alone stands beside what it is on the other.
            one, other = (
                facts.get(name) or (_facts(step.seen).get(name, "") if step is not None else "")
                for facts, step in zip(new, there, strict=True)
            )
            yield compared(one, other), one, other


def align(program: Program, reference: Subject, subject: Subject) -> Alignment:
    """Run a program on each side alone, and put what is seen side by side."""
    return Alignment(program, (steps(program, reference), steps(program, subject)))


def compared(one: str, other: str) -> str:
    """How two lines of traces compare: alike, alike but for the last digits of numbers, or not."""
    if one == other:
        return EQUAL
    (text, numbers), (others_text, others) = printed_numbers(one), printed_numbers(other)
    near = text == others_text and numbers.shape == others.shape
    return NEAR if near and numpy.allclose(numbers, others, CLOSE, CLOSE, equal_nan=True) else OTHER


def shortened(one: str, other: str, longest: int = LONGEST) -> tuple[str, str]:
    """Two texts cut to a length, in such a way that the place where they part stays in sight."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    begin = alike - longest // 2 if alike >= longest else 0
    return _cut(one, begin, longest), _cut(other, begin, longest)


def _cut(text: str, begin: int, longest: int) -> str:
    head, tail = "…" if begin else "", "…" if len(text) > begin + longest else ""
    kept = f"{head}{text[begin : begin + longest]}{tail}"
    return kept.encode(errors="backslashreplace").decode()  # half of a character would make no JSON


def _facts(lines: list[str]) -> dict[str, str]:
    """Lines by what they are about, so that those of both sides can stand side by side; equal ones are counted."""
    found: dict[str, str] = {}
    for line in lines:
        key = about = line.partition(" = ")[0].partition(" <- ")[0].partition(": ")[0]
        again = 1
        while key in found:
            again += 1
            key = f"{about} {again}"
        found[key] = line
    return found
