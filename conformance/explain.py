"""The traces of a program on both sides, side by side, around the statement at which they part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from .alignment import BEFORE, EQUAL, NEAR, OTHER, Alignment, Row, align
from .document import one_line
from .observation import Difference
from .outcome import Outcome
from .program import Program
from .subjects import Subject

MOST_SHOWN = 8  # differences told of
STYLES = {EQUAL: "", NEAR: "yellow", OTHER: "bold red"}
LEGEND = f"{OTHER} differs   {NEAR} differs in the last digits"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where two runs of a program part, to be printed: `context` statements before that too."""

    alignment: Alignment
    outcome: Outcome
    names: tuple[str, str]
    context: int = BEFORE

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first, program = self.outcome.difference, self.alignment.program
        yield Text(f"{program.name}: {self.outcome.status}", "bold")
        if first is None:
            yield "The sides agree: there is nothing to explain."
            return
        last = first.statement
        begin = max(0, last - self.context)
        if begin:
            yield Text(f"... {begin} statements before", "dim")
        column = max((options.max_width - 4) // 2, 20)
        yield _grid(column, [(EQUAL, *self.names)], "dim")
        for one in self.alignment.up_to(last, self.context):
            yield Text("\n".join(_numbered(one.place, one.code)), "bold" if one.place == last else "")
            yield _grid(column, one.rows)
        left = len(program.statements) - last - 1
        if left:
            yield Text(f"... {left} statements after", "dim")
        yield Text(LEGEND, "dim")
        for difference in list(dict.fromkeys(self.outcome.differences))[:MOST_SHOWN]:
            yield from _told(difference, self.names)


def explain(
    program: Program, outcome: Outcome, reference: Subject, subject: Subject, context: int = BEFORE
) -> Explanation:
    """The explanation of what a lockstep run came to."""
    names = f"{reference.name} {reference.version}", f"{subject.name} {subject.version}"
    return Explanation(align(program, reference, subject), outcome, names, context)


def _numbered(place: int, code: list[str]) -> list[str]:
    first, *rest = code
    return [f"{place:3} {first}", *(f"    {line}" for line in rest)]


def _grid(column: int, rows: list[Row], style: str | None = None) -> Table:
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
