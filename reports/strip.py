"""The pace of all entries of the table of ops as a strip of dots: sorted by ratio, on a logarithmic axis."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from reports.measure import Pace

WIDTH, HEIGHT = 1040.0, 300.0
LEFT, RIGHT, TOP, BASE = 58.0, 14.0, 14.0, 286.0
LEAST, MOST = 1 / 64, 256.0  # ratios beyond these lie at the edge
SLOWEST = 20


@dataclass(frozen=True, slots=True)
class Dot:
    """An entry; its noise is a line from `low` to `high`."""

    pace: Pace
    x: float
    y: float
    low: float | None
    high: float | None

    @property
    def told(self) -> str:
        """Whether it is `faster`, `slower`, or `within` the noise of 1."""
        noise = self.pace.noise or 0.0
        if abs(self.pace.ratio - 1) <= noise:
            return "within"
        return "faster" if self.pace.ratio < 1 else "slower"


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """All dots, the fastest first; `median` is that of the ratios, `middle` its height."""

    dots: tuple[Dot, ...]
    median: float
    middle: float
    ticks: tuple[Tick, ...]

    def count(self, told: str) -> int:
        return sum(dot.told == told for dot in self.dots)

    @property
    def slowest(self) -> list[Pace]:
        return [dot.pace for dot in self.dots[: -SLOWEST - 1 : -1]]

    @property
    def noise(self) -> float | None:
        """The median of the noise, of those that have any."""
        found = [dot.pace.noise for dot in self.dots if dot.pace.noise is not None]
        return statistics.median(found) if found else None


def make_strip(paces: Iterable[Pace]) -> Strip | None:
    """None where nothing was timed."""
    ordered = sorted((one for one in paces if one.ratio > 0), key=lambda one: (one.ratio, one.entry))
    if not ordered:
        return None
    low = max(LEAST, min(0.5, 2.0 ** math.floor(math.log2(ordered[0].ratio))))
    high = min(MOST, max(2.0, 2.0 ** math.ceil(math.log2(ordered[-1].ratio))))
    first, last = round(math.log2(low)), round(math.log2(high))

    def y(ratio: float) -> float:
        place = math.log2(min(high, max(low, ratio)))
        return round(BASE - (BASE - TOP) * (place - first) / (last - first), 1)

    step = (WIDTH - LEFT - RIGHT) / len(ordered)
    dots = tuple(
        Dot(
            one,
            round(LEFT + (at + 0.5) * step, 1),
            y(one.ratio),
            *((None, None) if one.noise is None else (y(one.ratio * (1 - one.noise)), y(one.ratio * (1 + one.noise)))),
        )
        for at, one in enumerate(ordered)
    )  # fmt: skip
    median = statistics.median(one.ratio for one in ordered)
    every = max(1, -(-(last - first) // 8))
    return Strip(
        dots,
        median,
        y(median),
        tuple(Tick(y(2.0**power), _label(power)) for power in range(first, last + 1) if power % every == 0),
    )


def _label(power: int) -> str:
    return f"{2**power}" if power >= 0 else f"1/{2**-power}"
