"""Differences grouped by signature: what parts, in which programs, and the smallest one that shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.record import Difference, Program

MISSING = ("AttributeError", "NotImplementedError")


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
        """The subject lacks the op: it says so where the reference does not say the same."""
        witness = self.witness
        return (
            witness is not None
            and witness.kind == "error"
            and witness.got.startswith(MISSING)
            and not witness.expected.startswith(MISSING)
        )


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
