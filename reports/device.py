"""What a device came to beside the CPU: how much of the table of ops is kept there, what memory passes take, copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.record import OpScore
from reports.scoreboard import CHECKS, told_entries

AIM = 0.95


@dataclass(frozen=True, slots=True)
class Beside:
    """Entries that are whole on a device, and on the CPU, of those that say anything on the CPU."""

    there: int
    here: int
    entries: int


@dataclass(frozen=True, slots=True)
class Row:
    """A family by check; the last row is that of all."""

    name: str
    cells: Mapping[str, Beside]


@dataclass(frozen=True, slots=True)
class Device:
    """A device by what its scores keep of those that are whole on the CPU. `drawn` samples were compared as samples of
    a distribution only."""

    name: str
    passed: int
    kept: int
    drawn: int
    rows: tuple[Row, ...]

    @property
    def reached(self) -> bool:
        """Whether as much is kept as is aimed at."""
        return self.passed > 0 and self.kept >= AIM * self.passed

    @property
    def title(self) -> str:
        """`CUDA`, `CUDA (host)`: the second is emulated."""
        head, _, rest = self.name.partition(" ")
        return f"{head.upper()} {rest}".strip()


def devices(cpu: Iterable[OpScore], placed: Iterable[OpScore]) -> list[Device]:
    """The devices that scores were taken on, by name."""
    cpu, placed = list(cpu), list(placed)
    return [
        _device(name, cpu, [one for one in placed if one.device == name])
        for name in sorted({one.device for one in placed})
    ]


def _device(name: str, cpu: list[OpScore], placed: list[OpScore]) -> Device:
    there = {_place(one): one for one in placed}
    here = [one for one in cpu if _place(one) in there]  # of what was run on both
    passed = [one for one in here if one.passed]
    kept = sum(there[_place(one)].passed for one in passed)
    families = sorted({one.family for one in here})
    rows = [
        _row(family, *([one for one in side if one.family == family] for side in (here, placed)))
        for family in families
    ]
    drawn = sum(one.drawn for one in placed)
    return Device(name, len(passed), kept, drawn, (*rows, *([_row("all", here, placed)] if rows else [])))


def _row(name: str, cpu: list[OpScore], placed: list[OpScore]) -> Row:
    cells = {}
    for check in CHECKS:
        here: dict[str, bool] = told_entries(one for one in cpu if one.check == check)
        there = told_entries(one for one in placed if one.check == check)
        if here:
            cells[check] = Beside(sum(there.get(one, False) for one in here), sum(here.values()), len(here))
    return Row(name, cells)


def _place(score: OpScore) -> tuple[str, str, str]:
    return score.entry, score.check, score.dtype
