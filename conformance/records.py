"""The files of a run: a header that is replaced whole, and records that are appended line by line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from .observation import Difference
from .outcome import Outcome, Status
from .program import Program

FORMAT = 1


class RunError(ValueError):
    """A run folder cannot be read; the text names the file, the line and the cause."""


@dataclass(slots=True)
class Writer:
    """Appends records to a run's folder."""

    folder: Path
    file: TextIO

    @classmethod
    def open(cls, folder: Path) -> Writer:
        """Make the folder, which must not be there yet."""
        folder.mkdir(parents=True)
        return cls(folder, (folder / "records.jsonl").open("a", encoding="utf-8"))

    def append(self, record: dict[str, Any]) -> None:
        """Write one record and flush it."""
        self.file.write(json.dumps(record, allow_nan=False) + "\n")
        self.file.flush()

    def header(self, record: dict[str, Any]) -> None:
        """Replace the header in one step, so that a reader never sees half of it."""
        path = self.folder / "run.json"
        draft = path.with_suffix(".json.draft")
        draft.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        os.replace(draft, path)

    def close(self) -> None:
        """Close the file of records."""
        self.file.close()


def program_record(program: Program, outcome: Outcome | None, crash: str | None = None) -> dict[str, Any]:
    """What a program came to; without an outcome it is a crash, and `crash` says of what."""
    ops = sorted({statement.label for statement in program.flat()})
    record: dict[str, Any] = {
        "record": "program",
        "id": program.name,
        "origin": program.origin,
        "status": Status.CRASH,
        "statements": len(program.statements),
        "completed": 0,
        "ops": ops,
        "kinds": {},
        "signature": None,
        "arbitrated": 0,
    }
    if outcome is None:
        return {**record, "error": crash}
    differences = (*outcome.differences, *outcome.accepted)
    return {
        **record,
        "status": outcome.status,
        "completed": outcome.completed,
        "kinds": dict(sorted(outcome.counts.items())),
        "signature": differences[0].signature if differences else None,
        "arbitrated": outcome.arbitrated,
        "rounded": outcome.rounded,
    }


def difference_record(
    program: Program,
    difference: Difference,
    reduced: Program | None,
    script: str | None,
    accepted: str | None = None,
) -> dict[str, Any]:
    """A difference, first seen in `program`, with the smallest program that shows it."""
    return {
        "record": "difference",
        "signature": difference.signature,
        "program": program.name,
        "statement": difference.statement,
        "kind": difference.kind,
        "field": difference.field,
        "op": difference.op,
        "location": difference.location,
        "expected": difference.expected,
        "got": difference.got,
        "reduced": (reduced or program).to_json(),
        "script": script,
        "accepted": accepted,
    }


def read_records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a run; a torn last line is passed over, any other bad line is a RunError."""
    path = folder / "records.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise RunError(f"{path}:{number}: {error}") from None


def read_header(folder: Path) -> dict[str, Any]:
    """The header of a run."""
    path = folder / "run.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: {error}") from None


def signatures(folder: Path) -> Counter[str]:
    """How many programs of a run part with each signature."""
    return Counter(
        record["signature"]
        for record in read_records(folder)
        if record["record"] == "program" and record["signature"] is not None
    )
