"""Programs whose outcome is known: a run in which one of them comes out otherwise says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..control import CONTROLS
from ..generate import Generator
from ..lockstep import Lockstep
from ..outcome import Status
from ..subjects import Subject, load_subject

AGREEING = 60  # drawn programs on which the reference is run beside itself


@dataclass(slots=True)
class Controls:
    """The reference must agree with itself, and part from itself with one thing wrong; how many did, of how many."""

    reference: Subject
    seed: int
    agree: list[int] = field(default_factory=lambda: [0, 0])
    differ: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def hold(self) -> bool:
        """Whether all came out as they must."""
        return self.agree[0] == self.agree[1] > 0 and self.differ[0] == self.differ[1] > 0

    def run(self) -> Iterator[tuple[int, int, int]]:
        """Run them all; after each how many ran, how many there are, and how many came out otherwise."""
        total, before = AGREEING + len(CONTROLS), self._done()
        same, generator = Lockstep(self.reference, self.reference), Generator()
        for index in range(AGREEING):
            outcome = same.run(generator.program(self.seed, index))
            self.agree[0] += outcome.status is Status.AGREE
            self.agree[1] += 1
            yield self._done() - before, total, self._missed()
        placed = (
            self.reference.placement is not None
        )  # what is wrong on purpose is so in the memory of the CPU
        right = load_subject(self.reference.library) if placed else self.reference
        for control in CONTROLS:
            found = Lockstep(right, control.subject()).run(control.program()).differences
            self.differ[0] += any(one.kind is control.kind for one in found)
            self.differ[1] += 1
            yield self._done() - before, total, self._missed()

    def _done(self) -> int:
        return self.agree[1] + self.differ[1]

    def _missed(self) -> int:
        return self._done() - self.agree[0] - self.differ[0]
