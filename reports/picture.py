"""A run on one page, as a picture: the verdict, agreement by area, the ops, timings, and the trend.

It is drawn by matplotlib, which is loaded only here, and without which a site has no picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from textwrap import fill
from typing import TYPE_CHECKING

from reports import wording
from reports.beside import sentence
from reports.change import Change
from reports.history import History
from reports.report import Report
from reports.verdict import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "summary.png"
SIZE = (11.7, 8.3)  # inches, of a sheet of A4
COLOURS = {
    Outcome.AGREES: "#18773f",
    Outcome.DIFFERS: "#b3261e",
    Outcome.INCOMPLETE: "#5a6370",
    Outcome.INVALID: "#5a6370",
}
TEXT, MUTED, LINE = "#1b1f24", "#5a6370", "#e2e5e9"
AGREES, DIFFERS, ACCEPTED, FASTER, SLOWER = "#5fb583", "#d9584f", "#dcab3c", "#2b7a9e", "#c07a26"
TREND = 90  # runs
MOST = 26  # rows of a plot
FEW = 12
LEAST = 0.9  # where the axis of shares begins, unless one is less


def can_draw() -> bool:
    """Whether there is what draws."""
    try:
        return find_spec("matplotlib") is not None
    except ValueError:  # of one that stands in its place
        return False


def picture(report: Report, history: History) -> bytes:
    """The picture as PNG."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(
        {"font.size": 8, "font.family": "DejaVu Sans", "axes.edgecolor": LINE, "text.parse_math": False}
    ):
        figure = Figure(SIZE, dpi=130, facecolor="white")
        _heading(figure, report, history)
        _areas(figure.add_axes((0.115, 0.4, 0.18, 0.41)), report)
        _families(figure.add_axes((0.43, 0.4, 0.18, 0.41)), report)
        _timings(figure.add_axes((0.8, 0.4, 0.15, 0.41)), report)
        _trend(figure.add_axes((0.075, 0.07, 0.865, 0.24)), history)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _heading(figure: Figure, report: Report, history: History) -> None:
    run, verdict = report.run, report.verdict
    change = history.changes[run.run]
    put = figure.text
    outcome = verdict.outcome
    put(0.03, 0.945, f" {outcome.upper()} ", color="white", weight="bold", size=11, va="center",
        bbox={"facecolor": COLOURS[outcome], "edgecolor": "none", "boxstyle": "round,pad=0.35"})  # fmt: skip
    put(0.125, 0.945, fill(verdict.sentence, 100), color=TEXT, size=12.5, va="center")
    since = f"Since {change.before.run}: {sentence(change)}" if change else "No run before this one."
    put(0.03, 0.905, since, color=TEXT, size=9, va="center")
    worst = _cut("; ".join(_worse(change)), 175) if change else ""
    put(0.03, 0.88, worst, color=COLOURS[Outcome.DIFFERS], size=8, va="center")
    commit = run.environment.get("commit", "not known")
    facts = f"{run.run}   commit {commit}   seed {run.seed}   {report.totals.programs:,} programs"
    controls = f"controls {run.agree.passed} of {run.agree.run} agree, {run.differ.passed} of {run.differ.run} differ"
    put(0.03, 0.88 if not worst else 0.857, f"{facts}   {controls}", color=MUTED, size=8, va="center")


def _worse(change: Change) -> Iterator[str]:
    """What is worse than before, the telling first."""
    yield from (f"new: {text}" for text in change.new)
    yield from (f"{entry} no longer agrees" for entry in change.broken)
    for one in change.slower:
        yield f"{one.name} slower by {100 * (one.times - 1):.0f} %"


def _areas(axes: Axes, report: Report) -> None:
    """Shares of programs that agree, by area; a run that is no result has none."""
    axes.set_title("Agreement by area", loc="left", weight="bold", size=9)
    areas = [one for one in report.areas if one.programs] if report.verdict.publishes else []
    _shares(axes, [(one.name, one.agree, one.accepted, one.programs) for one in areas])


def _families(axes: Axes, report: Report) -> None:
    """Shares of entries of the table of ops whose checks all agree, by family."""
    axes.set_title(f"Ops of {report.run.reference.name} by family", loc="left", weight="bold", size=9)
    rows = []
    for family in report.families if report.verdict.publishes else ():
        agree = sum(one.agree for one in family.shares.values())
        told = sum(one.entries for one in family.shares.values())
        if told:
            rows.append((family.name, agree, 0, told))
    _shares(axes, rows)


