"""Differences over several runs, by signature: in which run each was first seen, in which last, and what it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .known import Known
from .outcome import Status
from .records import RunError, read_header, read_records


class State(StrEnum):
    """What a signature is after the last run of its libraries."""

    NEW = "new"  # the last run saw it, and nobody has accepted it
    KNOWN = "known"  # it is accepted
    FIXED = "fixed"  # the last run, which came to its end, saw it no more


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run saw: how many programs showed each signature, and which of these the run took as accepted."""

    name: str
    started: str
    pair: tuple[str, str]
    whole: bool
    programs: Counter[str]
    accepted: frozenset[str]


@dataclass(slots=True)
class Entry:
    """A signature, with the programs that showed it by run, the first run first."""

    signature: str
    pair: tuple[str, str]
    state: State
    programs: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The run that saw it first."""
        return next(iter(self.programs))

    @property
    def last(self) -> str:
        """The run that saw it last."""
        return next(reversed(self.programs))

    def record(self) -> dict[str, Any]:
        """The entry as JSON data."""
        return {
            "record": "ledger",
            "signature": self.signature,
            "subject": self.pair[0],
            "reference": self.pair[1],
            "state": self.state,
            "first": self.first,
            "last": self.last,
            "programs": self.programs,
        }


def run_folders(paths: Iterable[Path]) -> list[Path]:
    """The runs that are meant: a folder that holds runs stands for all of them."""
    found: list[Path] = []
    for path in paths:
        inside = [] if (path / "run.json").exists() else sorted(path.glob("*/run.json"))
        found += [one.parent for one in inside] or [path]
    return list(dict.fromkeys(found))


def seen(folder: Path) -> Seen:
    """What a run saw; RunError where it cannot be read."""
    header = read_header(folder)
    programs: Counter[str] = Counter()
    accepted = set()
    for record in read_records(folder):
        if record["record"] == "program":
            one = record["signature"]
            programs.update(set(record.get("signatures", [] if one is None else [one])))
            if record["status"] == Status.ACCEPTED:
                accepted.update(record.get("signatures", [one] if one is not None else []))
        elif record["record"] == "difference" and record.get("accepted") is not None:
            accepted.add(record["signature"])
    pair = header["subject"]["name"], header["reference"]["name"]
    whole = header["status"] == "complete"
    return Seen(folder.name, header.get("started", ""), pair, whole, programs, frozenset(accepted))


def ledger(runs: Sequence[Seen], known: Sequence[Known] = ()) -> list[Entry]:
    """The entries of some runs, in the order in which they were first seen; RunError for two runs of one name."""
    names = Counter(run.name for run in runs)
    for name, times in names.items():
        if times > 1:
            raise RunError(f"{name}: {times} runs have this name")
    runs = sorted(runs, key=lambda run: (run.started, run.name))
    entries: dict[tuple[tuple[str, str], str], Entry] = {}
    for run in runs:
        for signature in sorted(run.programs):
            entry = entries.setdefault((run.pair, signature), Entry(signature, run.pair, State.NEW))
            entry.programs[run.name] = run.programs[signature]
    accepted = {one.signature for one in known}
    for entry in entries.values():
        of_pair = [run for run in runs if run.pair == entry.pair]
        last = next((run for run in reversed(of_pair) if run.whole or entry.signature in run.programs), None)
        if entry.signature in accepted or any(entry.signature in run.accepted for run in of_pair):
            entry.state = State.KNOWN
        elif last is not None and entry.signature not in last.programs:
            entry.state = State.FIXED
    return list(entries.values())


def unmatched(entries: Sequence[Entry], known: Sequence[Known]) -> list[Known]:
    """Accepted differences that no run has seen."""
    signatures = {entry.signature for entry in entries}
    return [one for one in known if one.signature not in signatures]
