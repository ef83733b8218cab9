"""Something that is said of the library, the programs that put it to the test, and what a run of them makes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ..lockstep import Lockstep
from ..program import Program
from ..statements import Statement
from ..subjects import Subject
from .seen import Seen, see

UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what is said: statements to run, and what has to be seen for it to be true.

    Where that is `measured`, libraries may come to different answers and agree all the same.
    """

    statements: tuple[Statement, ...]
    true: Callable[[Seen], bool]
    measured: bool = False


class Entry(ABC):
    """An entry of a suite, of which `record` is the kind of its records and `origin` that of its programs.

    `today` puts what a run of the first reading shows into words, and `instead` is what those words take for
    granted. The verdict is not written down anywhere: it is what the runs on the reference turn out to be.
    """

    __slots__ = ()
    record: ClassVar[str]
    origin: ClassVar[str]
    id: str
    section: str
    today: Callable[[Seen], str]
    instead: Callable[[Seen], bool] | None

    @property
    @abstractmethod
    def readings(self) -> tuple[Reading, ...]:
        """The readings there are, the literal one first."""

    @abstractmethod
    def words(self) -> dict[str, str]:
        """What is said, by the names of the fields of a record."""

    @abstractmethod
    def judge(self, runs: Sequence[Seen], truths: Sequence[bool]) -> StrEnum:
        """The verdict that runs of the readings give, of which `truths` says whether each was true."""

    def programs(self) -> list[Program]:
        """The programs of the readings."""
        names = (self.id, f"{self.id}-meant")
        return [
            Program(name, one.statements, self.origin)
            for name, one in zip(names, self.readings, strict=False)
        ]


@dataclass(frozen=True, slots=True)
class Finding:
    """What an entry came to: on the reference, and where the subject parts from it, if it does."""

    entry: Entry
    verdict: StrEnum
    today: str
    difference: str | None

    @property
    def agree(self) -> bool:
        """Whether the subject does what the reference does."""
        return self.difference is None

    def record(self) -> dict[str, Any]:
        """The record, as the reports read it."""
        program = self.entry.programs()[0]
        return {
            "record": self.entry.record,
            "id": self.entry.id,
            "section": self.entry.section,
            **self.entry.words(),
            "verdict": self.verdict.value,
            "today": self.today,
            "agree": self.agree,
            "difference": self.difference,
            "program": program.to_json(),
            "listing": program.listing(),
        }


def check(entry: Entry, reference: Subject, subject: Subject) -> Finding:
    """Run an entry's readings on both sides; the verdict is what the reference makes of it."""
    runs = [see(program, reference) for program in entry.programs()]
    truths = [truth(reading.true, run) for reading, run in zip(entry.readings, runs, strict=True)]
    verdict = entry.judge(runs, truths)
    return Finding(entry, verdict, _today(entry, runs[0]), _difference(entry, truths, reference, subject))


def truth(true: Callable[[Seen], bool], run: Seen) -> bool:
    """Whether something is seen in a run; not so where the run ended before there was anything to see."""
    try:
        return bool(true(run))
    except UNREADABLE:
        return False


def anyhow(true: Callable[[Seen], bool], run: Seen) -> bool:
    """The same of a library whose objects may raise whatever they like when they are looked at."""
    try:
        return bool(true(run))
    except Exception:
        return False


def _today(entry: Entry, run: Seen) -> str:
    if entry.instead is not None and not truth(entry.instead, run):
        return f"something that the suite does not expect: {run.error() or 'see the program'}"
    try:
        return entry.today(run)
    except UNREADABLE:
        return run.error() or "nothing to see"


def _difference(entry: Entry, truths: list[bool], reference: Subject, subject: Subject) -> str | None:
    """The signature of the first difference on a reading, or the reading that turns out otherwise."""
    lockstep = Lockstep(reference, subject)
    for program, reading, expected in zip(entry.programs(), entry.readings, truths, strict=True):
        outcome = lockstep.run(program)
        if outcome.difference is not None:
            return outcome.difference.signature
        if outcome.unsupported is not None:
            return f"{program.name}: {subject.name} does not have {outcome.unsupported}"
        if not reading.measured and anyhow(reading.true, see(program, subject)) != expected:
            return f"{program.name}: {expected} on {reference.name}, {not expected} on {subject.name}"
    return None
