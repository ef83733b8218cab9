"""A run: controls first, then the corpus, the suites and programs drawn from a seed; records as it goes."""

from __future__ import annotations

import os
import platform
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy
import torch

from .coverage import Coverage
from .generate import Generator
from .isolation import Died, isolated
from .known import read_corpus, read_known
from .ledger import Ledger
from .lockstep import Lockstep
from .mutants import MUTANTS
from .outcome import Outcome, Status
from .presence import Presence
from .program import Program
from .records import FORMAT, Writer, program_record
from .subjects import Subject
from .suites import SUITES
from .timing import time_workloads
from .workload import WORKLOADS

CONTROLS = 60
REDUCTION_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to run, and where to write it."""

    reference: Subject
    subject: Subject
    seed: int = 0
    programs: int = 2000
    runs: Path = Path("runs")
    reduction_limit: int = REDUCTION_LIMIT
    timing_rounds: int = 0


@dataclass(slots=True)
class Progress:
    """How far a run has come, for whoever shows it."""

    stage: str
    done: int
    total: int
    differing: int


@dataclass(slots=True)
class Result:
    """What a program came to, and the records of differences that are new with it."""

    program: Program
    outcome: Outcome | None = None
    crash: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """A campaign under way."""

    campaign: Campaign
    started: datetime
    writer: Writer
    presence: Presence
    accepted: dict[str, str]
    ledger: Ledger
    lockstep: Lockstep
    statuses: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    failed_alike: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    agree: list[int] = field(default_factory=lambda: [0, 0])
    differ: list[int] = field(default_factory=lambda: [0, 0])
    seconds: float = 0.0

    @classmethod
    def start(cls, campaign: Campaign) -> Run:
        """Make the folder and its header."""
        started = datetime.now(UTC).replace(microsecond=0)
        writer = Writer.open(campaign.runs / f"{started:%Y%m%d-%H%M%S}-{campaign.seed}")
        accepted = {known.signature: known.reason for known in read_known()}
        reference, subject = campaign.reference, campaign.subject
        ledger = Ledger(reference, subject, accepted, campaign.reduction_limit)
        lockstep = Lockstep(reference, subject, frozenset(accepted))
        run = cls(campaign, started, writer, Presence(subject), accepted, ledger, lockstep)
        run.header("incomplete")
        return run

    @property
    def trusted(self) -> bool:
        """Whether all controls came out as they must."""
        return self.agree[0] == self.agree[1] > 0 and self.differ[0] == self.differ[1] > 0

    def steps(self) -> Iterator[Progress]:
        """Run everything, saying at each step how far it is."""
        yield from self._controls()
        yield from self._corpus()
        yield from self._suites()
        yield from self._generated()
        yield from self._timings()
        self.header("complete" if self.trusted else "invalid")
        self.writer.close()

    # --- stages ---------------------------------------------------------------------------------------------

    def _controls(self) -> Iterator[Progress]:
        """The reference must agree with itself, and part from each of its mutants."""
        reference = self.campaign.reference
        same = Lockstep(reference, reference)
        generator = Generator()
        for index in range(CONTROLS):
            outcome = same.run(generator.program(self.campaign.seed, index))
            self.agree[0] += outcome.status is Status.AGREE
            self.agree[1] += 1
            yield Progress("controls that must agree", index + 1, CONTROLS, self.agree[1] - self.agree[0])
        for index, mutant in enumerate(MUTANTS):
            found = Lockstep(reference, mutant.subject()).run(mutant.program()).differences
            self.differ[0] += any(one.kind is mutant.kind for one in found)
            self.differ[1] += 1
            missed = self.differ[1] - self.differ[0]
            yield Progress("controls that must differ", index + 1, len(MUTANTS), missed)
        self.header("incomplete")

    def _corpus(self) -> Iterator[Progress]:
        corpus = read_corpus()
        for index, program in enumerate(corpus):
            result = self._result(program)
            self._reduce(result)
            self._note(result)
            yield Progress("corpus", index + 1, len(corpus), len(self.ledger.new))

    def _suites(self) -> Iterator[Progress]:
        for suite in SUITES:
            found = suite.findings(self.campaign.reference, self.campaign.subject)
            for index, finding in enumerate(found):
                self.writer.append(finding.record())
                yield Progress(suite.noun, index + 1, len(suite.entries), len(self.ledger.new))

    def _timings(self) -> Iterator[Progress]:
        if self.campaign.timing_rounds == 0:
            return
        timed = time_workloads(self.campaign.subject.module, self.campaign.timing_rounds)
        for index, timing in enumerate(timed):
            self.writer.append(timing.record())
            yield Progress("timings", index + 1, len(WORKLOADS), len(self.ledger.new))

    def _generated(self) -> Iterator[Progress]:
        """Draw and run programs in a child process: one that crashes it is counted, and the run goes on."""
        generator = Generator(self.presence)

        def work(index: int) -> tuple[Result, float]:
            begin = time.process_time()
            program, fault = self._drawn(generator, index)
            result = self._result(program) if fault is None else Result(program, crash=fault)
            spent = time.process_time() - begin
            self._reduce(result)
            return result, spent

        for outcome in isolated(work, self.campaign.programs):
            if isinstance(outcome, Died):
                program, _ = self._drawn(generator, outcome.index)
                self._note(Result(program, crash=outcome.cause))
            else:
                result, spent = outcome.result
                self.seconds += spent
                self._note(result)
            yield Progress("programs", outcome.index + 1, self.campaign.programs, len(self.ledger.new))
        self.writer.append(self.coverage.record())

    def _drawn(self, generator: Generator, index: int) -> tuple[Program, str | None]:
        """A program of the stream; an empty one, and what went wrong, where the generator itself fails."""
        seed = self.campaign.seed
        try:
            return generator.program(seed, index), None
        except Exception as error:
            self._reset()
            fault = f"not drawn: {type(error).__name__}: {error}"
            return Program(f"g-{seed}-{index}", (), "generated", seed), fault

    def _result(self, program: Program) -> Result:
        """Run a program on both sides; one that the harness cannot follow is a crash."""
        try:
            return Result(program, self.lockstep.run(program))
        except Exception as error:
            self._reset()
            return Result(program, crash=f"{type(error).__name__}: {error}")

    def _reduce(self, result: Result) -> None:
        if result.outcome is not None:
            result.records = self.ledger.enter(result.program, result.outcome)

    def _note(self, result: Result) -> None:
        """Count and write what a program came to."""
        outcome = result.outcome
        self.writer.append(program_record(result.program, outcome, result.crash))
        for record in result.records:
            self.writer.append(record)
        self.statuses[Status.CRASH if outcome is None else outcome.status] += 1
        if outcome is not None:
            self.succeeded.update(outcome.succeeded)
            self.failed_alike.update(outcome.failed_alike)
            self.ledger.count(outcome)
            if result.program.origin == "generated":
                self.coverage.count(result.program, outcome.reached)

    def _reset(self) -> None:
        """Bring back the global state that a program has left changed."""
        for side in (self.campaign.reference, self.campaign.subject):
            side.module.set_grad_enabled(True)

    # --- the header -----------------------------------------------------------------------------------------

    def header(self, status: str) -> None:
        """Write what is known of the run."""
        campaign = self.campaign
        finished = None if status == "incomplete" else datetime.now(UTC).isoformat(timespec="seconds")
        rate = campaign.programs / self.seconds if self.seconds else None
        unproven = {op: count for op, count in self.failed_alike.items() if op not in self.succeeded}
        self.writer.header(
            {
                "format": FORMAT,
                "run": self.writer.folder.name,
                "started": self.started.isoformat(),
                "finished": finished,
                "status": status,
                "subject": _library(campaign.subject),
                "reference": _library(campaign.reference),
                "seed": campaign.seed,
                "programs": campaign.programs,
                "environment": environment(),
                "controls": {"agree": self.agree, "differ": self.differ},
                "rate": rate and round(rate, 1),
                "absent": self.presence.absent(),
                # Ops that failed alike on both sides and never succeeded: no agreement is claimed for them.
                "unproven": unproven,
            }
        )


def _library(subject: Subject) -> dict[str, Any]:
    return {"name": subject.name, "version": subject.version, "compiled": subject.compiled}


def environment() -> dict[str, Any]:
    """What a run's numbers depend on besides the two libraries."""
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
    }


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or f"{os.cpu_count()} processors"
