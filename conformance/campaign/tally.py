"""What the programs of a batch came to: counts for those that agree, a record for each that does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .. import guidance
from ..area import areas
from ..coverage import Coverage
from ..observation import Difference
from ..outcome import Outcome, Status
from ..program import Program
from ..records import program_record


@dataclass(frozen=True, slots=True)
class Sighting:
    """A difference as a program showed it, whose place is ``index`` in the stream of ``origin``."""

    origin: str
    index: int
    difference: Difference

    @property
    def signature(self) -> str:
        return self.difference.signature


@dataclass(slots=True)
class Tally:
    """Programs ``first`` to ``first + count`` of a stream. Of those that agree ``statements``, arrays ``rounded`` and
    ``arbitrated``, and by kind of observation, op or area ``observations``, programs ``compared``, ``ops`` and
    ``areas`` are counted; what ``succeeded``, ``failed_alike`` and was covered, and the features ``seen``, of all;
    ``novel`` are programs that showed a new one, and as many as ``finished`` ran to their end."""

    origin: str
    first: int
    count: int = 0
    seconds: float = 0.0
    agree: int = 0
    finished: int = 0
    statements: int = 0
    rounded: int = 0
    arbitrated: int = 0
    observations: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    ops: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    failed_alike: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    programs: list[dict[str, Any]] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    novel: list[dict[str, Any]] = field(default_factory=list)

    def add(self, program: Program, outcome: Outcome, index: int) -> None:
        """Count a program that ran to its end, or to where it differs."""
        self.count += 1
        self.finished += outcome.completed == len(program.statements)
        self.succeeded.update(outcome.succeeded)
        self.failed_alike.update(outcome.failed_alike)
        self.coverage.count(program, outcome.reached)
        if outcome.status is Status.AGREE:
            self.agree += 1
            self.statements += len(program.statements)
            self.rounded += outcome.rounded
            self.arbitrated += outcome.arbitrated
            self.observations.update(outcome.counts)
            self.compared.update(kind for kind, count in outcome.counts.items() if count)
            self.ops.update({statement.label for statement in program.flat()})
            self.areas.update(areas(program))
        else:
            found = {one.signature: one for one in (*outcome.differences[:1], *outcome.accepted)}
            place = {"index": index, "signatures": sorted(found)}
            self.programs.append(program_record(program, outcome, areas(program)) | place)
            self.sightings += [Sighting(self.origin, index, one) for one in found.values()]

    def lose(self, program: Program, cause: str) -> None:
        """Count a program that said nothing: the harness failed at it."""
        self.count += 1
        self.programs.append(program_record(program, None, areas(program), cause))

    def merge(self, other: Tally) -> None:
        """Take over the counts of the programs that come right after these."""
        self.coverage.add(other.coverage)
        for name in ("count", "seconds", "agree", "finished", "statements", "rounded", "arbitrated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("observations", "compared", "ops", "areas", "succeeded", "failed_alike", "seen"):
            getattr(self, name).update(getattr(other, name))
        self.novel += other.novel
        self.programs += other.programs
        self.sightings += other.sightings

    def record(self) -> dict[str, Any]:
        """The record of the batch, by which it is known to be whole."""
        kinds = {kind: [self.compared[kind], self.observations[kind]] for kind in sorted(self.observations)}
        return {
            "record": "batch",
            "origin": self.origin,
            "first": self.first,
            "count": self.count,
            "agree": self.agree,
            "finished": self.finished,
            "seconds": round(self.seconds, 3),
            "statements": self.statements,
            "rounded": self.rounded,
            "arbitrated": self.arbitrated,
            "kinds": kinds,
            "ops": dict(sorted(self.ops.items())),
            "areas": dict(sorted(self.areas.items())),
            "succeeded": dict(sorted(self.succeeded.items())),
            "failed_alike": dict(sorted(self.failed_alike.items())),
            "reached": self.coverage.counts(),
            "seen": guidance.written(self.seen),
            "novel": self.novel,
        }

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> Tally:
        """The counts of a batch that was run before."""
        made = cls(record["origin"], record["first"])
        for name in ("count", "seconds", "agree", "finished", "statements", "rounded", "arbitrated"):
            setattr(made, name, record[name])
        for name in ("ops", "succeeded", "failed_alike"):
            getattr(made, name).update(record[name])
        made.areas.update(record.get("areas", {}))  # which older runs do not tell of
        for kind, (compared, observations) in record["kinds"].items():
            made.observations[kind], made.compared[kind] = observations, compared
        made.coverage = Coverage.of_counts(record["reached"])
        made.seen, made.novel = guidance.read(record["seen"]), list(record["novel"])
        return made
