"""What is worse than in the run before, as one Markdown text that can be filed as an issue."""

from __future__ import annotations

from dataclasses import dataclass

from reports.change import Change
from reports.environment import environment
from reports.history import History
from reports.past import Past
from reports.report import Report
from reports.signature import Signature
from reports.wording import plural

LONGEST = 40_000  # characters of scripts: places that take issues take 65,536 in all
MOST = 50  # of each sort, listed; report.json has them all


@dataclass(frozen=True, slots=True)
class Regressions:
    """A run that is worse than the one before: `shown` are new ways to differ with a script, `listed` the others."""

    report: Report
    now: Past
    change: Change
    shown: tuple[Signature, ...]
    listed: tuple[str, ...]

    @property
    def crashed(self) -> int:
        """How many more programs ended their process."""
        return max(0, self.now.crash - self.change.before.crash)

    @property
    def title(self) -> str:
        """What an issue is named."""
        found = self.change
        parts = [
            f"{plural(len(found.new), 'new way')} to differ" if found.new else "",
            f"{plural(self.crashed, 'program')} more crashed" if self.crashed else "",
            f"{plural(len(found.slower), 'timing')} slower" if found.slower else "",
            f"{plural(len(found.broken), 'op')} no longer agreeing" if found.broken else "",
        ]
        return ", ".join(part for part in parts if part)


def is_worse(found: Change, now: Past) -> bool:
    """Whether anything is new, slower or no longer agrees."""
    return bool(found.new or found.slower or found.broken or now.crash > found.before.crash)


def find_regressions(report: Report, history: History) -> Regressions | None:
    """What is worse in a run than in the one before; None where nothing is, or where there is none before."""
    change = history.changes[report.run.run]
    now = next(one for one in history.runs if one.run == report.run.run)
    if change is None or not is_worse(change, now):
        return None
    known = {one.text: one for one in report.signatures}
    shown: list[Signature] = []
    left = LONGEST
    for text in change.new:
        one = known[text]
        size = len(one.witness.script) if one.witness and one.witness.script else LONGEST + 1
        if size <= left:
            left -= size
            shown.append(one)
    texts = {one.text for one in shown}
    listed = tuple(text for text in change.new if text not in texts)
    return Regressions(report, now, change, tuple(shown), listed)


def regressions_markdown(found: Regressions) -> str:
    """The text of the issue."""
    template = environment().get_template("regressions.md.j2")
    return template.render(found=found, change=found.change, report=found.report, most=MOST)
