"""A night: a campaign and, into its folder, the scoreboard of ops, what torch does otherwise than it was recorded, a
sample of mutants, timings, and paces if there is time.

NOTE [Steps of a night]: each step is a command of `python -m conformance` in a process group of its own, so that one
that crashes, or does not end in time, loses nothing but itself. Its file appears when it is done, and `nightly.json`
says what became of it; what it printed is in a `.log` beside. A night that is gone on with does again what is not done.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from .campaign import Options, Plan, Run
from .document import COUNT, NUMBER, OBJECT, TEXT, DocumentError, check, content, decode, one_of, optional
from .file import write_whole
from .records import RunError, read_header

NAME = "nightly.json"
FORMAT = 1
CAMPAIGN = "campaign"
PROGRAMS, MINUTES = 100_000, 60.0
SETTLED = 0.8  # of the campaign's time, after which no program is begun: what differs is still to be reduced
LEAST = 30.0  # seconds, with less of which no step is begun that a night can do without


class State(StrEnum):
    """What became of a step; the first two are done."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"
    LATE = "out of time"
    SKIPPED = "no time left"
    INTERRUPTED = "interrupted"

    @property
    def done(self) -> bool:
        return self in (State.AGREES, State.DIFFERS)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a night, which must have ended when so much of the night is over.

    One that is not `needed` may run out of time. One that does not `decide` may differ with nothing being wrong.
    """

    name: str
    until: float
    needed: bool = True
    decides: bool = True

    @property
    def file(self) -> str:
        """What it writes when it is done."""
        return "records.jsonl" if self.name == CAMPAIGN else f"{self.name}.jsonl"


STEPS = (
    Step(CAMPAIGN, 0.5),
    Step("ops", 0.7),
    Step("drift", 0.73, decides=False),  # torch is not what it was recorded as
    Step("mutants", 0.83, decides=False),  # that few programs miss a mutant is no fault of the library
    Step("timings", 0.89),
    Step("pace", 0.96, needed=False),
    Step("sweep", 1.0, needed=False),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a night is to do. Of the mutants it takes one in `parts`, others each night, until all had their turn."""

    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")
    seed: int = 0
    programs: int = PROGRAMS
    minutes: float = MINUTES
    family: str = ""  # of the ops, where it is to be one alone
    parts: int = 24
    survived: int = 2000  # programs that a mutant may survive
    rounds: int = 40

    @property
    def part(self) -> int:
        return date.fromisoformat(self.day).toordinal() % self.parts + 1

    def command(self, step: Step, folder: Path, workers: int) -> list[str]:
        """What runs a step."""
        out = ["--json", str(folder / step.file)]
        crew = ["--workers", str(workers)]
        family = ["--family", self.family] if self.family else []
        seconds = 60 * self.minutes * step.until
        words = {
            CAMPAIGN: ["run", "--resume", str(folder), "--minutes", f"{SETTLED * seconds / 60:.3f}", *crew],
            "ops": ["ops", *family, "--known", *crew, *out],
            "mutants": [
                *("mutants", "--corpus", "--part", f"{self.part}/{self.parts}", "--seed", str(self.seed)),
                *("--programs", str(self.survived), *crew, *out),
            ],
            "drift": ["compare", "recorded", "torch", *out],
            "timings": ["time", "--rounds", str(self.rounds), *out],
            "sweep": ["time", "--sizes", "--rounds", str(self.rounds), *out],
            "pace": ["ops", *family, "--time", *out],
        }[step.name]
        return [sys.executable, "-m", "conformance", *words]


