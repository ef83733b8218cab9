"""An idiom of the Variable era, and what a run of it shows it to mean today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ..statements import Statement
from ..suite import Entry, Reading, Seen


class Standing(StrEnum):
    """What has become of an idiom."""

    WORKS = "works"
    WARNS = "warns"
    CHANGED = "changed"
    RAISES = "raises"


@dataclass(frozen=True, slots=True)
class Idiom(Entry):
    """What people wrote before 0.4, and what it meant `then`, in our words.

    `kept` is what is seen of a run that still does what was meant; `today` and `instead` are as in any entry.
    """

    record: ClassVar[str] = "idiom"
    origin: ClassVar[str] = "era"
    id: str
    section: str
    written: str
    then: str
    statements: tuple[Statement, ...]
    kept: Callable[[Seen], bool]
    today: Callable[[Seen], str]
    instead: Callable[[Seen], bool] | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (Reading(self.statements, self.kept),)

    def words(self) -> dict[str, str]:
        return {"written": self.written, "then": self.then}

    def judge(self, runs: Sequence[Seen], truths: Sequence[bool]) -> Standing:
        (run,), (kept,) = runs, truths
        if kept:
            return Standing.WARNS if run.warnings else Standing.WORKS
        return Standing.RAISES if run.errors else Standing.CHANGED
