"""How far float32 results are off, in units in the last place: both sides beside a float64 run of the same sample."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy

from ..program import Program
from ..reading import array_of, dtype_name, is_tensor
from ..statements import Seeded, Statement, TensorLiteral
from ..subjects import Subject
from ..tolerance import EPSILON
from ..twin import Array
from ..wide import WideLane

DTYPE = "float32"
CHECKS = ("value", "gradient")
BOUNDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 4096.0, math.inf)
LARGEST = numpy.float64(numpy.finfo(DTYPE).max)


@dataclass(slots=True)
class Errors:
    """How many elements are off by so many ULP, by the upper end of the bin, the same elements on both sides."""

    subject: Counter[float] = field(default_factory=Counter)
    reference: Counter[float] = field(default_factory=Counter)

    def add(self, truth: Array, expected: Array, got: Array) -> None:
        """Count the elements of one result: float64, and float32 of both sides.

        As in ``tolerance``, a float64 run that the reference misses by more than the root of epsilon took another
        branch, and says nothing.
        """
        with numpy.errstate(all="ignore"):
            finite = numpy.isfinite(truth)
            sure = finite & (abs(truth) <= LARGEST) & numpy.isfinite(expected)
            off = numpy.abs(expected[sure].astype(numpy.float64) - truth[sure]).max(initial=0.0)
            if off > numpy.abs(truth[sure]).max(initial=0.0) * EPSILON[DTYPE] ** 0.5:
                return
            for counts, values in ((self.subject, got), (self.reference, expected)):
                places = numpy.searchsorted(BOUNDS, ulps(truth[finite], values[finite]))
                found = zip(*numpy.unique(places, return_counts=True), strict=True)
                counts.update({BOUNDS[place]: int(count) for place, count in found})

    def record(self) -> dict[str, dict[str, int]] | None:
        """Both distributions; None where nothing was counted."""
        if not self.reference:
            return None
        sides = {"subject": self.subject, "reference": self.reference}
        return {
            side: {f"{bound:g}": counts[bound] for bound in BOUNDS if counts[bound]}
            for side, counts in sides.items()
        }


def ulps(truth: Array, values: Array) -> Array:
    """How far float32 values are off finite numbers, in the distance of a float32 from its neighbour there.

    What overflows as the number itself does is not off; what overflows alone, or is NaN, is infinitely so.
    """
    narrow: Array = truth.astype(DTYPE)
    _, exponent = numpy.frexp(numpy.clip(truth, -LARGEST, LARGEST))
    spacing = numpy.ldexp(1.0, numpy.where(truth == 0, -149, numpy.maximum(exponent - 24, -149)))
    off = numpy.abs(values.astype(numpy.float64) - truth) / spacing
    off = numpy.where(numpy.isnan(off), numpy.inf, off)
    return numpy.where((values == narrow) & numpy.isinf(narrow), 0.0, off)


def measure(errors: Errors, program: Program, reference: Subject, subject: Subject) -> None:
    """Count how far what the last statement gives is off; nothing where a side has no such result, or draws numbers."""
    if not measured(program, reference, subject):
        return
    with warnings.catch_warnings(action="ignore"):
        try:
            found = [list(tensors(env, program.statements[-1])) for env in envs(program, reference, subject)]
        except Exception:  # that a side raises is what the lockstep is for
            return
    for truth, expected, got in zip(*found, strict=False):
        dtypes = [one.dtype.name for one in (truth, expected, got)]
        if dtypes == ["float64", DTYPE, DTYPE] and truth.shape == expected.shape == got.shape:
            errors.add(truth, expected, got)


def measured(program: Program, *sides: Subject) -> bool:
    """Whether a float64 run is one of the same numbers, and both sides are libraries that can be run."""
    live = all(side.recording is None and side.compiler is None for side in sides)
    return live and not any(isinstance(one, Seeded) for one in program.statements)


def envs(program: Program, reference: Subject, subject: Subject) -> tuple[dict[str, Any], ...]:
    """The names after a run in float64, and after one of each side. The first begins with the numbers of the second."""
    lanes: tuple[dict[str, Any], ...] = ({}, {})
    wide = WideLane(reference)
    for statement in program.statements:
        for side, env in zip((reference, subject), lanes, strict=True):
            with side.around() if side.around is not None else contextlib.nullcontext():
                statement.execute(side.module, env, [])
        wide.run(statement)
        if wide.error is not None:
            raise wide.error
        if isinstance(statement, TensorLiteral):
            wide.follow({statement.out: lanes[0][statement.out]})
    return wide.env, *lanes


def tensors(env: dict[str, Any], last: Statement) -> Iterator[Array]:
    """The arrays that a statement has bound, in the order of their names; of other things an empty one each."""
    waiting = [env[name] for name in reversed(last.writes())]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple | list):
            waiting += reversed(value)
        elif is_tensor(value):
            yield array_of(value, dtype_name(value.dtype))
        else:
            yield numpy.empty(0, bool)