def seed_of(day: str) -> int:
    """The seed of a day: its digits."""
    return int(day.replace("-", ""))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a step: its state, how long it took, and why it is not done."""

    state: State
    seconds: float = 0.0
    cause: str | None = None


@dataclass(slots=True)
class Night:
    """A night under way, in the folder of its campaign."""

    schedule: Schedule
    folder: Path
    workers: int
    told: dict[str, Told] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, schedule: Schedule, runs: Path, workers: int) -> Night:
        """Make the folder of the run, whose campaign is then gone on with from its beginning."""
        plan = Plan(seed=schedule.seed, programs=schedule.programs)
        run = Run.start(plan, Options(runs, workers))
        run.writer.close()
        made = cls(schedule, run.writer.folder, workers)
        made.write()
        return made

    @classmethod
    def resume(cls, folder: Path, workers: int) -> Night:
        """Go on with a night, which has all its time anew; RunError where there is none."""
        schedule, told = read_night(folder)
        return cls(schedule, folder, workers, dict(told))

    def steps(self) -> Iterator[tuple[Step, Told]]:
        """Do what is not done yet, one step after the other; what became of each."""
        for step in STEPS:
            told = self.told.get(step.name)
            if told is None or not (told.state.done and (self.folder / step.file).exists()):
                self.told.pop(step.name, None)
                self.write()
                told = self.told[step.name] = self.carried_out(step)
                self.write()
            yield step, told

    def carried_out(self, step: Step) -> Told:
        """Run a step; NOTE [Steps of a night]."""
        begin = time.monotonic()
        left = 60 * self.schedule.minutes * step.until - (begin - self.began)
        if not step.needed and left < LEAST:
            return Told(State.SKIPPED)
        command = self.schedule.command(step, self.folder, self.workers)
        log = self.folder / f"{step.name}.log"
        if step.name != CAMPAIGN:  # which goes on with what it wrote
            (self.folder / step.file).unlink(missing_ok=True)
        status = finished(command, log, max(left, 1.0))
        seconds = round(time.monotonic() - begin, 1)
        if status is None:
            return Told(State.LATE, seconds, f"not done within {max(left, 1.0):.0f} s")
        if status in (0, 1) and self.is_whole(step):
            return Told(State.DIFFERS if status else State.AGREES, seconds)
        return Told(State.FAILED, seconds, f"exit status {status}: {last_line(log)}")

    def is_whole(self, step: Step) -> bool:
        """Whether a step wrote all of its file: an error in Python ends a process with the status of a difference."""
        if step.name == CAMPAIGN:
            return bool(read_header(self.folder)["status"] == "complete")
        return (self.folder / step.file).exists()

    @property
    def broken(self) -> list[str]:
        """The steps without which the night is not whole."""
        return [
            step.name
            for step in STEPS
            for told in [self.told.get(step.name)]
            if not (told and told.state.done) and (step.needed or (told and told.state is State.FAILED))
        ]

    @property
    def differing(self) -> list[str]:
        """The steps that found what nobody has accepted."""
        return [one.name for one in STEPS if one.decides and self._state(one) is State.DIFFERS]

    def _state(self, step: Step) -> State | None:
        told = self.told.get(step.name)
        return told.state if told else None

    def write(self) -> None:
        """Write `nightly.json`."""
        steps = {name: dataclasses.asdict(told) for name, told in self.told.items()}
        data = {"format": FORMAT, "schedule": dataclasses.asdict(self.schedule), "steps": steps}
        write_whole(self.folder / NAME, json.dumps(data, indent=2) + "\n")


def finished(command: list[str], log: Path, seconds: float) -> int | None:
    """The exit status of a command, whose output goes to a file; None if it had to be ended."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:  # also what is left of a step that has ended, and all of it where a person interrupts the night
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def last_line(log: Path) -> str:
    """The last line that a step printed."""
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1].strip()[:300] if lines else "it said nothing"


def read_night(folder: Path) -> tuple[Schedule, Mapping[str, Told]]:
    """What `nightly.json` says; RunError for one that is not as a night writes it."""
    path = folder / NAME
    try:
        data = decode(content(path))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise DocumentError(f"is not that of a night of format {FORMAT}")
        check(data, {"schedule": OBJECT, "steps": OBJECT}, {"format": COUNT})
        schedule = _schedule(data["schedule"])
        steps = {name: _told(one) for name, one in data["steps"].items()}
    except (DocumentError, TypeError, ValueError) as error:
        raise RunError(f"{path}: {error}") from None
    return schedule, steps


def _schedule(data: dict[str, Any]) -> Schedule:
    counts = ("seed", "programs", "parts", "survived", "rounds")
    check(data, {**dict.fromkeys(counts, COUNT), "day": TEXT, "family": TEXT, "minutes": NUMBER}, {})
    made = Schedule(**data)
    if not (
        made.programs and made.parts and made.survived and made.rounds and made.minutes > 0 and made.part
    ):
        raise DocumentError("holds no schedule that can be carried out")
    return made


def _told(data: Any) -> Told:
    if not isinstance(data, dict):
        raise DocumentError("says of a step what is none")
    check(data, {"state": one_of(State), "seconds": NUMBER, "cause": optional(TEXT)}, {})
    return Told(State(data["state"]), data["seconds"], data["cause"])
