"""A run: controls first and last, between them the corpus and programs drawn from a seed, then suites and timings.

NOTE [Whole batches]: the records of a batch are written at once, its own record last, so that whatever ends the process
leaves whole batches and at most the beginning of one. A run that is gone on with is cut back to its last whole batch,
and what was done after that is done again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..guidance import EPOCH
from ..known import read_corpus
from ..memory import reserves
from ..presence import Presence
from ..records import FORMAT, RunError, Writer, cut_back, read_header
from ..subjects import Subject, load_subject
from ..suites import SUITES
from ..timing import time_workloads
from ..workload import WORKLOADS
from .batches import Batches, Range
from .controls import Controls
from .environment import environment
from .executor import Executor, executor
from .guides import Guides
from .ledger import Ledger
from .plan import Plan
from .tally import Sighting, Tally
from .worker import CORPUS, GENERATED, call


@dataclass(frozen=True, slots=True)
class Options:
    """How a plan is carried out, which changes nothing of what it comes to, but for ending it early."""

    runs: Path = Path("runs")
    workers: int = os.cpu_count() or 1
    executor: str = "local"
    minutes: float | None = None


@dataclass(slots=True)
class Progress:
    """How far a run has come, for whoever shows it: programs done of a total, signatures found, what was reached."""

    stage: str
    done: int
    total: int
    differing: int
    reached: int = 0
    rate: float | None = None


@dataclass(slots=True)
class Run:
    """A campaign under way."""

    plan: Plan
    options: Options
    started: datetime
    writer: Writer
    reference: Subject
    subject: Subject
    controls: Controls
    ledger: Ledger = field(default_factory=Ledger)
    guides: Guides = field(default_factory=Guides)
    totals: dict[str, Tally] = field(default_factory=dict)
    reductions: list[tuple[Sighting, Future[dict[str, Any]]]] = field(default_factory=list)
    untold: list[tuple[str, int]] = field(
        default_factory=list
    )  # programs whose differences are still to be told of
    ended: str | None = None  # why before its end

    @classmethod
    def start(cls, plan: Plan, options: Options = Options()) -> Run:
        """Make the folder and its header."""
        libraries = load_subject(plan.reference), load_subject(plan.subject)  # before anything is written
        started = datetime.now(UTC).replace(microsecond=0)
        writer = Writer.open(options.runs / f"{started:%Y%m%d-%H%M%S}-{plan.seed}")
        made = cls(plan, options, started, writer, *libraries, Controls(libraries[0], plan.seed))
        made.header("incomplete")
        return made

    @classmethod
    def resume(cls, folder: Path, options: Options) -> Run:
        """Go on with a run: NOTE [Whole batches]. RunError for one that cannot be gone on with."""
        header = read_header(folder)
        plan = Plan.from_json(header, folder)
        libraries = load_subject(plan.reference), load_subject(plan.subject)
        kept = cut_back(folder)
        try:
            started = datetime.fromisoformat(header["started"])
            tallies = [Tally.of_record(record) for record in kept if record["record"] == "batch"]
            ledger = Ledger()
            untold = ledger.recall(kept)
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"{folder}: its records lack what is needed to go on: {error}") from None
        writer = Writer.again(folder)
        made = cls(plan, options, started, writer, *libraries, Controls(libraries[0], plan.seed), ledger)
        made.untold = untold
        for tally in tallies:
            made._count(tally)
        made.header("incomplete")
        return made

    def steps(self) -> Iterator[Progress]:
        """Run everything, saying at each step how far it is. An interrupt ends the programs, and not the run."""
        yield from self._controls("controls, before")
        fresh = reserves(self.subject)  # a GPU's context is no copy's
        pool = executor(self.options.executor, self.options.workers, fresh)
        try:
            yield from self._programs(pool)
        finally:
            pool.shutdown()
        yield from self._suites()
        yield from self._timings()
        self.writer.append(self._total(GENERATED).coverage.record())
        yield from self._controls("controls, after")
        self.header("complete" if self.controls.hold else "invalid")
        self.writer.close()

    # --- stages ---------------------------------------------------------------------------------------------

    def _controls(self, stage: str) -> Iterator[Progress]:
        for done, total, missed in self.controls.run():
            yield Progress(stage, done, total, missed)
        self.header("incomplete")

    def _programs(self, pool: Executor) -> Iterator[Progress]:
        deadline = None
        if self.options.minutes is not None:
            deadline = time.monotonic() + 60 * self.options.minutes
        try:
            for origin, index in self.untold:
                self._tell(self.ledger.untold(self._batches(origin, pool).again(index)), pool)
            for origin, total in ((CORPUS, len(read_corpus())), (GENERATED, self.plan.programs)):
                ranges = self._ranges(origin, total, deadline)
                for tally in self._batches(origin, pool).tallies(ranges):
                    self._commit(tally, pool)
                    yield self._progress(origin, total)
            self._write_reductions(pool, wait=True)
        except KeyboardInterrupt:
            self.ended = "interrupted"
            for sighting, _ in self.reductions:  # told of as they were seen
                guidance = self.guides.of(sighting.origin, sighting.index)
                self.writer.append(call(self.plan, False, "record", sighting, guidance, 0))

    def _batches(self, origin: str, pool: Executor) -> Batches:
        return Batches(pool, self.plan, origin, self.guides)

    def _ranges(self, origin: str, total: int, deadline: float | None) -> Iterator[Range]:
        """The batches that are still to be run, each within one epoch."""
        first = self._total(origin).count
        while first < total:
            if deadline is not None and time.monotonic() > deadline:
                self.ended = "out of time"
                return
            count = min(self.plan.batch, total - first, EPOCH - first % EPOCH)
            yield first, count
            first += count

    def _commit(self, tally: Tally, pool: Executor) -> None:
        """Write a batch, and have the differences reduced that are new with it."""
        self.writer.commit([*tally.programs, tally.record()])
        self._tell(self.ledger.enter(tally), pool)
        self._count(tally)
        self._write_reductions(pool, wait=False)

    def _tell(self, sightings: list[Sighting], pool: Executor) -> None:
        """Have differences reduced."""
        for sighting in sightings:
            self.reductions.append((sighting, self._reduce(pool, sighting, self.plan.reduction_limit)))

    def _reduce(self, pool: Executor, sighting: Sighting, limit: int) -> Future[dict[str, Any]]:
        guidance = self.guides.of(sighting.origin, sighting.index)
        return pool.submit(call, self.plan, pool.guarded, "record", sighting, guidance, limit)

    def _write_reductions(self, pool: Executor, wait: bool) -> None:
        """Write the differences whose reductions are done; one that ended its process is told of without."""
        for sighting, future in [one for one in self.reductions if wait or one[1].done()]:
            try:
                record = future.result()
            except BaseException as error:
                if pool.lost(error) is None:
                    raise
                record = self._reduce(pool, sighting, 0).result()
            self.writer.append(record)
            self.reductions.remove((sighting, future))

    def _count(self, tally: Tally) -> None:
        total = self._total(tally.origin)
        if tally.first != total.count:
            raise RunError(
                f"{self.writer.folder}: batch {tally.first} of {tally.origin} programs follows {total.count}"
            )
        if tally.origin == GENERATED:
            self.guides.add(tally)
        total.merge(tally)
        for one in (total.programs, total.sightings, total.seen, total.novel):
            one.clear()

    def _total(self, origin: str) -> Tally:
        return self.totals.setdefault(origin, Tally(origin, 0))

    def _progress(self, origin: str, total: int) -> Progress:
        done = self._total(origin)
        reached = len(done.coverage.errors) + len(done.coverage.nodes) + len(done.succeeded)
        stage = "programs" if origin == GENERATED else origin
        return Progress(stage, done.count, total, len(self.ledger.new), reached)

    def _suites(self) -> Iterator[Progress]:
        for suite in SUITES:
            found = suite.findings(self.reference, self.subject)
            for index, finding in enumerate(found):
                self.writer.append(finding.record())
                yield Progress(suite.noun, index + 1, len(suite.entries), len(self.ledger.new))

    def _timings(self) -> Iterator[Progress]:
        if (
            self.plan.timing_rounds == 0 or self.subject.placement is not None
        ):  # `time` has a device's own clock
            return
        timed = time_workloads(self.subject.module, self.plan.timing_rounds)
        for index, timing in enumerate(timed):
            self.writer.append(timing.record())
            yield Progress("timings", index + 1, len(WORKLOADS), len(self.ledger.new))

    # --- the header -----------------------------------------------------------------------------------------

    def header(self, status: str) -> None:
        """Write what is known of the run."""
        drawn = self._total(GENERATED)
        totals = self.totals.values()
        succeeded = {op for one in totals for op in one.succeeded}
        failed = {op: one.failed_alike[op] for one in totals for op in one.failed_alike}
        self.writer.header(
            {
                "format": FORMAT,
                "run": self.writer.folder.name,
                "started": self.started.isoformat(),
                "finished": None
                if status == "incomplete"
                else datetime.now(UTC).isoformat(timespec="seconds"),
                "status": status,
                "ended": self.ended,
                "subject": _library(self.subject),
                "reference": _library(self.reference),
                "seed": self.plan.seed,
                "programs": drawn.count if self.ended else self.plan.programs,
                "plan": self.plan.to_json(),
                "environment": environment(),
                "controls": {"agree": self.controls.agree, "differ": self.controls.differ},
                "rate": round(drawn.count / drawn.seconds, 1) if drawn.seconds else None,
                "absent": Presence(self.subject).absent(),
                "unobserved": self.subject.unobserved,
                **({} if self.subject.placement is None else {"device": str(self.subject.placement)}),
                # Ops that failed alike on both sides and never succeeded: no agreement is claimed for them.
                "unproven": {op: count for op, count in sorted(failed.items()) if op not in succeeded},
            }
        )


def _library(subject: Subject) -> dict[str, Any]:
    return {"name": subject.name, "version": subject.version, "compiled": subject.compiled}
