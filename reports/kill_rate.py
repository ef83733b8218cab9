"""How many mutants were caught, by what they get wrong."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from reports.measure import Mutant


@dataclass(frozen=True)
class Family:
    """Mutants that get the same sort of thing wrong; those that are equivalent to the subject are left out."""

    name: str
    mutants: tuple[Mutant, ...]

    @property
    def caught(self) -> int:
        return sum(one.caught for one in self.mutants)

    @property
    def alive(self) -> int:
        return len(self.mutants) - self.caught

    @property
    def median(self) -> float | None:
        """Of the programs that were drawn until one was caught."""
        needed = [one.programs for one in self.mutants if one.caught]
        return statistics.median(needed) if needed else None


@dataclass(frozen=True)
class KillRate:
    """All mutants: by family, those that survived, and those that no program can tell from the subject."""

    families: tuple[Family, ...]
    whole: Family
    equivalent: tuple[Mutant, ...]

    @property
    def survivors(self) -> list[Mutant]:
        return [one for one in self.whole.mutants if not one.caught]

    @property
    def caught(self) -> list[Mutant]:
        return [one for one in self.whole.mutants if one.caught]


def kill_rate(mutants: Iterable[Mutant]) -> KillRate:
    """The families with survivors come first, then by name."""
    mutants = list(mutants)
    told = [one for one in mutants if one.caught or one.equivalent is None]
    families = [
        Family(name, tuple(one for one in told if one.family == name))
        for name in sorted({one.family for one in told})
    ]
    return KillRate(
        tuple(sorted(families, key=lambda one: (not one.alive, one.name))),
        Family("all", tuple(told)),
        tuple(one for one in mutants if not one.caught and one.equivalent is not None),
    )
