"""The report for places that show Markdown."""

from reports.environment import environment
from reports.history import History, make_history
from reports.pages import share_of
from reports.past import past
from reports.report import Report
from reports.scoreboard import CHECKS

SCRIPTS = 20  # reproducers; report.json has them all
MOST = 10  # of what is not the same as in the run before, of each sort


def markdown(report: Report, history: History | None = None) -> str:
    """The report as Markdown."""
    return (
        environment()
        .get_template("report.md.j2")
        .render(
            report=report,
            percent=share_of(report.verdict.publishes),
            history=history or make_history([past(report)]),
            scripts=SCRIPTS,
            most=MOST,
            checks=CHECKS,
        )
    )
