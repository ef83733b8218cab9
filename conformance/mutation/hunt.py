"""Running drawn programs on torch and one mutant after the other, each up to its first difference.

NOTE [Caught]: what a campaign would report of a mutant, by a program on which the library itself agrees, is what it
is caught by. So the library as it is runs the same programs first, and those on which it does not agree are left out.
All mutants get the same programs, in the same order, but for those that do not come to what is wrong, which the first
run tells. Each mutant runs in a process of its own, a copy of one that has imported the libraries and drawn the first
programs: what it leaves behind ends with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from ..campaign.executor import Pool
from ..campaign.plan import Plan
from ..campaign.worker import CORPUS, GENERATED, worker
from ..outcome import Status
from ..program import Program
from .collection import mutants
from .equivalent import EQUIVALENT
from .mutant import Mutant
from .survey import noted

DRAWN_AHEAD = 500  # programs: most mutants are caught by one of these
Place = tuple[str, int]  # of a program: its origin, and its index there


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: ``by`` says how it was caught and ``program`` by which, None where it survived.
    ``programs``: how many were drawn until then; so many of them as are ``concerned`` come to what is wrong."""

    mutant: str
    family: str
    by: str | None
    program: str | None
    programs: int
    concerned: int

    @property
    def caught(self) -> bool:
        return self.by is not None

    def record(self) -> dict[str, Any]:
        """The verdict as a record; ``equivalent`` is why no program can tell a survivor from the library."""
        why = None if self.caught else EQUIVALENT.get(self.mutant)
        return {"record": "mutant", **asdict(self), "equivalent": why}


@dataclass(slots=True)
class Survey:
    """Programs of one origin from ``first`` on: ``count`` of them were run, and ``came`` says which came to a place."""

    origin: str
    first: int
    count: int
    came: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Hunt:
    """Hunts mutants with the programs of a plan, and first with those of the corpus if that is asked for."""

    plan: Plan
    workers: int
    corpus: bool = False
    programs: int = 0
    came: dict[str, list[Place]] = field(default_factory=dict)
    under_way: deque[tuple[Mutant, Future[Verdict]]] = field(default_factory=deque)

    def prepare(self) -> Iterator[int]:
        """Run the library as it is; after each batch how many programs are done."""
        kept = len(worker(self.plan).corpus) if self.corpus else 0
        pool = Pool(self.workers)
        try:
            batches = [
                (pool.submit(surveyed, self.plan, origin, first, min(self.plan.batch, count - first)))
                for origin, count in ((CORPUS, kept), (GENERATED, self.plan.programs))
                for first in range(0, count, self.plan.batch)
            ]
            for batch in batches:
                found = self._survey(pool, batch)
                if found is None:
                    continue
                self.programs += found.count
                for place, indexes in found.came.items():
                    self.came.setdefault(place, []).extend((found.origin, index) for index in indexes)
                yield self.programs
        finally:
            pool.shutdown()

    def _survey(self, pool: Pool, batch: Future[Survey]) -> Survey | None:
        """What a batch came to; None for one that ended its process, whose programs are left out."""
        try:
            return batch.result()
        except BaseException as error:
            if pool.lost(error) is None:
                raise
            return None

    def verdicts(self, chosen: Iterable[Mutant]) -> Iterator[Verdict]:
        """What became of each mutant, in order."""
        for index in range(min(DRAWN_AHEAD, self.plan.programs)):
            program(self.plan, GENERATED, index)
        pool = Pool(self.workers, tasks=1)
        try:
            for mutant in chosen:
                future = pool.submit(hunted, self.plan, mutant.name, self.concerned(mutant), self.programs)
                self.under_way.append((mutant, future))
                if len(self.under_way) > 2 * pool.width:
                    yield self._first(pool)
            while self.under_way:
                yield self._first(pool)
        finally:
            pool.shutdown()

    def concerned(self, mutant: Mutant) -> list[Place]:
        """The programs that come to what a mutant gets wrong, in their order."""
        return sorted({one for place in mutant.places for one in self.came.get(place, ())})

    def _first(self, pool: Pool) -> Verdict:
        mutant, future = self.under_way.popleft()
        try:
            return future.result()
        except BaseException as error:
            cause = pool.lost(error)
            if cause is None:
                raise
            return Verdict(mutant.name, mutant.family, f"the process ended: {cause}", None, 0, 0)


@lru_cache(DRAWN_AHEAD)
def program(plan: Plan, origin: str, index: int) -> Program:
    """The program at a place; most are asked for by every mutant."""
    return worker(plan).program(origin, index, None)[0]


def surveyed(plan: Plan, origin: str, first: int, count: int) -> Survey:
    """What places each program of a batch comes to, of those on which the library agrees with torch."""
    running, found = worker(plan), Survey(origin, first, count)
    running.guard()
    came: set[str] = set()
    with noted({place for one in mutants().values() for place in one.places}, came.add):
        for index in range(first, first + count):
            drawn, _ = running.program(origin, index, None)
            came.clear()
            running.watch(plan.patience)
            agrees = running.run(drawn).status is Status.AGREE
            running.watch(0.0)
            for place in came if agrees else ():
                found.came.setdefault(place, []).append(index)
    return found


def hunted(plan: Plan, name: str, places: list[Place], programs: int) -> Verdict:
    """What becomes of a mutant, in whatever process this is called: NOTE [Caught]."""
    mutant, running = mutants()[name], worker(plan)
    running.guard()
    for done, (origin, index) in enumerate(places, 1):
        drawn = program(plan, origin, index)
        running.watch(plan.patience)
        by = difference(mutant, drawn, plan)
        running.watch(0.0)
        if by is not None:
            return Verdict(mutant.name, mutant.family, by, drawn.name, index + 1, done)
    return Verdict(mutant.name, mutant.family, None, None, programs, len(places))


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
