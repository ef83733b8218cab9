"""What is not the same in two runs: ways to differ, times beyond their noise, and ops that no longer agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports.past import Measured, Past, checks_in

# A ratio that moves less says nothing, however quiet it was: from one process to the next, with nothing changed, up to
# 6.5 % were seen where a control in the same process stayed within 3 %.
LEAST = 0.08
UNMEASURED = 0.25  # the noise of a ratio of which none was measured


@dataclass(frozen=True, slots=True)
class Moved:
    """A ratio that moved beyond the noise of both runs; `phase` is empty for an entry of the table of ops."""

    name: str
    phase: str
    before: Measured
    now: Measured
    noise: float

    @property
    def times(self) -> float:
        return self.now.ratio / self.before.ratio


@dataclass(frozen=True, slots=True)
class Change:
    """A run beside the one before: `broken` are checks that an entry passed and now fails, `mended` the reverse.

    Where both `timed` nothing alike, or looked at no op alike, nothing of that sort can be told to be worse.
    """

    before: Past
    timed: int
    scored: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    still: tuple[str, ...]
    slower: tuple[Moved, ...]
    faster: tuple[Moved, ...]
    broken: Mapping[str, list[str]]
    mended: Mapping[str, list[str]]


def change(before: Past, now: Past) -> Change:
    moved = [*_moved(before.timings, now.timings), *_moved(before.paces, now.paces)]
    return Change(
        before=before,
        timed=len(now.timings.keys() & before.timings.keys()) + len(now.paces.keys() & before.paces.keys()),
        scored=len(now.told.keys() & before.told.keys()),
        new=tuple(sorted(now.open.keys() - before.open.keys())),
        gone=tuple(sorted(before.open.keys() - now.open.keys())),
        still=tuple(sorted(now.open.keys() & before.open.keys())),
        slower=tuple(sorted((one for one in moved if one.times > 1), key=lambda one: -one.times)),
        faster=tuple(sorted((one for one in moved if one.times < 1), key=lambda one: one.times)),
        broken=_turned(before, now),
        mended=_turned(now, before),
    )


def _moved(before: Mapping[str, Measured], now: Mapping[str, Measured]) -> Iterator[Moved]:
    for name in now.keys() & before.keys():
        old, new = before[name], now[name]
        if old.ratio > 0 and new.ratio > 0:
            noise = combined(old, new)
            times = new.ratio / old.ratio
            if max(times, 1 / times) > 1 + noise:
                what, _, phase = name.partition("|")
                yield Moved(what, phase, old, new, noise)


def combined(*measured: Measured) -> float:
    """How far a ratio may be from another for no reason: each may be off by its noise, in opposite directions."""
    off = 1.0
    for one in measured:
        off *= 1 + (UNMEASURED if one.noise is None else one.noise)
    return max(LEAST, off - 1)


def _turned(before: Past, now: Past) -> dict[str, list[str]]:
    """Checks by entry that said something before, without a failure, and fail now."""
    turned = {
        entry: failing & before.told.get(entry, 0) & ~before.failing.get(entry, 0)
        for entry, failing in now.failing.items()
    }
    return {entry: checks_in(marks) for entry, marks in sorted(turned.items()) if marks}
