"""The differences of a run by signature: each is reduced and written out once, and counted from then on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..outcome import Status
from .tally import Sighting, Tally


@dataclass(slots=True)
class Ledger:
    """What differed so far: how many programs parted with a signature that nobody has accepted, and what is told."""

    parted: Counter[str] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)

    @property
    def new(self) -> list[str]:
        """Signatures that nobody has accepted, the most frequent first."""
        return [signature for signature, _ in self.parted.most_common()]

    def enter(self, tally: Tally) -> list[Sighting]:
        """Count the programs of a batch; its sightings that are to be told of."""
        self.parted.update(one["signature"] for one in tally.programs if one["status"] == Status.DIFFER)
        return self.untold(tally)

    def recall(self, records: list[dict[str, Any]]) -> list[tuple[str, int]]:
        """Take over what a run has written that is gone on with; the programs, by origin and place, with a signature
        that no record tells of: its reduction was still under way."""
        self.told.update(one["signature"] for one in records if one["record"] == "difference")
        programs = [one for one in records if one["record"] == "program"]
        self.parted.update(one["signature"] for one in programs if one["status"] == Status.DIFFER)
        untold: dict[str, tuple[str, int]] = {}
        for one in programs:
            for signature in one.get("signatures", ()):
                if signature not in self.told:
                    untold.setdefault(signature, (one["origin"], one["index"]))
        return list(dict.fromkeys(untold.values()))

    def untold(self, tally: Tally) -> list[Sighting]:
        """The first sighting of each signature that no record tells of yet; from now on one does."""
        first = {one.signature: one for one in reversed(tally.sightings) if one.signature not in self.told}
        self.told.update(first)
        return [one for one in tally.sightings if first.get(one.signature) is one]
