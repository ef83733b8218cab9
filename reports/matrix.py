"""Entries of the reference's own table of ops by check and dtype, as a matrix of signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby

from reports.record import OpScore
from reports.scoreboard import CHECKS

DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64"),
    *("complex64", "complex128"),
)
STATES = ("differs", "absent", "agrees", "silent")
SHORT = {
    "bool": "b", "uint8": "u8", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "float16": "f16",
    "bfloat16": "bf16", "float32": "f32", "float64": "f64", "complex64": "c64", "complex128": "c128",
}  # fmt: skip
SIGNS = {"agrees": "✓", "differs": "✕", "absent": "∅", "silent": "·", "": " "}


def state_of(score: OpScore) -> str:
    """Whether the samples of a score agree; `silent` where they say nothing, and empty where there are none."""
    if not score.told:
        return "silent" if score.silent else ""
    if score.unsupported is not None:
        return "absent"
    return "agrees" if score.passed else "differs"


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry under one check: runs of states with their signs, one sign a dtype up to the last that has any, and
    what they come to."""

    state: str
    runs: tuple[tuple[str, str], ...]
    told: str


@dataclass(slots=True)
class Seen:
    """A way to differ: in how many samples, and in which dtypes by check."""

    samples: int = 0
    where: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """An entry with its scores, by check and dtype."""

    name: str
    family: str
    scores: Mapping[tuple[str, str], OpScore]

    @cached_property
    def state(self) -> str:
        """The worst of its states."""
        found = {state_of(score) for score in self.scores.values()}
        return next((state for state in STATES if state in found), "silent")

    @property
    def calls(self) -> list[str]:
        """The names that its samples call; its own last."""
        found = {call: None for score in self.scores.values() for call in score.calls}
        own = next((score.calls[-1] for score in self.scores.values() if score.calls), None)
        return [*(call for call in found if call != own), *([] if own is None else [own])]

    @property
    def sampled(self) -> set[tuple[str, str]]:
        """The checks and dtypes that there is any sample for."""
        return {place for place, score in self.scores.items() if state_of(score)}

    @property
    def dtypes(self) -> list[str]:
        return in_order({dtype for _, dtype in self.sampled})

    @property
    def checks(self) -> list[str]:
        found = {check for check, _ in self.sampled}
        return [check for check in CHECKS if check in found]

    @property
    def signatures(self) -> dict[str, Seen]:
        """The ways to differ, those of most samples first."""
        found: dict[str, Seen] = {}
        for check, dtype in sorted(self.scores, key=lambda place: _place(place[1])):
            for signature, samples in self.scores[check, dtype].signatures.items():
                seen = found.setdefault(signature, Seen())
                seen.samples += samples
                seen.where.setdefault(check, []).append(dtype)
        return dict(sorted(found.items(), key=lambda item: -item[1].samples))


@dataclass(frozen=True)
class Matrix:
    """All entries by name, and the dtypes of each check that any entry has a score in."""

    entries: Sequence[Entry]
    columns: Mapping[str, tuple[str, ...]]

    @cached_property
    def families(self) -> list[str]:
        return sorted({one.family for one in self.entries})

    @cached_property
    def dtypes(self) -> list[str]:
        return in_order({dtype for dtypes in self.columns.values() for dtype in dtypes} & {*DTYPES})

    @cached_property
    def states(self) -> dict[str, int]:
        """How many entries are in each state."""
        return {state: sum(one.state == state for one in self.entries) for state in STATES}

    def cell(self, entry: Entry, check: str) -> Cell:
        dtypes = self.columns[check]
        scores = (entry.scores.get((check, dtype)) for dtype in dtypes)
        return _cell(dtypes, tuple(state_of(score) if score else "" for score in scores))


def make_matrix(scores: Iterable[OpScore]) -> Matrix:
    entries: dict[str, dict[tuple[str, str], OpScore]] = {}
    columns: dict[str, set[str]] = {}
    for score in scores:
        entries.setdefault(score.entry, {})[score.check, score.dtype] = score
        columns.setdefault(score.check, set()).add(score.dtype)
    return Matrix(
        [
            Entry(name, next(iter(found.values())).family, found)
            for name, found in sorted(entries.items(), key=lambda item: (item[0].lower(), item[0]))
        ],
        {check: tuple(in_order(columns[check])) for check in CHECKS if check in columns},
    )


def in_order(dtypes: Iterable[str]) -> list[str]:
    """Dtypes from the narrowest to the widest; what is none comes last."""
    return sorted(dtypes, key=_place)


def _place(dtype: str) -> tuple[int, str]:
    return DTYPES.index(dtype) if dtype in DTYPES else len(DTYPES), dtype


@lru_cache(maxsize=4096)
def _cell(dtypes: tuple[str, ...], states: tuple[str, ...]) -> Cell:
    worst = next((state for state in STATES if state in states), "")
    runs = [(state, SIGNS[state] * len(list(same))) for state, same in groupby(states)]
    if runs and not runs[-1][0]:
        runs.pop()
    where = [dtype for dtype, state in zip(dtypes, states, strict=True) if state == worst]
    whole = not worst or worst == "agrees" or len(dtypes) == 1
    return Cell(worst, tuple(runs), worst or "none" if whole else f"{worst} in {', '.join(where)}")
