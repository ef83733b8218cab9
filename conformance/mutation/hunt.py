"""Running drawn programs on torch and one mutant after the other, each up to its first difference.

NOTE [Caught]: what a campaign would report of a mutant, by a program on which the library itself agrees, is what it
is caught by. So the library as it is runs the same programs first, and those on which it does not agree are left out.
All mutants get the same programs, in the same order. Each runs in a process of its own, a copy of one that has
imported the libraries and drawn the first programs: what it leaves behind ends with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from ..campaign.batches import Batches
from ..campaign.executor import Pool
from ..campaign.plan import Plan
from ..campaign.worker import CORPUS, GENERATED, worker
from ..outcome import Status
from ..program import Program
from .collection import mutants
from .mutant import Mutant

DRAWN_AHEAD = 500  # programs: most mutants are caught by one of these
Stream = tuple[str, int]  # an origin of programs, and how many there are


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: ``by`` says how it was caught and ``program`` by which, None where it survived
    ``programs`` of them."""

    mutant: str
    family: str
    by: str | None
    program: str | None
    programs: int

    @property
    def caught(self) -> bool:
        return self.by is not None

    def record(self) -> dict[str, Any]:
        return {"record": "mutant", **asdict(self)}


@dataclass(slots=True)
class Hunt:
    """Hunts mutants with the programs of a plan, and first with those of the corpus if that is asked for."""

    plan: Plan
    workers: int
    corpus: bool = False
    differing: frozenset[str] = frozenset()
    under_way: deque[tuple[Mutant, Future[Verdict]]] = field(default_factory=deque)

    def streams(self) -> tuple[Stream, ...]:
        """Where programs come from, and how many."""
        kept = ((CORPUS, len(worker(self.plan).corpus)),) if self.corpus else ()
        return (*kept, (GENERATED, self.plan.programs))

    def prepare(self) -> Iterator[int]:
        """Run the library as it is; after each batch how many programs are done."""
        pool, done = Pool(self.workers), 0
        try:
            for origin, count in self.streams():
                ranges = ((at, min(self.plan.batch, count - at)) for at in range(0, count, self.plan.batch))
                for tally in Batches(pool, self.plan, origin).tallies(ranges):
                    done += tally.count
                    self.differing |= {one["id"] for one in tally.programs}
                    yield done
        finally:
            pool.shutdown()

    def verdicts(self, chosen: Iterable[Mutant]) -> Iterator[Verdict]:
        """What became of each mutant, in order."""
        for index in range(min(DRAWN_AHEAD, self.plan.programs)):
            program(self.plan, GENERATED, index)
        pool, streams = Pool(self.workers, tasks=1), self.streams()
        try:
            for mutant in chosen:
                future = pool.submit(hunted, self.plan, mutant.name, streams, self.differing)
                self.under_way.append((mutant, future))
                if len(self.under_way) > 2 * pool.width:
                    yield self._first(pool)
            while self.under_way:
                yield self._first(pool)
        finally:
            pool.shutdown()

    def _first(self, pool: Pool) -> Verdict:
        mutant, future = self.under_way.popleft()
        try:
            return future.result()
        except BaseException as error:
            cause = pool.lost(error)
            if cause is None:
                raise
            return Verdict(mutant.name, mutant.family, f"the process ended: {cause}", None, 0)


@lru_cache(DRAWN_AHEAD)
def program(plan: Plan, origin: str, index: int) -> Program:
    """The program at a place; most are asked for by every mutant."""
    return worker(plan).program(origin, index)


def hunted(plan: Plan, name: str, streams: tuple[Stream, ...], differing: frozenset[str]) -> Verdict:
    """What becomes of a mutant, in whatever process this is called: NOTE [Caught]."""
    mutant, running, done = mutants()[name], worker(plan), 0
    running.guard()
    for origin, index in ((origin, index) for origin, count in streams for index in range(count)):
        drawn = program(plan, origin, index)
        if drawn.name in differing:
            continue
        done += 1
        running.watch(plan.patience)
        by = difference(mutant, drawn, plan)
        running.watch(0.0)
        if by is not None:
            return Verdict(mutant.name, mutant.family, by, drawn.name, done)
    return Verdict(mutant.name, mutant.family, None, None, done)


def difference(mutant: Mutant, drawn: Program, plan: Plan) -> str | None:
    """How a program tells a mutant from torch; None where it does not."""
    with mutant.put():
        try:
            outcome = worker(plan).run(drawn)
        except Exception as error:
            return f"the harness failed: {type(error).__name__}"
    if outcome.status is Status.DIFFER and outcome.difference is not None:
        return outcome.difference.signature
    return None
