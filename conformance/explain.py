"""The traces of a program on both sides, side by side, around the statement at which they part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from .document import one_line
from .observation import Difference
from .outcome import Outcome
from .program import Program
from .reading import printed_numbers
from .subjects import Subject
from .trace import Step, steps

LEAST, MOST_SHOWN = 3, 8  # statements of context, differences told of
CLOSE = 1e-5
EQUAL, NEAR, OTHER = " ", "~", "≠"
STYLES = {EQUAL: "", NEAR: "yellow", OTHER: "bold red"}
LEGEND = f"{OTHER} differs   {NEAR} differs in the last digits"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where two runs of a program part, to be printed: `context` statements before that too."""

    program: Program
    outcome: Outcome
    names: tuple[str, str]
    sides: tuple[list[Step], list[Step]]
    context: int = LEAST

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first = self.outcome.difference
        yield Text(f"{self.program.name}: {self.outcome.status}", "bold")
        if first is None:
            yield "The sides agree: there is nothing to explain."
            return
        last = first.statement
        begin = max(0, last - self.context)
        if begin:
            yield Text(f"... {begin} statements before", "dim")
        column = max((options.max_width - 4) // 2, 20)
        yield _grid(column, [(EQUAL, *self.names)], "dim")
        for place in range(begin, last + 1):
            yield Text("\n".join(self._code(place)), "bold" if place == last else "")
            yield _grid(column, list(self._rows(place)))
        left = len(self.program.statements) - last - 1
        if left:
            yield Text(f"... {left} statements after", "dim")
        yield Text(LEGEND, "dim")
        for one in list(dict.fromkeys(self.outcome.differences))[:MOST_SHOWN]:
            yield from _told(one, self.names)

    def _code(self, place: int) -> list[str]:
        first, *rest = self.program.statements[place].lines()
        return [f"{place:3} {first}", *(f"    {line}" for line in rest)]

    def _rows(self, place: int) -> Iterator[tuple[str, str, str]]:
        """What is new after a statement on either side, in the order of the reference."""
        there = [side[place] for side in self.sides if place < len(side)]
        new = [_facts(step.new) for step in there]
        for name in dict.fromkeys(name for facts in new for name in facts):
            # What is new on one side alone stands beside what it is on the other.
            lines = [
                facts.get(name) or _facts(step.seen).get(name, "")
                for facts, step in zip(new, there, strict=True)
            ]
            one, other = (*lines, "")[:2]
            yield compared(one, other), one, other


def explain(
    program: Program, outcome: Outcome, reference: Subject, subject: Subject, context: int = LEAST
) -> Explanation:
    """The explanation of what a lockstep run came to."""
    names = f"{reference.name} {reference.version}", f"{subject.name} {subject.version}"
    return Explanation(program, outcome, names, (steps(program, reference), steps(program, subject)), context)


def compared(one: str, other: str) -> str:
    """How two lines of traces compare: alike, alike but for the last digits of numbers, or not."""
    if one == other:
        return EQUAL
    (text, numbers), (others_text, others) = printed_numbers(one), printed_numbers(other)
    near = text == others_text and numbers.shape == others.shape
    return NEAR if near and numpy.allclose(numbers, others, CLOSE, CLOSE, equal_nan=True) else OTHER


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


def _grid(column: int, rows: list[tuple[str, str, str]], style: str | None = None) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=column, overflow="fold")
    grid.add_column(width=column, overflow="fold")
    for mark, one, other in rows:
        grid.add_row(mark, Text(one), Text(other), style=STYLES[mark] if style is None else style)
    return grid


def _told(one: Difference, names: tuple[str, str]) -> Iterator[Text]:
    yield Text(f"{one.signature} at {one.location}", "red")
    width = max(map(len, names))
    for name, text in zip(names, (one.expected, one.got), strict=True):
        yield Text(f"    {name.ljust(width)}  {one_line(text)}")
