"""The files of a run: a header that is replaced whole, and records that are appended line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from .file import write_whole
from .observation import Difference
from .outcome import Outcome, Status
from .program import Program
from .refusal import Refusal

FORMAT = 2

# What readers rely on, by the kind of record.
FIELDS: dict[str, tuple[str, ...]] = {
    "program": ("id", "origin", "status", "kinds", "signature"),
    "batch": ("origin", "first", "count", "agree", "kinds", "ops"),
    "difference": ("signature", "expected", "got"),
    "claim": ("id", "agree"),
    "idiom": ("id", "agree"),
    "timing": ("program",),
    "coverage": ("kinds", "mistakes", "errors", "nodes"),
}
HEADER = ("status", "subject", "reference", "seed", "programs", "controls", "rate", "absent")


class RunError(Refusal):
    """A run folder cannot be read or written; the text names the file, the line and the cause."""


@dataclass(slots=True)
class Writer:
    """Appends records to a run's folder."""

    folder: Path
    file: TextIO

    @classmethod
    def open(cls, folder: Path) -> Writer:
        """Make the folder, which must not be there yet; RunError when it cannot be made."""
        try:
            folder.mkdir(parents=True)
            return cls(folder, (folder / "records.jsonl").open("a", encoding="utf-8"))
        except OSError as error:
            raise RunError(f"{folder}: cannot be written: {error.strerror}") from None

    @classmethod
    def again(cls, folder: Path) -> Writer:
        """Go on writing to a folder that is there; RunError when that cannot be done."""
        try:
            return cls(folder, (folder / "records.jsonl").open("a", encoding="utf-8"))
        except OSError as error:
            raise RunError(f"{folder}: cannot be written: {error.strerror}") from None

    def append(self, record: dict[str, Any]) -> None:
        """Write one record."""
        self.commit([record])

    def commit(self, records: Iterable[dict[str, Any]]) -> None:
        """Write records in one go; RunError when that fails, of a full disk for one."""
        try:
            self.file.write("".join(map(_line, records)))
            self.file.flush()
        except OSError as error:
            raise RunError(f"{self.file.name}: cannot be written: {error.strerror}") from None

    def header(self, record: dict[str, Any]) -> None:
        """Replace the header in one step, so that a reader never sees half of it."""
        write_whole(self.folder / "run.json", json.dumps(record, indent=2) + "\n")

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
    lacking = {} if outcome.unsupported is None else {"unsupported": outcome.unsupported}
    return {
        **record,
        **lacking,
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
    reduced = reduced or program
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
        "other": difference.other,
        "reduced": reduced.to_json(),
        "listing": reduced.listing(),
        "script": script,
        "accepted": accepted,
    }


def write_records(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write records as JSON lines into a file of their own."""
    write_whole(path, "".join(map(_line, records)))


def read_records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a run; a torn last line is passed over, any other bad line is a RunError."""
    path = folder / "records.jsonl"
    lines = _read(path).split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise RunError(f"{path}:{number}: not JSON: {error}") from None
        kind = record.get("record") if isinstance(record, dict) else None
        if kind not in FIELDS:
            raise RunError(f"{path}:{number}: is no record of a run")
        _check(record, FIELDS[kind], f"{path}:{number}")
        yield record


def cut_back(folder: Path) -> list[dict[str, Any]]:
    """Cut the records of a run off after its last whole batch; those that are left.

    A whole batch ends with its own record. RunError where the records before that are not those of a run.
    """
    path = folder / "records.jsonl"
    data = _read(path)
    end = kept = 0
    while end < len(data):
        following = data.find(b"\n", end) + 1
        if not following:
            break
        if data.startswith(b'{"record": "batch"', end):
            kept = following
        end = following
    try:
        with path.open("r+b") as file:
            file.truncate(kept)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None
    return list(read_records(folder))


def read_header(folder: Path) -> dict[str, Any]:
    """The header of a run."""
    path = folder / "run.json"
    data = _read(path)
    try:
        header = json.loads(data)
    except ValueError as error:
        raise RunError(f"{path}: not JSON: {error}") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunError(f"{path}: is not the header of a run of format {FORMAT}")
    _check(header, HEADER, str(path))
    return header


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, allow_nan=False) + "\n"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}") from None


def _check(record: dict[str, Any], fields: tuple[str, ...], place: str) -> None:
    missing = [name for name in fields if name not in record]
    if missing:
        raise RunError(f"{place}: the field {missing[0]!r} is missing")
