"""What running a program on both sides came to."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from .coverage import Reached
from .observation import Difference, Observation

PASSES = ("backward", "grad")


class Status(StrEnum):
    """How a program ended."""

    AGREE = "agree"
    DIFFER = "differ"
    ACCEPTED = "accepted"
    CRASH = "crash"
    UNSUPPORTED = "unsupported"


@dataclass(slots=True)
class Outcome:
    """What a lockstep run of one program says; `differences` are those of the first statement that parts.

    `unsupported` is the name that one side did not have: the program then says nothing from there on. `drawn` counts
    the values that were compared as samples only: NOTE [Drawn on a device]. One that is `unsaid` was not run, for it
    would say nothing where the two sides are, and `unsupported` is why.
    """

    status: Status
    differences: tuple[Difference, ...]
    completed: int
    counts: Counter[Observation]
    rounded: int
    arbitrated: int
    succeeded: Counter[str]
    failed_alike: Counter[str]
    reached: Reached
    accepted: tuple[Difference, ...] = ()
    unsupported: str | None = None
    drawn: int = 0
    unsaid: bool = False

    def leave(self, name: str) -> None:
        """Say nothing of what failed because one side does not have what it calls."""
        self.accepted = tuple(one for one in self.accepted if one.kind is not Observation.ERROR)
        self.differences, self.status, self.unsupported = (), Status.UNSUPPORTED, name

    def blame(self, culprit: str | None, path: tuple[int, ...]) -> None:
        """Put the name of a graph node in the place of the backward pass at `path`, which it made differ."""
        if culprit is not None:
            self.differences, self.accepted = (
                tuple(
                    dataclasses.replace(one, op=culprit) if one.path == path and one.op in PASSES else one
                    for one in differences
                )
                for differences in (self.differences, self.accepted)
            )

    def accept(self, signatures: frozenset[str]) -> None:
        """Count the differences as accepted, if all of them are."""
        if all(one.signature in signatures for one in self.differences):
            self.accepted = (*self.accepted, self.differences[0])
            self.differences, self.status = (), Status.ACCEPTED

    @property
    def excused(self) -> tuple[Difference, ...]:
        """The accepted differences in which the reference parts from itself."""
        return tuple(one for one in self.accepted if one.reason is not None)

    @property
    def difference(self) -> Difference | None:
        """The difference that names the program's signature."""
        return self.differences[0] if self.differences else None


def silent(reason: str) -> Outcome:
    """The outcome of a program that was not run, for it would say nothing."""
    made = Outcome(Status.UNSUPPORTED, (), 0, Counter(), 0, 0, Counter(), Counter(), Reached())
    made.unsupported, made.unsaid = reason, True
    return made
