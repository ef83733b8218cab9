"""`compare`: two recordings, or one and a library that is here, and what changed from one to the other."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..observation import parts
from ..recording import Recording, read_recording, write_recording
from ..recording.drift import Change, Drift
from ..recording.session import header, records
from ..records import write_records
from ..subjects import RECORDED, SHIPPED, load_subject
from .option import Subparsers, output
from .status import ExitStatus

LONGEST = 150


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("compare", help="say what changed between two recordings")
    parser.add_argument("old", help="what is right by definition; `recorded` is what was recorded of torch")
    parser.add_argument("new", help="what is held to it: a recording, or a library that is here")
    parser.add_argument("--brief", action="store_true", help="leave out the example of each change")
    parser.add_argument("--json", type=output, help="a file to write the record to")
    parser.set_defaults(run=compare)


def compare(options: argparse.Namespace) -> ExitStatus:
    """Print the drift from one recording to the other."""
    old = read_recording(SHIPPED if options.old == RECORDED else Path(options.old))
    with tempfile.TemporaryDirectory() as folder:
        drift = Drift(old, recording_of(options.new, old, Path(folder)))
        for _ in drift.run():
            pass
    print("\n".join(report(drift, not options.brief)))
    if options.json is not None:
        write_records(options.json, [drift.record()])
    return ExitStatus.DIFFER if drift.changes else ExitStatus.AGREE


def recording_of(name: str, old: Recording, folder: Path) -> Recording:
    """A recording: that of a file, or what a library shows of the programs that `old` has."""
    if Path(name).suffix in (".jsonl", ".gz"):
        return read_recording(Path(name))
    subject = load_subject(name)
    path = folder / "new.jsonl.gz"
    programs = [old.program(one) for one in old.names()]
    for _ in write_recording(path, header(subject), records(programs, subject)):
        pass
    return read_recording(path)


def report(drift: Drift, examples: bool = True) -> Iterator[str]:
    """The drift as text: its numbers, then op by op what is seen to differ, each with an example."""
    old, new = drift.sides
    counts = ", ".join(f"{number:,} {status}" for status, number in sorted(drift.statuses.items()))
    yield f"{new} beside {old}: {drift.statuses.total():,} programs: {counts}"
    if drift.unsupported:
        names = (f"{name} ({number})" for name, number in drift.unsupported.most_common())
        yield f"one side does not have: {', '.join(names)}"
    for name, cause in drift.failed.items():
        yield f"{name}: {cause}"
    kinds: Counter[str] = Counter()
    for change in drift.changes.values():
        kinds[change.difference.kind] += change.programs
    if kinds:
        yield f"by kind: {', '.join(f'{kind} {number}' for kind, number in kinds.most_common())}"
    for op, changes in by_op(drift).items():
        yield ""
        yield f"{op}: {programs(sum(one.programs for one in changes))}"
        for change in changes:
            yield from told(change, examples)


def by_op(drift: Drift) -> dict[str, list[Change]]:
    """The changes of each op, the most frequent first."""
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for change in sorted(drift.changes.values(), key=lambda one: -one.programs):
        found[change.difference.op].append(change)
    return dict(sorted(found.items(), key=lambda one: -sum(change.programs for change in one[1])))


def told(change: Change, examples: bool) -> Iterator[str]:
    """A change, and where it was first seen."""
    difference = change.difference
    _, kind, name, dtype = parts(difference.signature)
    seen = " ".join(
        word for word in (kind, name if name != kind else "", dtype if dtype != "none" else "") if word
    )
    yield f"  {seen}: {programs(change.programs)}"
    if examples:
        yield f"    {change.program.name}, {short('; '.join(change.statement.splitlines()))}"
        yield f"    at {difference.location}"
        yield f"      was {short(difference.expected)}"
        yield f"      is  {short(difference.got)}"


def programs(number: int) -> str:
    return "1 program" if number == 1 else f"{number:,} programs"


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
