"""What a run says beside the runs before it: which differences are new, and which were not seen again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reports.report import Report
from reports.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Past:
    """One run of a history; `open` are the signatures that nobody accepted."""

    run: str
    started: datetime
    pair: tuple[str, str]
    versions: tuple[str, str]
    outcome: Outcome
    sentence: str
    publishes: bool
    programs: int
    agree: int
    differ: int
    accepted: int
    crash: int
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class History:
    """Runs, the newest first. Only valid runs of the same two libraries are held against each other."""

    runs: tuple[Past, ...]

    @property
    def headline(self) -> Past:
        """The newest valid run; where none is valid, the newest."""
        return next((past for past in self.runs if past.publishes), self.runs[0])

    def newer(self, run: str) -> tuple[Past, ...]:
        return self.runs[: self._place(run)]

    def before(self, run: str) -> Past | None:
        """The last valid run before this one; None also for a run that is not valid itself."""
        place = self._place(run)
        this = self.runs[place]
        earlier = (past for past in self.runs[place + 1 :] if past.publishes and past.pair == this.pair)
        return next(earlier, None) if this.publishes else None

    def new(self, run: str) -> list[str]:
        """Open signatures that the run before did not see."""
        before = self.before(run)
        return sorted(self.runs[self._place(run)].open - before.open) if before else []

    def gone(self, run: str) -> list[str]:
        """Open signatures of the run before that this one did not see again."""
        before = self.before(run)
        return sorted(before.open - self.runs[self._place(run)].open) if before else []

    def _place(self, run: str) -> int:
        return next(place for place, past in enumerate(self.runs) if past.run == run)


def past(report: Report) -> Past:
    """What a history keeps of a report."""
    run, totals = report.run, report.totals
    return Past(
        run=run.run,
        started=run.started,
        pair=(run.subject.name, run.reference.name),
        versions=(run.subject.version, run.reference.version),
        outcome=report.verdict.outcome,
        sentence=report.verdict.sentence,
        publishes=report.verdict.publishes,
        programs=totals.programs,
        agree=totals.agree,
        differ=totals.differ,
        accepted=totals.accepted,
        crash=totals.crash,
        open=frozenset(one.text for one in (*report.open, *report.missing)),
    )


def make_history(pasts: Iterable[Past]) -> History:
    return History(tuple(sorted(pasts, key=lambda one: (one.started, one.run), reverse=True)))
