"""Lines of agreement over runs, as coordinates: small ones for a table, and a chart with an axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.past import Past
from reports.wording import percent

SMALL = 30  # runs of a small line
LARGE = 365  # runs of the chart
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A small line from the lowest share to a whole one; `label` says in words what it shows."""

    width: float
    height: float
    path: str
    end: Place
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A run in the chart, and what is told of it where the pointer rests."""

    x: float
    y: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Shares of programs that agree above, open ways to differ below, one place a run, the oldest first.

    `empty` are runs that are no result, which have a mark and no value; `thick` is how thick a column is.
    """

    width: float
    height: float
    base: float
    thick: float
    path: str
    points: list[Mark]
    columns: list[Mark]
    empty: list[Mark]
    shares: list[Tick]
    ways: list[Tick]
    days: list[Tick]
    label: str


def small_line(counts: Iterable[tuple[int, int]], width: float = 96, height: float = 22) -> Line | None:
    """The line of (agree, programs) over runs; None where there are no two to draw a line between."""
    counted = [(agree, programs) for agree, programs in counts if programs]
    if len(counted) < 2:
        return None
    shares = [agree / programs for agree, programs in counted]
    low, margin = min(shares), 3.0
    step = (width - 2 * margin) / (len(shares) - 1)
    places = [
        (margin + at * step, _height(share, low, margin, height - margin)) for at, share in enumerate(shares)
    ]
    lowest = percent(*counted[shares.index(low)])
    label = f"over {len(counted)} runs: lowest {lowest}, now {percent(*counted[-1])}"
    return Line(width, height, _path(places), places[-1], label)


def make_chart(runs: Sequence[Past], width: float = 1040, height: float = 260) -> Chart | None:
    """The chart of runs, the newest first as a history has them; None where none is a result."""
    runs = runs[:LARGE][::-1]
    valid = [one for one in runs if one.publishes and one.programs]
    if len(valid) < 2:
        return None
    left, right, top, middle, base = 62.0, 12.0, 16.0, 0.58 * height, height - 34
    step = (width - left - right) / len(runs)
    low = min(one.agree / one.programs for one in valid)
    most = max(len(one.open) for one in valid) or 1
    points, columns, empty = [], [], []
    for at, one in enumerate(runs):
        x = round(left + (at + 0.5) * step, 1)
        if not (one.publishes and one.programs):
            empty.append(Mark(x, base, 0, f"{one.run}: {one.outcome.value}, no result"))
            continue
        text = f"{one.run}: {percent(one.agree, one.programs)}, {len(one.open)} open"
        points.append(Mark(x, _height(one.agree / one.programs, low, top, middle), 0, text))
        tall = round((base - middle - 24) * len(one.open) / most, 1)
        columns.append(Mark(x, base - tall, tall, text))
    lowest = min(valid, key=lambda one: one.agree / one.programs)
    last, count = valid[-1], len(valid)
    return Chart(
        width=width,
        height=height,
        base=base,
        thick=round(min(4.0, 0.6 * step), 2),
        path=_path([(one.x, one.y) for one in points]),
        points=points,
        columns=columns,
        empty=empty,
        shares=[
            Tick(top, "100 %"),
            *([Tick(middle, percent(lowest.agree, lowest.programs))] if low < 1 else []),
        ],
        ways=[Tick(middle + 24, f"{most}"), Tick(base, "0")],
        days=_days(runs, left, step),
        label=f"Share of programs that agree, and open ways to differ, in {count} valid runs: "
        f"lowest {percent(lowest.agree, lowest.programs)} in {lowest.run}, "
        f"now {percent(last.agree, last.programs)} and {len(last.open)} open",
    )


def _height(share: float, low: float, top: float, bottom: float) -> float:
    """A whole share lies at the top, the lowest at the bottom."""
    return round(top if low >= 1 else bottom - (bottom - top) * (share - low) / (1 - low), 1)


def _path(places: Sequence[Place]) -> str:
    return " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(places))


def _days(runs: Sequence[Past], left: float, step: float) -> list[Tick]:
    """Days of a few runs, evenly chosen."""
    every = max(1, -(-len(runs) // 8))
    return [
        Tick(round(left + (at + 0.5) * step, 1), f"{runs[at].started:%d %b}")
        for at in range(every // 2, len(runs), every)
    ]
