"""What a history keeps of a run: enough to hold it against others, and little enough to keep thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reports.field import Fields, are_counts, is_number
from reports.record import OpScore, Run
from reports.report import Report
from reports.scoreboard import CHECKS
from reports.verdict import Outcome

OUTCOMES = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class Measured:
    """The subject's time in those of the reference, and the noise of that; None where none was measured."""

    ratio: float
    noise: float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Programs of an area, and how many of them agree and differ."""

    programs: int
    agree: int
    differ: int


@dataclass(frozen=True, slots=True)
class Past:
    """One run of a history.

    `open` are the signatures that nobody accepted, `accepted_ways` the others, with their programs. `timings` are by
    program and phase (`mul-4|forward`), `paces` by entry of the table of ops. `told` and `failing` say in which checks
    an entry said anything, and in which it does not agree: as a sum of bits in the order of CHECKS.
    """

    run: str
    started: datetime
    finished: datetime | None
    seed: int
    commit: str
    pair: tuple[str, str]
    versions: tuple[str, str]
    outcome: Outcome
    sentence: str
    problems: tuple[str, ...]
    programs: int
    agree: int
    differ: int
    accepted: int
    crash: int
    observations: int
    areas: Mapping[str, Counted]
    open: Mapping[str, int]
    accepted_ways: Mapping[str, int]
    timings: Mapping[str, Measured]
    paces: Mapping[str, Measured]
    told: Mapping[str, int]
    failing: Mapping[str, int]

    @property
    def publishes(self) -> bool:
        return not self.problems

    @property
    def duration(self) -> timedelta | None:
        return self.finished - self.started if self.finished else None


def _heading(run: Run) -> dict[str, Any]:
    """What a header says of a run, whatever its records do."""
    return {
        "run": run.run,
        "started": run.started,
        "finished": run.finished,
        "seed": run.seed,
        "commit": run.environment.get("commit", ""),
        "pair": (run.subject.name, run.reference.name),
        "versions": (run.subject.version, run.reference.version),
    }


def past(report: Report) -> Past:
    """What a history keeps of a report."""
    run, totals = report.run, report.totals
    told, failing = _marks(report.scores)
    return Past(
        **_heading(run),
        outcome=report.verdict.outcome,
        sentence=report.verdict.sentence,
        problems=report.verdict.problems,
        programs=totals.programs,
        agree=totals.agree,
        differ=totals.differ,
        accepted=totals.accepted,
        crash=totals.crash,
        observations=totals.observations,
        areas={area.name: Counted(area.programs, area.agree, area.differ) for area in report.areas},
        open={one.text: len(one.programs) for one in (*report.open, *report.missing)},
        accepted_ways={one.text: len(one.programs) for one in report.accepted},
        timings={
            f"{timing.key}|{phase.name}": Measured(phase.ratio, phase.noise)
            for timing in report.timings
            for phase in timing.phases
        },
        paces={pace.entry: Measured(pace.ratio, pace.noise) for pace in report.paces},
        told=told,
        failing=failing,
    )


def unreadable(run: Run, problem: str) -> Past:
    """What a history keeps of a run whose records cannot be read: that it is no result, and why."""
    return Past(
        **_heading(run),
        outcome=Outcome.INVALID,
        sentence="No result: the records of this run cannot be read.",
        problems=(problem,),
        programs=0,
        agree=0,
        differ=0,
        accepted=0,
        crash=0,
        observations=0,
        areas={},
        open={},
        accepted_ways={},
        timings={},
        paces={},
        told={},
        failing={},
    )


def checks_in(marks: int) -> list[str]:
    """The checks in a sum of bits."""
    return [check for at, check in enumerate(CHECKS) if marks >> at & 1]


def _marks(scores: Iterable[OpScore]) -> tuple[dict[str, int], dict[str, int]]:
    told: dict[str, int] = {}
    failing: dict[str, int] = {}
    for score in scores:
        if score.told and score.check in CHECKS:
            mark = 1 << CHECKS.index(score.check)
            told[score.entry] = told.get(score.entry, 0) | mark
            if not score.passed:
                failing[score.entry] = failing.get(score.entry, 0) | mark
    return told, failing


def written(one: Past) -> dict[str, Any]:
    """A past as JSON has it."""
    data = {name: getattr(one, name) for name in Past.__slots__}
    return data | {
        "started": one.started.isoformat(),
        "finished": one.finished and one.finished.isoformat(),
        "outcome": one.outcome.value,
        "areas": {name: [area.programs, area.agree, area.differ] for name, area in one.areas.items()},
        "timings": {name: [time.ratio, time.noise] for name, time in one.timings.items()},
        "paces": {name: [time.ratio, time.noise] for name, time in one.paces.items()},
    }


def read_past(fields: Fields) -> Past:
    """A past from JSON; RecordError for one that is not as `written` writes it."""
    areas = fields.object("areas")
    return Past(
        run=fields.text("run"),
        started=fields.moment("started"),
        finished=fields.optional_moment("finished"),
        seed=fields.integer("seed"),
        commit=fields.text("commit"),
        pair=_two(fields, "pair"),
        versions=_two(fields, "versions"),
        outcome=Outcome(fields.choice("outcome", OUTCOMES)),
        sentence=fields.text("sentence"),
        problems=fields.texts("problems"),
        programs=fields.count("programs"),
        agree=fields.count("agree"),
        differ=fields.count("differ"),
        accepted=fields.count("accepted"),
        crash=fields.count("crash"),
        observations=fields.count("observations"),
        areas={name: _counted(areas, name) for name in areas.data},
        open=fields.counts("open"),
        accepted_ways=fields.counts("accepted_ways"),
        timings=_measured(fields.object("timings")),
        paces=_measured(fields.object("paces")),
        told=fields.counts("told"),
        failing=fields.counts("failing"),
    )


def _two(fields: Fields, name: str) -> tuple[str, str]:
    texts = fields.texts(name)
    return (texts[0], texts[1]) if len(texts) == 2 else fields.fail(name, "two texts")


def _counted(areas: Fields, name: str) -> Counted:
    value = areas.data[name]
    if not isinstance(value, list) or len(value) != 3 or not are_counts(value):
        areas.fail(name, "[programs, agree, differ]")
    return Counted(*value)


def _measured(fields: Fields) -> dict[str, Measured]:
    found = {}
    for name, value in fields.data.items():
        if not isinstance(value, list) or len(value) != 2 or not is_number(value[0]):
            fields.fail(name, "[ratio, noise]")
        if value[1] is not None and not is_number(value[1]):
            fields.fail(name, "[ratio, noise]")
        found[name] = Measured(*value)
    return found
