"""An op's times by size as lines: both axes are logarithmic, and the same for all ops, so that they compare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.measure import Point, Sweep

WIDTH, HEIGHT = 330.0, 190.0
LEFT, RIGHT, TOP, BASE = 46.0, 16.0, 10.0, 160.0
UNITS = ((9, "s"), (6, "ms"), (3, "µs"), (0, "ns"))


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A measured time, and what is told of it where the pointer rests."""

    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class Panel:
    """One op: the lines of both sides, and where the subject stops being the faster."""

    sweep: Sweep
    subject: tuple[Dot, ...]
    reference: tuple[Dot, ...]
    crossover: float | None

    @property
    def noise(self) -> float:
        """The most that the reference beside itself was off."""
        return max((one.noise for one in self.sweep.points), default=0.0)

    @property
    def crossing(self) -> str:
        """At which sizes the subject is the faster, in words."""
        points, crossover = self.sweep.points, self.sweep.crossover
        if crossover is None:
            slower = [one.elements for one in points if one.ratio >= 1]
            return f"faster above {slower[-1]:,} elements" if slower else "faster at every size"
        before = [one for one in points if one.elements < crossover]
        if not before:
            return "never faster"
        whole = all(one.ratio < 1 for one in before)
        return (
            f"faster below {crossover:,} elements"
            if whole
            else f"no longer faster from {crossover:,} elements on"
        )


@dataclass(frozen=True, slots=True)
class Panels:
    """The charts of all ops, with the axes that they share."""

    panels: tuple[Panel, ...]
    sizes: tuple[Tick, ...]
    times: tuple[Tick, ...]


def make_panels(sweeps: Iterable[Sweep]) -> Panels:
    sweeps = [one for one in sweeps if one.points]
    points = [point for sweep in sweeps for point in sweep.points]
    times = [time for one in points for time in (one.subject_ns, one.reference_ns)]
    across, up = _powers([one.elements for one in points]), _powers(times)
    return Panels(
        tuple(_panel(one, across, up) for one in sweeps),
        tuple(Tick(_x(10.0**power, across), size(power)) for power in _steps(across)),
        tuple(Tick(_y(10.0**power, up), time(power)) for power in _steps(up)),
    )


def path(dots: Sequence[Dot]) -> str:
    """The data of the line through dots."""
    return " ".join(f"{'L' if at else 'M'}{dot.x:g} {dot.y:g}" for at, dot in enumerate(dots))


def size(power: int) -> str:
    """A power of ten: `1`, `100`, `10k`, `1M`."""
    for unit, name in ((9, "G"), (6, "M"), (3, "k")):
        if power >= unit:
            return f"{10 ** (power - unit)}{name}"
    return f"{10**power}"


def time(power: int) -> str:
    """A power of ten of nanoseconds: `100 ns`, `1 ms`."""
    for unit, name in UNITS:
        if power >= unit:
            return f"{10 ** (power - unit)} {name}"
    return f"1e{power} ns"


def _panel(sweep: Sweep, across: tuple[int, int], up: tuple[int, int]) -> Panel:
    subject, reference = (
        tuple(Dot(_x(one.elements, across), _y(getattr(one, side), up), one) for one in sweep.points)
        for side in ("subject_ns", "reference_ns")
    )
    return Panel(sweep, subject, reference, _x(sweep.crossover, across) if sweep.crossover else None)


def _powers(numbers: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around numbers."""
    found = [math.log10(one) for one in numbers if one > 0] or [0.0]
    low, high = math.floor(min(found)), math.ceil(max(found))
    return low, max(high, low + 1)


def _steps(powers: tuple[int, int]) -> list[int]:
    low, high = powers
    return list(range(low, high + 1, max(1, -(-(high - low) // 7))))


def _x(number: float, powers: tuple[int, int]) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * _share(number, powers), 1)


def _y(number: float, powers: tuple[int, int]) -> float:
    return round(BASE - (BASE - TOP) * _share(number, powers), 1)


def _share(number: float, powers: tuple[int, int]) -> float:
    low, high = powers
    return min(1.0, max(0.0, (math.log10(number) - low) / (high - low))) if number > 0 else 0.0
