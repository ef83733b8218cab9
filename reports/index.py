"""An index of runs: what a history keeps of each, so that a run is read once and never again.

NOTE [An index is only a shortcut]: what it says of a run holds as long as the files of that run have the same names,
sizes and times of change, and as the sources of these reports, which made it, are the same. Whatever else it holds is
passed over, and made anew from the runs: it may be deleted at any time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from reports.field import Fields, RecordError, decode
from reports.past import Past, read_past, written
from reports.record import Run


@dataclass(slots=True)
class Index:
    """What is known of runs, by their key; `kept` are those that were asked for or added since."""

    known: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    def get(self, path: Path, run: Run) -> Past | None:
        """What is known of the run in a folder, None where nothing is, or where it is not of that run."""
        key = _key(path)
        line = self.known.get(key)
        if line is None:
            return None
        try:
            one = read_past(Fields(Fields(decode(line, key), key).object("past").data, key))
        except RecordError:
            return None
        if (one.run, one.started, one.seed) != (run.run, run.started, run.seed):
            return None
        self.kept[key] = line
        return one

    def add(self, path: Path, one: Past) -> None:
        key = _key(path)
        self.kept[key] = json.dumps({"key": key, "past": written(one)}, ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        )

    @property
    def text(self) -> bytes:
        """What is to be written: of the runs of this build alone."""
        return b"".join(line + b"\n" for line in self.kept.values())


def read_index(path: Path) -> Index:
    """The index in a file, an empty one where there is none that can be read."""
    try:
        return Index({_named(line): line for line in path.read_bytes().splitlines()})
    except OSError:
        return Index()


def _named(line: bytes) -> str:
    """The key that a line begins with, which is known without reading the rest."""
    return line[len(START) : len(START) + 64].decode("ascii", "replace") if line.startswith(START) else ""


START = b'{"key": "'


def _key(path: Path) -> str:
    """What the files of a run look like from outside."""
    stamps = [
        (file.name, status.st_size, status.st_mtime_ns)
        for file in (path / "run.json", *sorted(path.glob("*.jsonl")))
        for status in _status(file)
    ]
    return sha256(json.dumps([_sources(), path.name, stamps]).encode()).hexdigest()


def _status(file: Path) -> Iterator[os.stat_result]:
    try:
        yield file.stat()
    except OSError:
        return


@cache
def _sources() -> str:
    """The version of these reports: what they read and count may change with any of their sources."""
    found = sha256()
    for source in sorted(files("reports").iterdir(), key=lambda one: one.name):
        if source.name.endswith(".py"):
            found.update(source.read_bytes())
    return found.hexdigest()
