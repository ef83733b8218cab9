"""What changed between two versions of the reference, by op."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.measure import Drift, Shift
from reports.signature import kind_of


@dataclass(frozen=True, slots=True)
class OpDrift:
    """The changes that are seen at one op, what most programs show first."""

    op: str
    changes: tuple[Shift, ...]

    @property
    def programs(self) -> int:
        """The most that show one of them; how many show any is not recorded."""
        return max(one.programs for one in self.changes)

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys(kind_of(one.signature) for one in self.changes))


def by_op(drift: Drift) -> list[OpDrift]:
    """The ops with a change, those that most programs show first."""
    found: dict[str, list[Shift]] = {}
    for one in _ordered(drift.changes):
        found.setdefault(one.signature.partition("|")[0], []).append(one)
    made = [OpDrift(op, tuple(changes)) for op, changes in found.items()]
    return sorted(made, key=lambda one: (-one.programs, one.op))


def _ordered(changes: Iterable[Shift]) -> list[Shift]:
    return sorted(changes, key=lambda one: (-one.programs, one.signature))
