"""Differences grouped by signature: what parts, in which programs, and the smallest one that shows it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.record import Difference, Program

LACKS = re.compile(r"AttributeError: .*'(\w+)'")


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to differ; `witness` is None where programs name a signature but no difference is recorded.

    `accepted` is the reason why this difference is accepted, None for one that is not.
    """

    text: str
    op: str
    kind: str
    field: str
    dtype: str
    programs: tuple[str, ...]
    witness: Difference | None
    accepted: str | None

    @property
    def absent(self) -> bool:
        """The subject lacks the op, in its own words, and the reference does not.

        An AttributeError that names no part of the op comes from inside an op that is there.
        """
        witness = self.witness
        if witness is None or witness.kind != "error" or LACKS.match(witness.expected):
            return False
        missing = LACKS.match(witness.got)
        if missing:
            return missing[1] in self.op.split(".")
        return witness.got.startswith("NotImplementedError") and "NotImplemented" not in witness.expected


def op_of(signature: str) -> str:
    return signature.split("|", 1)[0]


def kind_of(signature: str) -> str:
    return (*signature.split("|", 2), "")[1]


def group(programs: Iterable[Program], differences: Iterable[Difference]) -> list[Signature]:
    """One Signature for each that the records name, most programs first."""
    seen: dict[str, dict[str, None]] = {}
    unaccepted: set[str] = set()
    for program in programs:
        if program.signature is not None:
            seen.setdefault(program.signature, {})[program.id] = None
            if program.status == "differ":
                unaccepted.add(program.signature)
    witnesses: dict[str, list[Difference]] = {}
    for difference in differences:
        witnesses.setdefault(difference.signature, []).append(difference)
        seen.setdefault(difference.signature, {})[difference.program] = None
    groups = [
        _signature(text, tuple(seen[text]), witnesses.get(text, []), text not in unaccepted) for text in seen
    ]
    return sorted(groups, key=lambda one: (-len(one.programs), one.text))


def _signature(text: str, programs: tuple[str, ...], found: list[Difference], accept: bool) -> Signature:
    op, kind, field, dtype = (*text.split("|", 3), "", "", "")[:4]
    witness = min(found, key=_size, default=None)
    reason = next((one.accepted for one in found if one.accepted is not None), None)
    return Signature(text, op, kind, field, dtype, programs, witness, reason if accept else None)


def _size(difference: Difference) -> tuple[int, int]:
    """Smallest reduced program first; one that was not reduced comes last."""
    reduced: Mapping[str, object] | None = difference.reduced
    statements = reduced.get("statements") if reduced else None
    length = len(statements) if isinstance(statements, list) else 1 << 30
    return length, len(difference.script or "")
