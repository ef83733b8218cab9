"""What a process that runs batches holds and does. It loads the libraries once, and draws each program itself."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from functools import lru_cache
from typing import Any

from .. import memory
from ..asserting import LOST, DeviceLost
from ..generate import Generator
from ..guidance import EPOCH, Guidance, Guide, feature
from ..known import read_corpus, read_known
from ..leftover import restore_state
from ..lockstep import Lockstep
from ..observation import Difference
from ..outcome import Outcome
from ..parting import parting
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
KEPT = 50  # of so many programs that nothing guided one is kept, to make others of
COLLECT = 20_000  # objects made and kept since the last collection, at which the next one comes
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
        self.guided = plan.programs > 2 * EPOCH
        self.guidance: Guidance | None = None
        self.guide: Guide | None = None
        # Programs come and go by reference counts; what is here to stay need not be looked through.
        gc.freeze()
        gc.set_threshold(COLLECT)

    def guard(self) -> None:
        """End the process at a program that takes too long or too much; for one that does nothing else."""
        if not self.guarded:
            self.guarded = True
            if not memory.reserves(self.subject):
                memory.limit(self.plan.memory)

    # --- programs -------------------------------------------------------------------------------------------

    def program(self, origin: str, index: int, guidance: Guidance | None) -> tuple[Program, set[int]]:
        """The program at a place of a stream, and the features that it shows."""
        if origin == CORPUS:
            return self.corpus[index], set()
        if guidance != self.guidance:
            self.guidance, self.guide = guidance, None if guidance is None else Guide(guidance)
        return self.generator.guided(self.plan.seed, index, self.guide)

    def batch(self, origin: str, first: int, count: int, guidance: Guidance | None) -> Tally:
        """Draw, run and count the programs of a batch."""
        tally = Tally(origin, first)
        begin = time.process_time()
        for index in range(first, first + count):
            self.watch(self.plan.patience)
            self._one(tally, origin, index, guidance)
        self.watch(0.0)
        tally.seconds = time.process_time() - begin
        return tally

    def _one(self, tally: Tally, origin: str, index: int, guidance: Guidance | None) -> None:
        try:
            program, features = self.program(origin, index, guidance)
        except Exception as error:
            self._reset()
            empty = Program(f"g-{self.plan.seed}-{index}", (), origin, self.plan.seed)
            tally.lose(empty, f"not drawn: {type(error).__name__}: {error}")
            return
        try:
            outcome = self.run(program)
            tally.add(program, outcome, index)
            if origin == GENERATED and self.guided:
                self._see(tally, program, features, outcome)
        except DeviceLost:
            raise
        except Exception as error:
            self._reset()
            tally.lose(program, f"{type(error).__name__}: {error}")

    def _see(self, tally: Tally, program: Program, features: set[int], outcome: Outcome) -> None:
        """Count the features of a program, and keep it where one of them is new."""
        reached = outcome.reached
        features |= {feature("error", one) for one in reached.errors} | {
            feature("node", one) for one in reached.nodes
        }
        tally.seen.update(features)
        index = tally.first + tally.count - 1
        if not index % KEPT if self.guide is None else self.guide.is_new(features):
            tally.novel.append(program.to_json())

    def run(self, program: Program) -> Outcome:
        """Run a program on both sides."""
        return self.lockstep.run(program)

    def alone(self, origin: str, index: int, guidance: Guidance | None, side: str) -> str:
        """Run a program on one side alone, which tells whose doing it is that a process ends; the side's name."""
        subject = getattr(self, side)
        self.watch(self.plan.patience)
        Lockstep(subject, subject).run(self.program(origin, index, guidance)[0])
        self.watch(0.0)
        return side

    # --- differences ----------------------------------------------------------------------------------------

    def record(self, sighting: Sighting, guidance: Guidance | None, limit: int) -> dict[str, Any]:
        """The record of a difference, reduced by trying ``limit`` programs at most, unless it is accepted."""
        program, _ = self.program(sighting.origin, sighting.index, guidance)
        difference = sighting.difference
        reason = difference.reason or self.accepted.get(difference.signature)
        if limit == 0 or difference.field == ENDED:
            return difference_record(program, difference, None, None, reason)
        self.watch(PATIENT * self.plan.patience)
        try:
            if reason is None:
                return self._reduced(program, difference, limit)
            told = parting(program, difference, self.reference, self.subject)
            return {**difference_record(program, difference, None, None, reason), **told}
        finally:
            self.watch(0.0)

    def _reduced(self, program: Program, difference: Difference, limit: int) -> dict[str, Any]:
        """The record of a difference that nobody has accepted, with what its reduced program shows."""
        unreduced = difference_record(program, difference, None, None)
        others = frozenset(self.accepted)
        try:
            reduction = reduce(program, self.reference, self.subject, others, limit=limit)
        except ReductionError:
            return unreduced
        except Exception as error:  # a fault of the reducer, which costs nobody the difference
            self._reset()
            return {**unreduced, "unreduced": f"{type(error).__name__}: {error}"}
        if reduction.difference.signature != difference.signature:  # it depended on what ran before
            return unreduced
        text, told = self._script(reduction.program)
        told |= parting(reduction.program, reduction.difference, self.reference, self.subject)
        return {**difference_record(program, reduction.difference, reduction.program, text), **told}

    def _script(self, program: Program) -> tuple[str | None, dict[str, Any]]:
        """The script that shows a difference, or what there is to say of its absence."""
        try:
            return script(program, self.run(program).differences, self.reference, self.subject), {}
        except ValueError:  # what differs hangs on no name that a script could look at
            return None, {}
        except Exception as error:
            self._reset()
            return None, {"unscripted": f"{type(error).__name__}: {error}"}

    # --- the process ----------------------------------------------------------------------------------------

    def watch(self, seconds: float) -> None:
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


def call(plan: Plan, guarded: bool, method: str, *args: Any) -> Any:
    """What a method of the worker gives, in whatever process this is called."""
    found = worker(plan)
    if guarded:
        found.guard()
    try:
        return getattr(found, method)(*args)
    except DeviceLost as error:
        if not guarded:
            raise
        print(error, file=sys.stderr, flush=True)
        os._exit(LOST)
