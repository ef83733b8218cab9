"""Coordinates of the timing bars: ratios to the reference on a logarithmic axis, which grow away from 1."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reports.record import Phase, Timing

WIDTH = 170
MARGIN = 14


@dataclass(frozen=True, slots=True)
class Tick:
    """A ratio named on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it lies, which way it goes, the noise around its end, and the goal."""

    x: float
    width: float
    faster: bool
    noise_x: float
    noise_width: float
    goal_x: float | None


@dataclass(frozen=True, slots=True)
class Axis:
    """The ratios from `2 ** low` to `2 ** high`."""

    low: int
    high: int
    width: float = WIDTH

    def x(self, ratio: float) -> float:
        place = math.log2(max(ratio, 2.0**self.low)) if ratio > 0 else self.low
        share = (min(place, self.high) - self.low) / (self.high - self.low)
        return round(MARGIN + share * (self.width - 2 * MARGIN), 2)

    @property
    def ticks(self) -> list[Tick]:
        step = max(1, math.ceil((self.high - self.low) / 6))
        powers = [power for power in range(self.low, self.high + 1) if power % step == 0]
        return [Tick(self.x(2.0**power), _label(power)) for power in powers]

    def bar(self, phase: Phase, goal: float | None) -> Bar:
        parity, end = self.x(1), self.x(phase.ratio)
        low = self.x(phase.ratio * max(0.0, 1 - phase.noise))
        high = self.x(phase.ratio * (1 + phase.noise))
        return Bar(
            x=min(parity, end),
            width=round(abs(end - parity), 2),
            faster=phase.ratio < 1,
            noise_x=low,
            noise_width=round(high - low, 2),
            goal_x=None if goal is None else self.x(goal),
        )


def make_axis(timings: Iterable[Timing], width: float = WIDTH) -> Axis:
    """An axis that shows every ratio and goal, and at least from a quarter to twice the reference's time."""
    ratios = [phase.ratio for timing in timings for phase in timing.phases]
    ratios += [timing.goal for timing in timings if timing.goal is not None]
    powers = [math.log2(ratio) for ratio in ratios if ratio > 0]
    return Axis(
        low=min(-2, math.floor(min(powers, default=0))),
        high=max(1, math.ceil(max(powers, default=0))),
        width=width,
    )


def _label(power: int) -> str:
    return f"{2**power}" if power >= 0 else f"1/{2**-power}"
