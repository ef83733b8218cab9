"""A run folder, read whole and strictly: what it holds is either understood or named as wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reports.field import Fields, RecordError, decode
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
    names: list[Names] = field(default_factory=list)


def read_folder(path: Path) -> Folder:
    """Read `run.json`, `records.jsonl` and any other `.jsonl` file of a run folder.

    RecordError names the file, the line and the cause.
    """
    header, records = path / "run.json", path / "records.jsonl"
    run = read_run(Fields(decode(_bytes(header), str(header)), str(header)))
    files = [records, *sorted(set(path.glob("*.jsonl")) - {records})]
    read = [(file, *_lines(file)) for file in files]
    folder = Folder(path, run, sum(torn for *_, torn in read))
    for file, lines, _ in read:
        _sort(folder, lines, file)
    return folder


def _sort(folder: Folder, lines: list[bytes], path: Path) -> None:
    """Put the records of one file where they belong."""
    seen = {program.id for program in folder.programs}
    ends = {batch.origin: batch.first + batch.count for batch in folder.batches}
    for record in _records(lines, path):
        if isinstance(record, Program):
            if record.id in seen:
                raise RecordError(f"{path}: program {record.id!r} is recorded twice")
            seen.add(record.id)
            folder.programs.append(record)
        elif isinstance(record, Batch):
            expected = ends.get(record.origin, 0)
            if record.first != expected:
                raise RecordError(
                    f"{path}: a batch of {record.origin} programs begins with {record.first}, not {expected}"
                )
            ends[record.origin] = record.first + record.count
            folder.batches.append(record)
        elif isinstance(record, Difference):
            folder.differences.append(record)
        elif isinstance(record, Claim):
            folder.claims.append(record)
        elif isinstance(record, Idiom):
            folder.idioms.append(record)
        elif isinstance(record, Coverage):
            folder.coverages.append(record)
        elif isinstance(record, OpScore):
            folder.scores.append(record)
        elif isinstance(record, Names):
            folder.names.append(record)
        else:
            folder.timings.append(record)


def _records(lines: list[bytes], path: Path) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        place = f"{path}:{number}"
        yield read_record(Fields(decode(line, place), place))


def _lines(path: Path) -> tuple[list[bytes], int]:
    """The lines of a file, without a last one that lacks its newline and is no JSON: a writer was cut off."""
    *lines, last = _bytes(path).split(b"\n")
    if not last:
        return lines, 0
    try:
        decode(last, "")
    except RecordError:
        return lines, 1
    return [*lines, last], 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}") from None
