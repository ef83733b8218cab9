"""What the ops came to that torch tests itself by: by family and check, and each public name by its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.record import OpScore
from reports.signature import Signature

CHECKS = (
    "value",
    "gradient",
    "second",
    "forward",
    "graph",
    "spelling",
    "special",
    "error type",
    "error text",
)
STATES = ("same", "differs", "absent", "not compared")


@dataclass(frozen=True, slots=True)
class Share:
    """Entries that agree in all samples of a check and in all its dtypes, of those that say anything."""

    agree: int
    entries: int


@dataclass(frozen=True, slots=True)
class Family:
    """A family of entries by check; the last row is that of all."""

    name: str
    shares: Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Name:
    """A public name of the reference, its state, and where it differs: entries with a check, signatures of programs."""

    name: str
    state: str
    where: tuple[str, ...] = ()


def families(scores: Iterable[OpScore]) -> list[Family]:
    """The families by name, and all of them together."""
    scores = list(scores)
    named = sorted({one.family for one in scores})
    rows = [_family(name, [one for one in scores if one.family == name]) for name in named]
    return [*rows, _family("all", scores)] if rows else []


def _family(name: str, scores: list[OpScore]) -> Family:
    shares = {}
    for check in CHECKS:
        entries = told_entries(one for one in scores if one.check == check)
        if entries:
            shares[check] = Share(sum(entries.values()), len(entries))
    return Family(name, shares)


def told_entries(scores: Iterable[OpScore]) -> dict[str, bool]:
    """Entries of which a check says anything, and whether all of them agree, in every dtype."""
    entries: dict[str, bool] = {}
    for one in scores:
        if one.told:
            entries[one.entry] = entries.get(one.entry, True) and one.passed
    return entries


def names(
    present: Mapping[str, bool],
    scores: Iterable[OpScore],
    signatures: Iterable[Signature],
    used: Iterable[str],
) -> list[Name]:
    """Each public name, by what was seen of it: in the table of ops, and in programs that used it."""
    where: dict[str, list[str]] = {}
    seen = set(used)
    for score in scores:
        for call in score.calls[-1:] if score.told else ():
            seen.add(call)
            if not score.passed:
                where.setdefault(call, []).append(f"{score.entry}: {score.check} in {score.dtype}")
    for signature in signatures:
        if signature.accepted is None and not signature.absent:
            where.setdefault(signature.op, []).append(signature.text)
    return [
        Name(name, "absent")
        if not there
        else Name(name, "differs", tuple(where[name]))
        if name in where
        else Name(name, "same" if name in seen else "not compared")
        for name, there in present.items()
    ]
