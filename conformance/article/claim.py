"""A claim of the article, the program that puts it to the test, and the verdict that a run of it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..lockstep import Lockstep
from ..program import Program
from ..statements import Statement
from ..subjects import Subject
from .seen import Seen, see


class Verdict(StrEnum):
    """What today's reference makes of a claim."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    MISPRINT = "misprint"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a claim: statements to run, and what has to be seen for it to be true.

    Where that is `measured`, libraries may come to different answers and agree all the same.
    """

    statements: tuple[Statement, ...]
    true: Callable[[Seen], bool]
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in our words; `printed` takes it literally, `meant` is what must have been intended.

    `today` puts what a run of the printed reading shows into words, and `instead` is what those words take
    for granted. The verdict is not written down anywhere: it is what the two readings turn out to be.
    """

    id: str
    section: str
    claim: str
    printed: Reading
    today: Callable[[Seen], str]
    meant: Reading | None = None
    instead: Callable[[Seen], bool] | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings there are, the printed one first."""
        return (self.printed,) if self.meant is None else (self.printed, self.meant)

    def programs(self) -> list[Program]:
        """The programs of the readings."""
        names = (self.id, f"{self.id}-meant")
        return [
            Program(name, one.statements, "article") for name, one in zip(names, self.readings, strict=False)
        ]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a claim came to: on the reference, and where the subject parts from it, if it does."""

    claim: Claim
    verdict: Verdict
    today: str
    difference: str | None

    @property
    def agree(self) -> bool:
        """Whether the subject does what the reference does."""
        return self.difference is None

    def record(self) -> dict[str, Any]:
        """The `claim` record, as the reports read it."""
        program = self.claim.programs()[0]
        return {
            "record": "claim",
            "id": self.claim.id,
            "section": self.claim.section,
            "claim": self.claim.claim,
            "verdict": self.verdict.value,
            "today": self.today,
            "agree": self.agree,
            "difference": self.difference,
            "program": program.to_json(),
            "listing": program.listing(),
        }


def check(claim: Claim, reference: Subject, subject: Subject) -> Finding:
    """Run a claim's readings on both sides; the verdict is what the reference makes of it."""
    runs = [see(program, reference) for program in claim.programs()]
    truths = [truth(reading.true, run) for reading, run in zip(claim.readings, runs, strict=True)]
    otherwise = Verdict.MISPRINT if any(truths[1:]) else Verdict.DOES_NOT_HOLD
    verdict = Verdict.HOLDS if truths[0] else otherwise
    return Finding(claim, verdict, _today(claim, runs[0]), _difference(claim, truths, reference, subject))


def truth(true: Callable[[Seen], bool], run: Seen) -> bool:
    """Whether something is seen in a run; not so where the run ended before there was anything to see."""
    try:
        return bool(true(run))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def _today(claim: Claim, run: Seen) -> str:
    if claim.instead is not None and not truth(claim.instead, run):
        return f"something that the suite does not expect: {run.error() or 'see the program'}"
    try:
        return claim.today(run)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return run.error() or "nothing to see"


def _difference(claim: Claim, truths: list[bool], reference: Subject, subject: Subject) -> str | None:
    """The signature of the first difference on a reading, or the reading that turns out otherwise."""
    lockstep = Lockstep(reference, subject)
    for program, reading, expected in zip(claim.programs(), claim.readings, truths, strict=True):
        found = lockstep.run(program).difference
        if found is not None:
            return found.signature
        if not reading.measured and truth(reading.true, see(program, subject)) != expected:
            return f"{program.name}: {expected} on {reference.name}, {not expected} on {subject.name}"
    return None
