"""A run beside the runs before it: what is new, what was not seen again, and how the areas fared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.change import Change, change
from reports.past import Past


@dataclass(frozen=True, slots=True)
class Sighting:
    """The first and the last valid run that saw a way to differ, and how many did."""

    first: Past
    last: Past
    runs: int


@dataclass(frozen=True)
class History:
    """Runs, the newest first. Only valid runs of the same two libraries are held against each other."""

    runs: tuple[Past, ...]

    @property
    def headline(self) -> Past:
        """The newest valid run; where none is valid, the newest."""
        return next((past for past in self.runs if past.publishes), self.runs[0])

    def newer(self, run: str) -> tuple[Past, ...]:
        return self.runs[: self._places[run]]

    def before(self, run: str) -> Past | None:
        """The last valid run before this one; None also for a run that is not valid itself."""
        return self._before[run]

    def new(self, run: str) -> list[str]:
        """Open signatures that the run before did not see."""
        before = self._before[run]
        return sorted(self.runs[self._places[run]].open.keys() - before.open.keys()) if before else []

    def gone(self, run: str) -> list[str]:
        """Open signatures of the run before that this one did not see again."""
        before = self._before[run]
        return sorted(before.open.keys() - self.runs[self._places[run]].open.keys()) if before else []

    def trend(self, most: int) -> Sequence[Past]:
        """The last valid runs of the headline's libraries, the oldest first."""
        return self.compared[:most][::-1]

    @cached_property
    def changes(self) -> Mapping[str, Change | None]:
        """What is not the same as in the run before, by run; None where there is none before."""
        return {
            one.run: change(before, one) if (before := self._before[one.run]) else None for one in self.runs
        }

    @cached_property
    def compared(self) -> list[Past]:
        """The valid runs of the headline's libraries up to it, the newest first."""
        this = self.headline
        return [one for one in self.runs if one.publishes and one.pair == this.pair]

    @cached_property
    def sightings(self) -> Mapping[str, Sighting]:
        """When each way to differ was seen, accepted or not."""
        found: dict[str, Sighting] = {}
        for one in self.compared:
            for text in (*one.open, *one.accepted_ways):
                seen = found.get(text)
                found[text] = Sighting(one, seen.last, seen.runs + 1) if seen else Sighting(one, one, 1)
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {past.run: place for place, past in enumerate(self.runs)}

    @cached_property
    def _before(self) -> Mapping[str, Past | None]:
        last: dict[tuple[str, str], Past] = {}
        found: dict[str, Past | None] = {}
        for one in reversed(self.runs):
            found[one.run] = last.get(one.pair) if one.publishes else None
            if one.publishes:
                last[one.pair] = one
        return found


def make_history(pasts: Iterable[Past]) -> History:
    return History(tuple(sorted(pasts, key=lambda one: (one.started, one.run), reverse=True)))
