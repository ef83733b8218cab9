"""Forward and backward of telling ops beside torch, from one element to ten millions, and the memory that they take.

As in ``timing`` three lanes take turns: torch, the subject, and torch once more, whose distance from the first is the
noise. At each size up to CHECKED elements, beyond which long sums round too differently, the results are compared
first; where they differ the sweep of that op ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

import torch
from tabulate import tabulate

from .peak import peak
from .sized import OPS, Sized
from .timing import (
    disagreement,
    heap_frozen,
    measure,
    results,
    summarize,
    thread_limit,
    time_forward_backward,
)

SIZES = tuple(10**power for power in range(8))
CHECKED = 1_000_000
BUDGET = 1.0  # seconds that the rounds of a point may take, of which there is one at least
SLOW = 0.05  # seconds of a pass on both sides, from which on a sample is one pass
REMEMBERED = 100_000  # elements, below which no pass takes memory that could be told
WARM = 10_000  # elements of the pass that comes first where memory is measured


@dataclass(frozen=True, slots=True)
class Point:
    """An op at one size: nanoseconds of a pass forward and backward, and bytes at its peak: NOTE [Peak]."""

    elements: int
    subject_ns: float
    reference_ns: float
    ratio: float
    noise: float
    subject_bytes: int | None
    reference_bytes: int | None

    @property
    def faster(self) -> bool:
        """Whether the subject takes less time, by more than the noise."""
        return self.ratio < 1 - self.noise

    def record(self) -> dict[str, Any]:
        """The point as a part of the record."""
        times = {"subject_ns": round(self.subject_ns), "reference_ns": round(self.reference_ns)}
        ratios = {"ratio": round(self.ratio, 3), "noise": round(self.noise, 3)}
        return {**asdict(self), **times, **ratios}


@dataclass(frozen=True, slots=True)
class Sweep:
    """An op at all sizes; `detail` says why there are no more points, and is empty where there are all."""

    op: str
    points: tuple[Point, ...]
    detail: str = ""

    @property
    def crossover(self) -> int | None:
        """The fewest elements from which on the subject is no longer the faster; None where it is at the end."""
        found = None
        for point in reversed(self.points):
            if point.faster:
                break
            found = point.elements
        return found

    def record(self) -> dict[str, Any]:
        """The sweep as a record."""
        points = [point.record() for point in self.points]
        crossover = self.crossover
        detail = {"detail": self.detail} if self.detail else {}
        return {"record": "sweep", "op": self.op, "points": points, "crossover": crossover, **detail}


def sweeps(subject: ModuleType, rounds: int, threads: int = 1, ops: Sequence[Sized] = OPS) -> Iterator[Sweep]:
    """The sweeps of all ops, as they come."""
    with thread_limit(threads):
        for op in ops:
            yield sweep(op, subject, rounds)


def sweep(op: Sized, subject: ModuleType, rounds: int) -> Sweep:
    """An op at one size after the other, as long as both sides give the same."""
    points: list[Point] = []
    for elements in (size for size in SIZES if size >= op.least):
        try:
            found = point(op, elements, subject, rounds)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if isinstance(found, str):
            return Sweep(op.name, tuple(points), f"at {elements:,} elements: {found}")
        points.append(found)
    return Sweep(op.name, tuple(points))


def point(op: Sized, elements: int, subject: ModuleType, rounds: int) -> Point | str:
    """An op at one size; where the results differ, in what."""
    arrays = op.arrays(elements)
    reference, task, control = (op.task(lib, arrays) for lib in (torch, subject, torch))
    if elements <= CHECKED:
        wrong = disagreement(results(reference), results(task))
        if wrong:
            return wrong
    spent = sum(time_forward_backward(one, 1) for one in (reference, task)) / 1e9
    lanes = (reference, task, control)
    with heap_frozen():
        few = max(1, min(rounds, int(BUDGET / (1.5 * spent))))
        repeats = [1] * len(lanes) if spent > SLOW else None
        phase = summarize(*measure(time_forward_backward, lanes, few, repeats))
    memory: list[int | None] = [None, None]
    if elements >= REMEMBERED:
        small = op.arrays(WARM)
        memory = [peak(one, op.task(lib, small)) for one, lib in ((task, subject), (reference, torch))]
    return Point(arrays[0].size, phase.subject_ns, phase.reference_ns, phase.ratio, phase.noise, *memory)


def table(found: Sequence[Sweep], subject: str) -> str:
    """The ratios by op and size, with the noise, where the subject stops being the faster, and the largest peaks."""
    head = ["op", *(f"1e{len(str(size)) - 1}" for size in SIZES), "crossover", f"peak of {subject}", "torch"]
    rows = [_row(one) for one in found]
    notes = [f"{one.op}: {one.detail}" for one in found if one.detail]
    return "\n".join([tabulate(rows, head, disable_numparse=True), *notes])


def _row(one: Sweep) -> list[str]:
    by_size = {
        size: found for size in SIZES for found in one.points if size < 10 * found.elements <= 10 * size
    }
    cells = [f"{by_size[at].ratio:.2f} ±{by_size[at].noise:.0%}" if at in by_size else "" for at in SIZES]
    crossover = "" if one.crossover is None else f"{one.crossover:,}"
    last = one.points[-1] if one.points else None
    peaks = (last.subject_bytes, last.reference_bytes) if last is not None else (None, None)
    return [one.op, *cells, crossover, *("" if size is None else f"{size / 1e6:.1f} MB" for size in peaks)]
