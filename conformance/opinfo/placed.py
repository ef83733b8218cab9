"""The scoreboard of a device beside the CPU's: what passes there of what passes here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tabulate import tabulate

from .family import family
from .scoreboard import NAMES, Score, by_check

GOAL = 0.95


@dataclass(frozen=True, slots=True)
class Kept:
    """How many scores pass on the CPU, and how many of these on the device, too."""

    passed: int
    kept: int

    @property
    def share(self) -> float:
        """The part that is kept; nothing is kept of nothing."""
        return self.kept / self.passed if self.passed else 0.0

    def line(self, device: str) -> str:
        """What is printed of it."""
        return (
            f"{device}: {self.kept:,} of {self.passed:,} scores that are whole on the cpu are whole there, too: "
            f"{self.share:.1%}, aimed at {GOAL:.0%}"
        )


def kept(cpu: Iterable[Score], device: Iterable[Score]) -> Kept:
    """What a device keeps of the CPU's scores."""
    there = {(one.entry, one.check, one.dtype) for one in device if one.passed}
    passed = [one for one in cpu if one.passed]
    return Kept(len(passed), sum((one.entry, one.check, one.dtype) in there for one in passed))


def lost(cpu: Iterable[Score], device: Iterable[Score]) -> list[Score]:
    """The scores of a device that are not whole although the CPU's are."""
    here = {(one.entry, one.check, one.dtype) for one in cpu if one.passed}
    return [one for one in device if not one.passed and (one.entry, one.check, one.dtype) in here]


def table(cpu: list[Score], device: list[Score]) -> str:
    """By family and check, how many entries pass on the device, and on the CPU, of how many."""
    names = sorted({family(one.entry) for one in cpu})
    rows = [_row(name, *([one for one in side if family(one.entry) == name] for side in (device, cpu)))
            for name in names]  # fmt: skip
    return tabulate([*rows, _row("all", device, cpu)], ["family", *NAMES], disable_numparse=True)


def _row(name: str, device: list[Score], cpu: list[Score]) -> list[str]:
    there, here = by_check(device), by_check(cpu)
    return [name, *(_cell(there.get(one, (0, 0))[0], *here[one]) if one in here else "" for one in NAMES)]


def _cell(there: int, here: int, entries: int) -> str:
    """`7/8`, and `7/8 cpu 8` where the CPU's is another."""
    return f"{there}/{entries}" if there == here else f"{there}/{entries} cpu {here}"
