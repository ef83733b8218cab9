"""A run folder, read whole and strictly: what it holds is either understood or named as wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from reports.field import Fields, RecordError, decode
from reports.measure import Copies, Drift, Memory, Mutant, Pace, Sample, Sweep
from reports.record import (
    Batch,
    Claim,
    Coverage,
    Difference,
    Idiom,
    Names,
    OpScore,
    Program,
    Record,
    Run,
    Timing,
    read_record,
    read_run,
)


@dataclass(frozen=True, slots=True)
class Folder:
    """The run and its records, in the order written; `torn` counts a cut off last line that was skipped."""

    path: Path
    run: Run
    torn: int
    programs: list[Program] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    idioms: list[Idiom] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)
    scores: list[OpScore] = field(default_factory=list)
    placed: list[OpScore] = field(default_factory=list)  # scores on a device
    names: list[Names] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    mutants: list[Mutant] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    copies: list[Copies] = field(default_factory=list)


SCORE = b'{"record": "op"'

LISTS: Mapping[type[Record], str] = {
    Program: "programs",
    Batch: "batches",
    Difference: "differences",
    Claim: "claims",
    Idiom: "idioms",
    Timing: "timings",
    Coverage: "coverages",
    OpScore: "scores",
    Names: "names",
    Pace: "paces",
    Sample: "samples",
    Sweep: "sweeps",
    Mutant: "mutants",
    Drift: "drifts",
    Memory: "memories",
    Copies: "copies",
}


def read_folder(path: Path) -> Folder:
    """Read `run.json`, `records.jsonl` and any other `.jsonl` file of a run folder.

    RecordError names the file, the line and the cause.
    """
    run = read_header(path)
    records = path / "records.jsonl"
    files = [records, *sorted(set(path.glob("*.jsonl")) - {records})]
    folder = Folder(path, run, 0)
    torn = sum([_read(folder, file) for file in files])
    return replace(folder, torn=torn)


def read_header(path: Path) -> Run:
    """Read `run.json` alone."""
    header = path / "run.json"
    with _opened(header) as file:
        return read_run(Fields(decode(file.read(), str(header)), str(header)))


def _read(folder: Folder, path: Path) -> bool:
    """Put the records of one file where they belong; whether a cut off last line was skipped."""
    seen = {program.id for program in folder.programs}
    ends = {batch.origin: batch.first + batch.count for batch in folder.batches}
    torn = False
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            torn = _is_torn(line)
            if not torn:
                record = _score(line) if line.startswith(SCORE) else _record(line, f"{path}:{number}")
                _sort(folder, record or _record(line, f"{path}:{number}"), path, seen, ends)
    return torn


def _record(line: bytes, place: str) -> Record:
    return read_record(Fields(decode(line, place), place))


@lru_cache(maxsize=1 << 16)
def _score(line: bytes) -> Record | None:
    """A score of an op, which most runs have from the run before to the letter; None for a wrong one."""
    try:
        return _record(line, "")
    except RecordError:
        return None


def _sort(folder: Folder, record: Record, path: Path, seen: set[str], ends: dict[str, int]) -> None:
    if isinstance(record, Program):
        if record.id in seen:
            raise RecordError(f"{path}: program {record.id!r} is recorded twice")
        seen.add(record.id)
    elif isinstance(record, Batch):
        expected = ends.get(record.origin, 0)
        if record.first != expected:
            raise RecordError(
                f"{path}: a batch of {record.origin} programs begins with {record.first}, not {expected}"
            )
        ends[record.origin] = record.first + record.count
    on_device = isinstance(record, OpScore) and record.device != "cpu"
    kept: list[Any] = folder.placed if on_device else getattr(folder, LISTS[type(record)])
    kept.append(record)


def _is_torn(line: bytes) -> bool:
    """Whether a line lacks its newline, as the last one may, and is no JSON: a writer was cut off."""
    if line.endswith(b"\n"):
        return False
    try:
        decode(line, "")
    except RecordError:
        return True
    return False


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}") from None
