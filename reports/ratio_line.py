"""The ratio of a timed program over the runs of a history, with the changes that the noise does not explain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.change import combined
from reports.past import Measured, Past

RUNS = 60
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 420.0, 56.0, 8.0, 8.0, 9.0, 47.0
LEAST_SPAN = 0.25  # of the logarithm to base 2, so that noise alone does not fill the height


@dataclass(frozen=True, slots=True)
class Dot:
    """A run; `moved` is `slower` or `faster` where its ratio is beyond the noise of it and the one before."""

    x: float
    y: float
    run: str
    measured: Measured
    moved: str
    times: float


@dataclass(frozen=True, slots=True)
class RatioLine:
    """A program's ratios, the oldest first; `band` goes around them as far as the noise does."""

    dots: tuple[Dot, ...]
    band: str
    parity: float | None

    @property
    def path(self) -> str:
        return " ".join(f"{'L' if at else 'M'}{dot.x:g} {dot.y:g}" for at, dot in enumerate(self.dots))

    @property
    def moves(self) -> list[Dot]:
        return [dot for dot in self.dots if dot.moved]

    @property
    def range(self) -> tuple[float, float]:
        ratios = [dot.measured.ratio for dot in self.dots]
        return min(ratios), max(ratios)


def ratio_line(runs: Sequence[Past], name: str) -> RatioLine | None:
    """The line of `PROGRAM|PHASE` over runs, the oldest first; None where fewer than two measured it."""
    found = [(one.run, one.timings[name]) for one in runs if name in one.timings]
    found = [(run, one) for run, one in found if one.ratio > 0][-RUNS:]
    if len(found) < 2:
        return None
    logs = [math.log2(one.ratio) for _, one in found]
    middle, reach = (min(logs) + max(logs)) / 2, max((max(logs) - min(logs)) / 2, LEAST_SPAN)
    step = (WIDTH - LEFT - RIGHT) / (len(found) - 1)

    def y(ratio: float) -> float:
        place = (math.log2(max(ratio, 1e-9)) - middle) / reach
        return round((TOP + BASE) / 2 - (BASE - TOP) / 2 * min(1.15, max(-1.15, place)), 1)

    dots = []
    for at, (run, one) in enumerate(found):
        before = found[at - 1][1] if at else one
        times = one.ratio / before.ratio
        beyond = at > 0 and max(times, 1 / times) > 1 + combined(before, one)
        moved = ("slower" if times > 1 else "faster") if beyond else ""
        dots.append(Dot(round(LEFT + at * step, 1), y(one.ratio), run, one, moved, times))
    return RatioLine(tuple(dots), _band(dots, y), y(1.0) if abs(middle) < reach else None)


def _band(dots: Sequence[Dot], y: Callable[[float], float]) -> str:
    """The outline of what the noise leaves open."""
    above = [(dot.x, y(dot.measured.ratio * (1 + (dot.measured.noise or 0.0)))) for dot in dots]
    below = [(dot.x, y(dot.measured.ratio * (1 - (dot.measured.noise or 0.0)))) for dot in dots]
    return "M" + " L".join(f"{x:g} {at:g}" for x, at in (*above, *reversed(below))) + "Z"