def _shares(axes: Axes, rows: Sequence[tuple[str, int, int, int]]) -> None:
    """Bars of (name, agree, accepted, of all), each with its share beside it."""
    if not rows:
        _nothing(axes)
        return
    places = range(len(rows))
    shares = [agree / of for _, agree, _, of in rows]
    low = min(LEAST, min(shares) - 0.05)
    low = max(0.0, low if low >= LEAST else round(low - 0.05, 1))
    accepted = [(agree + more) / of for _, agree, more, of in rows]
    axes.barh(places, [1 - low] * len(rows), left=low, color=DIFFERS, height=0.62)
    axes.barh(places, [max(0.0, one - low) for one in accepted], left=low, color=ACCEPTED, height=0.62)
    axes.barh(places, [max(0.0, one - low) for one in shares], left=low, color=AGREES, height=0.62)
    for place, (_, agree, _, of) in enumerate(rows):
        axes.text(1 + 0.02 * (1 - low), place, wording.percent(agree, of), va="center", size=7, color=TEXT)
    axes.set_yticks(places, [name for name, *_ in rows], size=7.5)
    axes.set_xlim(low, 1)
    _key(axes, ("agree", AGREES), ("accepted", ACCEPTED), ("differ", DIFFERS))
    axes.set_xticks([low, 1], [f"{100 * low:.0f} %", "100 %"], size=7, color=MUTED)
    _bare(axes, len(rows))


def _timings(axes: Axes, report: Report) -> None:
    """Ratios to the reference on a logarithmic axis, and the noise of each."""
    axes.set_title(f"Time beside {report.run.reference.name}", loc="left", weight="bold", size=9)
    rows = [(one.title, both) for one in report.timings if (both := one.phase("forward_backward"))][:MOST]
    rows = [(title, both) for title, both in rows if both.ratio > 0]
    if not rows:
        _nothing(axes)
        return
    places = range(len(rows))
    ratios = [both.ratio for _, both in rows]
    colours = [
        MUTED if abs(both.ratio - 1) <= both.noise else FASTER if both.ratio < 1 else SLOWER
        for _, both in rows
    ]
    axes.barh(places, [ratio - 1 for ratio in ratios], left=1, color=colours, height=0.62)
    noises = [both.ratio * min(both.noise, 0.95) for _, both in rows]
    axes.errorbar(ratios, places, xerr=noises, fmt="none", ecolor=TEXT, elinewidth=0.8, capsize=2)
    axes.axvline(1, color=TEXT, linewidth=0.8)
    axes.set_xscale("log")
    low, high = min([0.5, *ratios]) / 1.3, max([2.0, *ratios]) * 1.3
    axes.set_xlim(low, high)
    ticks = [2.0**power for power in range(-8, 9) if low <= 2.0**power <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], size=7, color=MUTED)
    axes.minorticks_off()
    for place, ratio in enumerate(ratios):
        axes.text(high * 1.04, place, f"{ratio:.2f}", va="center", size=7, color=TEXT)
    axes.set_yticks(places, [_cut(title) for title, _ in rows], size=7)
    _key(axes, ("faster", FASTER), ("slower", SLOWER), ("noise", MUTED))
    _bare(axes, len(rows))


def _trend(axes: Axes, history: History) -> None:
    """The share of programs that agree over the last valid runs, and the ways to differ that are open."""
    from matplotlib.ticker import MaxNLocator

    runs = [one for one in history.trend(TREND) if one.programs]
    axes.set_title(f"The last {wording.plural(len(runs), 'valid run')}", loc="left", weight="bold", size=9)
    if len(runs) < 2:
        _nothing(axes, "there is no trend of one run")
        return
    places = range(len(runs))
    axes.plot(places, [100 * one.agree / one.programs for one in runs], color=COLOURS[Outcome.AGREES], marker="o",
              markersize=3, linewidth=1.2)  # fmt: skip
    axes.set_ylabel("% of programs agree", color=COLOURS[Outcome.AGREES], size=7.5)
    lowest = min(100 * one.agree / one.programs for one in runs)
    axes.set_ylim(lowest - max(0.1, 0.6 * (100 - lowest)), 100 + max(0.02, 0.05 * (100 - lowest)))
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.tick_params(labelsize=7, length=2)
    step = max(1, len(runs) // 10)
    axes.set_xticks(places[::step], [f"{one.started:%Y-%m-%d}" for one in runs[::step]])
    other = axes.twinx()
    other.bar(places, [len(one.open) for one in runs], color=DIFFERS, alpha=0.35, width=0.6)
    other.set_ylim(0, 3 * max(1, *(len(one.open) for one in runs)))
    other.set_ylabel("open ways to differ", color=DIFFERS, size=7.5)
    other.tick_params(labelsize=7, length=2)
    other.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    for one in (axes, other):
        one.spines["top"].set_visible(False)


def _key(axes: Axes, *named: tuple[str, str]) -> None:
    """What the colours say, in words under a plot."""
    for place, (name, colour) in enumerate(named):
        axes.text(0.36 * place, -0.115, f"■ {name}", transform=axes.transAxes, color=colour, size=7)


def _nothing(axes: Axes, why: str = "nothing to show") -> None:
    axes.axis("off")
    axes.text(0, 0.9, why, transform=axes.transAxes, color=MUTED, size=8)


def _bare(axes: Axes, rows: int) -> None:
    """Rows from above, no thicker where they are few, and nothing around them."""
    axes.set_ylim(max(rows, FEW) - 0.4, -0.6)
    axes.tick_params(length=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)


def _cut(text: str, longest: int = 24) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
