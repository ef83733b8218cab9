"""Errors in units in the last place as bars: those of the reference beside the subject's, bin by bin."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.measure import BOUNDS
from reports.record import OpScore

WIDTH, HEIGHT, TOP, BASE, LEFT = 396.0, 128.0, 10.0, 108.0, 4.0
PITCH = (WIDTH - 2 * LEFT) / len(BOUNDS)
BAR = 12.0
# What an error in a bin counts as in a mean: the middle of the bin, its lower end where it has no upper.
MIDDLES = dict(zip(BOUNDS, (0.0, 0.25, 0.75, 1.5, 3.0, 6.0, 12.0, 40.0, 160.0, 2176.0, 4096.0), strict=True))


@dataclass(frozen=True, slots=True)
class Bin:
    """Results that are off by at most `bound` ULP, and more than the bin before; the tops of its two bars."""

    bound: str
    x: float
    reference: int
    subject: int
    reference_top: float
    subject_top: float

    @property
    def label(self) -> str:
        return "more" if self.bound == "inf" else self.bound

    @property
    def ratio(self) -> float | None:
        """The subject's results in those of the reference."""
        return self.subject / self.reference if self.reference else None


@dataclass(frozen=True, slots=True)
class Distribution:
    """The errors of one check; `means` are about those of the reference and the subject, in ULP."""

    check: str
    results: int
    bins: tuple[Bin, ...]
    means: tuple[float, float]

    @property
    def ratio(self) -> float | None:
        """The subject's mean error in those of the reference."""
        reference, subject = self.means
        return subject / reference if reference else None

    def bars(self, side: str) -> str:
        """The data of a path around the bars of one side: those of the reference stand on the left."""
        shift, name = (-BAR - 1, "reference_top") if side == "reference" else (1.0, "subject_top")
        tops = [(one.x + shift, getattr(one, name)) for one in self.bins]
        return "".join(f"M{x:g} {BASE:g}V{top:g}h{BAR:g}V{BASE:g}z" for x, top in tops if top < BASE)

    @property
    def largest(self) -> tuple[str, str]:
        """The last bins that hold anything of the reference and of the subject."""
        held = [[one.bound for one in self.bins if getattr(one, side)] for side in ("reference", "subject")]
        return (held[0] or ["0"])[-1], (held[1] or ["0"])[-1]


def distributions(scores: Iterable[OpScore]) -> list[Distribution]:
    """One for each check whose errors were counted."""
    found: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for score in scores:
        if score.errors is not None:
            reference, subject = found.setdefault(score.check, (Counter(), Counter()))
            reference.update(score.errors.reference)
            subject.update(score.errors.subject)
    return [_distribution(check, *sides) for check, sides in found.items() if any(sides)]


def _distribution(check: str, reference: Counter[str], subject: Counter[str]) -> Distribution:
    most = max((*reference.values(), *subject.values()))

    def top(count: int) -> float:
        """Heights are logarithmic, so that a single result among thousands is seen."""
        return round(BASE - (BASE - TOP) * math.log1p(count) / math.log1p(most), 1)

    bins = tuple(
        Bin(bound, round(LEFT + PITCH * (at + 0.5), 1), reference[bound], subject[bound],
            top(reference[bound]), top(subject[bound]))
        for at, bound in enumerate(BOUNDS)
    )  # fmt: skip
    return Distribution(check, reference.total(), bins, (_mean(reference), _mean(subject)))


def _mean(counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    return sum(MIDDLES[bound] * count for bound, count in counts.items()) / total if total else 0.0
