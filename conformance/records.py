"""The files of a run: a header that is replaced whole, and records that are appended line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from .document import (
    COUNT,
    COUNTS,
    FLAG,
    LIST,
    NUMBER,
    OBJECT,
    PAIR,
    PAIRS,
    TEXT,
    TEXTS,
    DocumentError,
    Field,
    check,
    content,
    decode,
    one_of,
    optional,
)
from .file import write_whole
from .observation import Difference
from .outcome import Outcome, Status
from .program import Program
from .refusal import Refusal

FORMAT = 2

# What readers rely on, by the kind of record, and what else must be as it should if it is there.
FIELDS: dict[str, dict[str, Field]] = {
    "program": {
        "id": TEXT,
        "origin": TEXT,
        "status": one_of(Status),
        "kinds": COUNTS,
        "signature": optional(TEXT),
    },
    "batch": {"origin": TEXT, "first": COUNT, "count": COUNT, "agree": COUNT, "kinds": PAIRS, "ops": COUNTS},
    "difference": {"signature": TEXT, "expected": TEXT, "got": TEXT},
    "claim": {"id": TEXT, "agree": FLAG},
    "idiom": {"id": TEXT, "agree": FLAG},
    "timing": {"program": TEXT},
    "coverage": {"kinds": PAIRS, "mistakes": PAIRS, "errors": COUNTS, "nodes": COUNTS},
}
BESIDE: dict[str, Field] = {
    **dict.fromkeys(("index", "statements", "completed", "arbitrated", "rounded"), COUNT),
    **dict.fromkeys(("succeeded", "failed_alike"), COUNTS),
    **dict.fromkeys(("reduced", "reached"), optional(OBJECT)),
    **dict.fromkeys(("accepted", "listing", "script"), optional(TEXT)),
    "signatures": TEXTS,
    "seconds": NUMBER,
}
BESIDE_IN: dict[str, dict[str, Field]] = {
    "program": {"areas": TEXTS},
    "batch": {"areas": COUNTS},
    "difference": {"steps": LIST, "graphs": optional(OBJECT)},
    "claim": {"program": optional(OBJECT)},
    "idiom": {"program": optional(OBJECT)},
}
SIDES = ("subject", "reference")
HEADER: dict[str, Field] = {
    "status": one_of(("complete", "incomplete", "invalid")),
    **dict.fromkeys(SIDES, OBJECT),
    "seed": COUNT,
    "programs": COUNT,
    "controls": OBJECT,
    "rate": optional(NUMBER),
    "absent": TEXTS,
}


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


def program_record(
    program: Program, outcome: Outcome | None, areas: Sequence[str] = (), crash: str | None = None
) -> dict[str, Any]:
    """What a program about these areas came to; without an outcome it is a crash, and `crash` says of what."""
    ops = sorted({statement.label for statement in program.flat()})
    record: dict[str, Any] = {
        "record": "program",
        "id": program.name,
        "origin": program.origin,
        "status": Status.CRASH,
        "statements": len(program.statements),
        "completed": 0,
        "ops": ops,
        "areas": list(areas),
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
    yield from _records(_read(path), path)


def _records(data: bytes, path: Path) -> Iterator[dict[str, Any]]:
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = decode(line)
        except DocumentError as error:
            if number == len(lines):
                return
            raise RunError(f"{path}:{number}: {error}") from None
        yield _checked(record, f"{path}:{number}")


def _checked(record: Any, place: str) -> dict[str, Any]:
    kind = record.get("record") if isinstance(record, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        raise RunError(f"{place}: is no record of a run")
    beside = {name: field for name, field in BESIDE.items() if name not in FIELDS[kind]}
    beside |= BESIDE_IN.get(kind, {})
    _check(record, FIELDS[kind], place, beside)
    if kind == "batch" and record["agree"] > record["count"]:
        raise RunError(f"{place}: more programs agree than there are")
    return record


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
    records = list(_records(data[:kept], path))
    if path.is_symlink():
        raise RunError(f"{path}: is a link: a run is written in its own folder")
    try:
        with path.open("r+b") as file:
            file.truncate(kept)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None
    return records


def read_header(folder: Path) -> dict[str, Any]:
    """The header of a run."""
    path = folder / "run.json"
    data = _read(path)
    try:
        header = decode(data)
    except DocumentError as error:
        raise RunError(f"{path}: {error}") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunError(f"{path}: is not the header of a run of format {FORMAT}")
    _check(header, HEADER, str(path), {"run": TEXT, "started": TEXT})
    for side in SIDES:
        _check(header[side], {"name": TEXT, "version": TEXT}, f"{path}: {side}")
    _check(header["controls"], {"agree": PAIR, "differ": PAIR}, f"{path}: controls")
    return header


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, allow_nan=False) + "\n"


def _read(path: Path) -> bytes:
    try:
        return content(path)
    except DocumentError as error:
        raise RunError(f"{path}: {error}") from None


def _check(
    record: dict[str, Any], fields: dict[str, Field], place: str, beside: dict[str, Field] | None = None
) -> None:
    try:
        check(record, fields, beside or {})
    except DocumentError as error:
        raise RunError(f"{place}: {error}") from None
