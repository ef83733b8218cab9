"""The differences of a run by signature: each is reduced and written out once, and counted from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .lockstep import Lockstep
from .observation import Difference
from .outcome import Outcome
from .program import Program
from .records import difference_record
from .reduce import ReductionError, reduce
from .script import script
from .subjects import Subject


@dataclass(slots=True)
class Ledger:
    """What differed so far. `accepted` gives the reasons of signatures that may differ."""

    reference: Subject
    subject: Subject
    accepted: Mapping[str, str]
    limit: int
    seen: Counter[str] = field(default_factory=Counter)
    entered: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)

    @property
    def new(self) -> list[str]:
        """Signatures that nobody has accepted, the most frequent first."""
        return [
            signature
            for signature, _ in self.seen.most_common()
            if signature not in self.accepted and signature not in self.excused
        ]

    def enter(self, program: Program, outcome: Outcome) -> list[dict[str, Any]]:
        """The records of an outcome's differences whose signatures are new, reduced."""
        found = {one.signature: one for one in (*outcome.differences[:1], *outcome.accepted)}
        new = [one for signature, one in found.items() if signature not in self.entered]
        self.entered.update(found)
        return [self._record(program, one) for one in new]

    def count(self, outcome: Outcome) -> None:
        """Count the signatures of an outcome."""
        found = {one.signature for one in (*outcome.differences[:1], *outcome.accepted)}
        self.entered.update(found)
        self.seen.update(found)
        self.excused.update(one.signature for one in outcome.excused)

    def _record(self, program: Program, difference: Difference) -> dict[str, Any]:
        reason = difference.reason or self.accepted.get(difference.signature)
        if reason is not None or self.limit == 0:
            return difference_record(program, difference, None, None, reason)
        others = frozenset(self.accepted)
        try:
            reduction = reduce(program, self.reference, self.subject, others, limit=self.limit)
        except ReductionError:
            return difference_record(program, difference, None, None, reason)
        return difference_record(
            program, reduction.difference, reduction.program, self._script(reduction.program), reason
        )

    def _script(self, program: Program) -> str | None:
        outcome = Lockstep(self.reference, self.subject, frozenset(self.accepted)).run(program)
        try:
            return script(program, outcome.differences, self.reference, self.subject)
        except ValueError:  # what differs hangs on no name that a script could look at
            return None
