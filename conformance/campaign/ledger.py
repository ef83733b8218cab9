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
        """Count the programs of a batch; the first sighting of each signature that no record tells of yet."""
        self.parted.update(one["signature"] for one in tally.programs if one["status"] == Status.DIFFER)
        first = {one.signature: one for one in reversed(tally.sightings) if one.signature not in self.told}
        self.told.update(first)
        return [one for one in tally.sightings if first.get(one.signature) is one]

    def recall(self, record: dict[str, Any]) -> None:
        """Take over what a run that is gone on with has written before."""
        if record["record"] == "difference":
            self.told.add(record["signature"])
        elif record["record"] == "program" and record["status"] == Status.DIFFER:
            self.parted[record["signature"]] += 1
