"""The guidance of each epoch of a run, which is the same however many processes draw: NOTE [Guided draws]."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..guidance import EPOCH, PARENTS, Guidance
from .tally import Tally
from .worker import GENERATED


@dataclass(slots=True)
class Guides:
    """What was seen by the programs of each epoch that are done, and what follows from it."""

    done: int = 0
    seen: dict[int, Counter[int]] = field(default_factory=dict)
    novel: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    made: dict[int, Guidance] = field(default_factory=dict)

    def add(self, tally: Tally) -> None:
        """Count a batch, which lies in one epoch."""
        epoch = tally.first // EPOCH
        self.done = tally.first + tally.count
        self.seen.setdefault(epoch, Counter()).update(tally.seen)
        self.novel.setdefault(epoch, []).extend(tally.novel)

    def of(self, origin: str, index: int) -> Guidance | None:
        """The guidance for a program of a stream; what is kept needs none."""
        return self.at(index) if origin == GENERATED else None

    def ready(self, index: int) -> bool:
        """Whether all is done that decides how the program at a place is drawn."""
        return self.done >= (index // EPOCH - 1) * EPOCH

    def at(self, index: int) -> Guidance | None:
        """The guidance for the program at a place; None in the first two epochs."""
        last = index // EPOCH - 2
        if last < 0:
            return None
        if last not in self.made:
            epochs = range(last + 1)
            seen = sum((self.seen.get(epoch, Counter()) for epoch in epochs), Counter())
            novel = [one for epoch in epochs for one in self.novel.get(epoch, [])]
            self.made[last] = Guidance.of(seen, novel)
            for epoch in epochs[:-1]:  # what they say is part of the last one's from now on
                self.novel.pop(epoch, None)
                self.seen.pop(epoch, None)
            self.seen[last], self.novel[last] = seen, novel[-PARENTS:]
        return self.made[last]
