"""What both libraries show of a statement, row beside row, as a difference has it."""

from dataclasses import dataclass

from reports.field import Fields

MARKS = (" ", "~", "≠")


@dataclass(frozen=True, slots=True)
class Row:
    """Something seen on both sides; ``mark`` is " " where it is equal, "~" where it differs in the last digits of
    numbers, and "≠" where it differs."""

    mark: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, in Python lines, and what is new after it."""

    code: tuple[str, ...]
    rows: tuple[Row, ...]


def read_steps(fields: Fields, name: str) -> tuple[Step, ...]:
    """The steps in a field; none where the record does not have it."""
    if fields.data.get(name) is None:
        return ()
    return tuple(Step(step.texts("code"), _rows(step)) for step in fields.objects(name))


def _rows(step: Fields) -> tuple[Row, ...]:
    rows = step.data.get("rows")
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        step.fail("rows", "a list of [mark, expected, got]")
    return tuple(Row(*row) for row in rows)


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 3
        and all(isinstance(text, str) for text in row)
        and row[0] in MARKS
    )
