"""What a process that runs batches holds and does. It loads the libraries once, and draws each program itself."""

from __future__ import annotations

import resource
import signal
import time
from functools import lru_cache
from typing import Any

from ..generate import Generator
from ..known import read_corpus, read_known
from ..leftover import restore_state
from ..lockstep import Lockstep
from ..outcome import Outcome
from ..presence import Presence
from ..program import Program
from ..records import difference_record
from ..reduce import ReductionError, reduce
from ..script import script
from ..subjects import load_subject
from .plan import Plan
from .tally import Sighting, Tally

GENERATED, CORPUS = "generated", "corpus"
ENDED = "ended"  # the field of a difference in which the subject ended the process
PATIENT = 5  # times as long as a program a reduction may take


class Worker:
    """Runs programs of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.guarded = plan, False
        self.reference, self.subject = load_subject(plan.reference), load_subject(plan.subject)
        self.accepted = {known.signature: known.reason for known in read_known()}
        self.generator = Generator(Presence(self.subject))
        self.lockstep = Lockstep(self.reference, self.subject, frozenset(self.accepted))
        self.corpus = read_corpus()

    def guard(self) -> None:
        """End the process at a program that takes too long or too much; for one that does nothing else."""
        if not self.guarded:
            self.guarded = True
            limit_memory(self.plan.memory)

    # --- programs -------------------------------------------------------------------------------------------

    def program(self, origin: str, index: int) -> Program:
        """The program at a place of a stream."""
        if origin == CORPUS:
            return self.corpus[index]
        return self.generator.program(self.plan.seed, index)

    def batch(self, origin: str, first: int, count: int) -> Tally:
        """Draw, run and count the programs of a batch."""
        tally = Tally(origin, first)
        begin = time.process_time()
        for index in range(first, first + count):
            self._watch(self.plan.patience)
            self._one(tally, origin, index)
        self._watch(0.0)
        tally.seconds = time.process_time() - begin
        return tally

    def _one(self, tally: Tally, origin: str, index: int) -> None:
        try:
            program = self.program(origin, index)
        except Exception as error:
            self._reset()
            empty = Program(f"g-{self.plan.seed}-{index}", (), origin, self.plan.seed)
            tally.lose(empty, f"not drawn: {type(error).__name__}: {error}")
            return
        try:
            tally.add(program, self.run(program), index)
        except Exception as error:
            self._reset()
            tally.lose(program, f"{type(error).__name__}: {error}")

    def run(self, program: Program) -> Outcome:
        """Run a program on both sides."""
        return self.lockstep.run(program)

    def alone(self, origin: str, index: int, side: str) -> str:
        """Run a program on one side alone, which tells whose doing it is that a process ends; the side's name."""
        subject = getattr(self, side)
        self._watch(self.plan.patience)
        Lockstep(subject, subject).run(self.program(origin, index))
        self._watch(0.0)
        return side

    # --- differences ----------------------------------------------------------------------------------------

    def record(self, sighting: Sighting, limit: int) -> dict[str, Any]:
        """The record of a difference, reduced by trying ``limit`` programs at most, unless it is accepted."""
        program, difference = self.program(sighting.origin, sighting.index), sighting.difference
        reason = difference.reason or self.accepted.get(difference.signature)
        if reason is not None or limit == 0 or difference.field == ENDED:
            return difference_record(program, difference, None, None, reason)
        others = frozenset(self.accepted)
        self._watch(PATIENT * self.plan.patience)
        try:
            reduction = reduce(program, self.reference, self.subject, others, limit=limit)
        except ReductionError:
            self._watch(0.0)
            return difference_record(program, difference, None, None, reason)
        if reduction.difference.signature != difference.signature:  # it depended on what ran before
            return difference_record(program, difference, None, None, reason)
        text = self._script(reduction.program)
        self._watch(0.0)
        return difference_record(program, reduction.difference, reduction.program, text, reason)

    def _script(self, program: Program) -> str | None:
        try:
            return script(program, self.run(program).differences, self.reference, self.subject)
        except ValueError:  # what differs hangs on no name that a script could look at
            return None

    # --- the process ----------------------------------------------------------------------------------------

    def _watch(self, seconds: float) -> None:
        """Have the process ended by a signal in so many seconds, or no more for 0."""
        if self.guarded:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def _reset(self) -> None:
        """Bring back the global state that a program has left changed."""
        for side in (self.reference, self.subject):
            restore_state(side)


@lru_cache(1)
def worker(plan: Plan) -> Worker:
    """The worker of this process."""
    return Worker(plan)


def limit_memory(gibibytes: float) -> None:
    """Let the process take so much memory beyond what it has mapped; more is a MemoryError, or its end."""
    with open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + int(gibibytes * 2**30), hard))


def call(plan: Plan, guarded: bool, method: str, *args: Any) -> Any:
    """What a method of the worker gives, in whatever process this is called."""
    found = worker(plan)
    if guarded:
        found.guard()
    return getattr(found, method)(*args)
