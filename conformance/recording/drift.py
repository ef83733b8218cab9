"""What changed between two recordings: every way in which their programs part, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..lockstep import Lockstep
from ..observation import Difference
from ..outcome import Outcome, Status
from ..program import Program
from .file import Recording, RecordingError
from .played import recorded


class Everything(frozenset[str]):
    """Goes on at every difference: what comes after it is to be seen as well."""

    def __contains__(self, signature: object) -> bool:
        return True


@dataclass(slots=True)
class Change:
    """A way in which programs part, by signature: in how many, and the first of them."""

    program: Program
    difference: Difference
    programs: int = 0

    @property
    def statement(self) -> str:
        """The statement at which they part, as Python text."""
        return "\n".join(self.program.statements[self.difference.statement].lines())

    def record(self) -> dict[str, Any]:
        """The change as a part of the record."""
        return {
            "signature": self.difference.signature,
            "programs": self.programs,
            "program": self.program.name,
            "statement": self.statement,
            "location": self.difference.location,
            "was": self.difference.expected,
            "is": self.difference.got,
        }


@dataclass(slots=True)
class Drift:
    """Two recordings, compared program by program. `unsupported` counts programs by the name one side lacks."""

    old: Recording
    new: Recording
    changes: dict[str, Change] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    unsupported: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[str, str]:
        """What was recorded before and now: `torch 1.13.1`, `torch 2.13.0`."""
        old, new = (f"{one.header['subject']} {one.header['version']}" for one in (self.old, self.new))
        return old, new

    def record(self) -> dict[str, Any]:
        """All that changed as a record, what most programs show first."""
        old, new = self.sides
        changes = sorted(self.changes.values(), key=lambda one: -one.programs)
        return {
            "record": "drift",
            "old": old,
            "new": new,
            "programs": self.statuses.total(),
            "statuses": dict(sorted(self.statuses.items())),
            "unsupported": dict(self.unsupported.most_common()),
            "changes": [change.record() for change in changes],
        }

    def run(self) -> Iterator[str]:
        """Compare all programs that both hold, and give the name of each; RecordingError where there are none."""
        names = [name for name in self.old.names() if name in self.new.lines]
        if not names:
            raise RecordingError(f"{self.old.path} and {self.new.path} have no program in common")
        lockstep = Lockstep(recorded(self.old), recorded(self.new), Everything())
        for name in names:
            self._program(name, lockstep)
            yield name

    def _program(self, name: str, lockstep: Lockstep) -> None:
        old, new = self.old[name], self.new[name]
        if old["program"].get("statements") != new["program"].get("statements"):
            raise RecordingError(f"{name} is one program in {self.old.path}, another in {self.new.path}")
        failed = {
            side.path.name: one["failed"]
            for side, one in ((self.old, old), (self.new, new))
            if "failed" in one
        }
        if failed:
            self.statuses[Status.CRASH] += 1
            self.failed[name] = ", ".join(f"{side}: {cause}" for side, cause in failed.items())
            return
        program = self.old.program(name)
        self._count(program, lockstep.run(program))

    def _count(self, program: Program, outcome: Outcome) -> None:
        found = {one.signature: one for one in (*outcome.accepted, *outcome.differences)}
        if outcome.unsupported is not None:
            self.unsupported[outcome.unsupported] += 1
        ended = Status.AGREE if outcome.unsupported is None else Status.UNSUPPORTED
        self.statuses[Status.DIFFER if found else ended] += 1
        for signature, one in found.items():
            self.changes.setdefault(signature, Change(program, one)).programs += 1
