"""The traces of both sides, aligned: a statement, and what each side shows after it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.field import Fields

MARKS = {" ": "equal", "~": "differs in the last digits", "≠": "differs"}


@dataclass(frozen=True, slots=True)
class Row:
    """What each side shows of one thing; `mark` is a sign of MARKS."""

    mark: str
    expected: str
    got: str

    @property
    def meaning(self) -> str:
        return MARKS[self.mark]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement in lines of Python, and the rows after it."""

    code: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def parts(self) -> bool:
        return any(row.mark == "≠" for row in self.rows)


def read_steps(fields: Fields, name: str) -> tuple[Step, ...]:
    """The steps of a record, none where it has none."""
    if fields.data.get(name) is None:
        return ()
    return tuple(_step(one) for one in fields.objects(name))


def _step(fields: Fields) -> Step:
    rows = fields.data.get("rows")
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        fields.fail("rows", "a list of [mark, expected, got]")
    return Step(fields.texts("code"), tuple(Row(*row) for row in rows))


def _is_row(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(part, str) for part in value)
        and value[0] in MARKS
    )
