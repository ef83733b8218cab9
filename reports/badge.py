"""Badges: what a run says in a word or two, as SVG for places that show a picture."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from reports import wording
from reports.environment import environment
from reports.report import Report
from reports.scoreboard import told_entries
from reports.verdict import Outcome

# Each bears white text: the contrast is above 4.5.
GOOD, FAIR, BAD, PLAIN = "#18773f", "#805600", "#b3261e", "#5a6370"
NARROW, WIDE = frozenset("iljtfrI.,:;|!' ()"), frozenset("mwMW%@")
SLOW = 1.1  # times as long as the reference, from which on a library is slower


@dataclass(frozen=True, slots=True)
class Badge:
    """A label and what it comes to; widths are estimated, and texts are fitted into them."""

    name: str
    label: str
    value: str
    colour: str

    @property
    def widths(self) -> tuple[int, int]:
        return _width(self.label), _width(self.value)


def badges(report: Report) -> Iterator[tuple[str, str]]:
    """The file name and the SVG of each."""
    for one in (_agreement(report), _ops(report), _speed(report)):
        yield f"badge-{one.name}.svg", environment().get_template("badge.svg.j2").render(badge=one)


def _agreement(report: Report) -> Badge:
    label = f"agrees with {report.run.reference.name}"
    if not report.verdict.publishes:
        return Badge("agreement", label, "no result", PLAIN)
    totals = report.totals
    colour = GOOD if report.verdict.outcome is Outcome.AGREES else BAD
    return Badge("agreement", label, wording.percent(totals.agree, totals.programs), colour)


def _ops(report: Report) -> Badge:
    label = f"ops of {report.run.reference.name}"
    entries = told_entries(report.scores)
    if not entries or not report.verdict.publishes:
        return Badge("ops", label, "no result", PLAIN)
    agree = sum(entries.values())
    colour = GOOD if agree == len(entries) else FAIR if agree >= 0.9 * len(entries) else BAD
    return Badge("ops", label, f"{agree:,} of {len(entries):,} agree", colour)


def _speed(report: Report) -> Badge:
    """The median over the table of ops; where none was timed, over the programs that are."""
    label = f"time beside {report.run.reference.name}"
    ratios = [one.ratio for one in report.paces] or [
        both.ratio for one in report.timings if (both := one.phase("forward_backward"))
    ]
    if not ratios:
        return Badge("speed", label, "not timed", PLAIN)
    median = statistics.median(ratios)
    colour = GOOD if median <= 1 else FAIR if median <= SLOW else BAD
    return Badge("speed", label, f"{median:.2f} times", colour)


def _width(text: str) -> int:
    return round(10 + sum(4.2 if one in NARROW else 10.2 if one in WIDE else 6.9 for one in text))
