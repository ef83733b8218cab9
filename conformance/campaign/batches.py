"""Batches in the order of their programs, whatever the order in which they are done and whatever is lost on the way.

NOTE [Lost batches]: a batch that does not come back, because its process ended, is run again in halves until the
program that ends it stands alone. So one program costs itself and no other, on any executor. Whose doing it is, the
two sides say by running the program each alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from ..guidance import Guidance
from ..observation import Difference, Observation
from ..program import Program
from ..records import program_record
from .executor import Executor
from .guides import Guides
from .plan import Plan
from .tally import Sighting, Tally
from .worker import ENDED, GENERATED, call

Range = tuple[int, int]  # the first program and how many


@dataclass(slots=True)
class Batches:
    """Runs the batches of a stream on an executor."""

    executor: Executor
    plan: Plan
    origin: str
    guides: Guides
    under_way: deque[tuple[Range, Future[Tally]]] = field(default_factory=deque)

    def tallies(self, ranges: Iterator[Range]) -> Iterator[Tally]:
        """A tally for each range, in order; twice as many are under way as the executor runs at once."""
        for one in ranges:
            while self.under_way and not self._ready(one):
                yield self._first()
            self.under_way.append((one, self._submit(one)))
            if len(self.under_way) >= 2 * self.executor.width:
                yield self._first()
        while self.under_way:
            yield self._first()

    def again(self, index: int) -> Tally:
        """What one program came to that was run before."""
        return self._settled((index, 1), self._submit((index, 1)))

    def _first(self) -> Tally:
        one, future = self.under_way.popleft()
        return self._settled(one, future)

    def _submit(self, one: Range) -> Future[Tally]:
        guidance = self._guidance(one[0])
        return self.executor.submit(
            call, self.plan, self.executor.guarded, "batch", self.origin, *one, guidance
        )

    def _ready(self, one: Range) -> bool:
        return self.origin != GENERATED or self.guides.ready(one[0])

    def _guidance(self, index: int) -> Guidance | None:
        return self.guides.of(self.origin, index)

    def _settled(self, one: Range, future: Future[Tally]) -> Tally:
        """What a range came to: NOTE [Lost batches]."""
        first, count = one
        try:
            return future.result()
        except BaseException as error:
            cause = self.executor.lost(error)
            if cause is None:
                raise
        if count == 1:
            return self._alone(first, cause)
        half = count // 2
        parts = [(first, half), (first + half, count - half)]
        left, right = [(part, self._submit(part)) for part in parts]
        tally = self._settled(*left)
        tally.merge(self._settled(*right))
        return tally

    def _alone(self, index: int, cause: str) -> Tally:
        """The tally of a program that ends its process, as a difference if that is the subject's doing alone."""
        guilty = {side: self._ends(index, side) for side in ("reference", "subject")}
        tally = Tally(self.origin, index, count=1)
        name = f"g-{self.plan.seed}-{index}"
        program = Program(name, (), self.origin, self.plan.seed)
        if guilty["subject"] is None or guilty["reference"] is not None:
            whose = "the reference" if guilty["reference"] is not None else "neither side alone"
            tally.programs.append(
                program_record(program, None, (), f"the process ended, by {whose}: {cause}")
            )
            return tally
        ended = guilty["subject"]
        difference = Difference(
            (0,), "process", Observation.PROCESS, ENDED, "none", "process", "goes on", ended
        )
        tally.sightings.append(Sighting(self.origin, index, difference))
        told = {"status": "differ", "signature": difference.signature, "signatures": [difference.signature]}
        tally.programs.append(program_record(program, None) | told | {"index": index})
        return tally

    def _ends(self, index: int, side: str) -> str | None:
        """How a process ends in which one side runs the program, None where it goes on."""
        executor = self.executor
        try:
            what = (self.origin, index, self._guidance(index), side)
            executor.submit(call, self.plan, executor.guarded, "alone", *what).result()
        except BaseException as error:
            cause = executor.lost(error)
            if cause is None and not isinstance(error, Exception):
                raise
            return cause
        return None
