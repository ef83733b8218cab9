"""A claim of the article, and the verdict that a run of its program gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ..suite import Entry, Reading, Seen


class Verdict(StrEnum):
    """What today's reference makes of a claim."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    MISPRINT = "misprint"


@dataclass(frozen=True, slots=True)
class Claim(Entry):
    """A claim in our words; `printed` takes it literally, `meant` is what must have been intended."""

    record: ClassVar[str] = "claim"
    origin: ClassVar[str] = "article"
    id: str
    section: str
    claim: str
    printed: Reading
    today: Callable[[Seen], str]
    meant: Reading | None = None
    instead: Callable[[Seen], bool] | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (self.printed,) if self.meant is None else (self.printed, self.meant)

    def words(self) -> dict[str, str]:
        return {"claim": self.claim}

    def judge(self, runs: Sequence[Seen], truths: Sequence[bool]) -> Verdict:
        otherwise = Verdict.MISPRINT if any(truths[1:]) else Verdict.DOES_NOT_HOLD
        return Verdict.HOLDS if truths[0] else otherwise
