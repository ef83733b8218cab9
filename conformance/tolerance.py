"""How far two values may lie apart and still agree: equal bits, or rounding, or the word of the arbiter.

Both libraries round; which last bit comes out depends on the order of a sum and on who wrote `exp`. So:
- the same bits agree, and so do NaN with NaN and -0.0 with 0.0; infinities must be the same;
- integers, booleans and Python numbers other than floats must be equal;
- two ULP of each element are rounding (two faithfully rounded results lie at most that far apart);
- beyond that, below float64, a run of the reference in float64 is the arbiter: the subject's error against it
  may be 4 ULP of the magnitude worked with, or 4 times the reference's own error. An arbiter that the
  reference itself misses by more than the root of the dtype's epsilon took another branch and does not count,
  unless all that both sides are off by is 4 ULP of the magnitude worked with: then everything has cancelled;
- for float64 there is no wider run. The bound is 64 ULP of the magnitude worked with, and where all has
  cancelled 4 ULP of what the statement read;
- what is still apart is shaken: the reference runs again with each op's arguments a unit in the last place off,
  and each element may be SPREAD_RATIO times as far off as that moves it. Runs that jump, as at a tie, do not count.
The magnitude worked with is that of the tensor's largest element or, as sums cancel, that of what the
statement read, which counts for no more than CANCELLATION times the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

NEAR_ULP = 2
ARBITER_ULP = 4
ARBITER_RATIO = 4.0
FLOAT64_ULP = 64
SPREAD_RATIO = 2.0
WIDEST = ("float64", "complex128")
# What moves by more than this share of the magnitude worked with took another branch.
JUMP = {"float16": 2.0**-5, "bfloat16": 2.0**-4}
# How much larger than its result a magnitude may be and still count: 1 - y * y loses its leading bits.
CANCELLATION = {
    "float64": 1024.0,
    "complex128": 1024.0,
    "float32": 64.0,
    "complex64": 64.0,
    "float16": 2.0,
    "bfloat16": 1.0,
}

EPSILON = {
    "float64": 2.0**-52,
    "float32": 2.0**-23,
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "complex128": 2.0**-52,
    "complex64": 2.0**-23,
}
SMALLEST = {
    "float64": 2.0**-1074,
    "float32": 2.0**-149,
    "float16": 2.0**-24,
    "bfloat16": 2.0**-133,
    "complex128": 2.0**-1074,
    "complex64": 2.0**-149,
}


class Verdict(Enum):
    """What a comparison of two arrays says."""

    EQUAL = "equal"
    ROUNDED = "rounded"
    OPEN = "open"  # the arbiter is to be asked
    DIFFERENT = "different"


def compare(expected: Array, got: Array, dtype: str, worked_with: Callable[[], float]) -> Verdict:
    """Compare two arrays of one shape that hold `dtype`; `worked_with` is the magnitude a statement read."""
    if dtype not in EPSILON:
        return Verdict.EQUAL if numpy.array_equal(expected, got) else Verdict.DIFFERENT
    with numpy.errstate(all="ignore"):
        return _compare_floats(expected, got, dtype, worked_with)


def _compare_floats(expected: Array, got: Array, dtype: str, worked_with: Callable[[], float]) -> Verdict:
    left, right = parts(expected), parts(got)
    if not _same_special(left, right):
        return Verdict.DIFFERENT
    finite = numpy.isfinite(left)
    left, right = left[finite], right[finite]
    apart = numpy.abs(left - right)
    if not apart.any():
        return Verdict.EQUAL
    size = numpy.maximum(numpy.abs(left), numpy.abs(right))
    if (apart <= numpy.maximum(size * EPSILON[dtype], SMALLEST[dtype]) * NEAR_ULP).all():
        return Verdict.ROUNDED
    if dtype not in WIDEST:
        return Verdict.OPEN
    largest = float(size.max())
    scale = max(largest, min(worked_with(), CANCELLATION[dtype] * largest))
    noise = ARBITER_ULP * EPSILON[dtype] * worked_with()
    bound = max(FLOAT64_ULP * EPSILON[dtype] * scale, noise, 4 * SMALLEST[dtype])
    return Verdict.ROUNDED if (apart <= bound).all() else Verdict.DIFFERENT


def arbitrate(
    expected: Array,
    got: Array,
    wide: Array,
    dtype: str,
    worked_with: Callable[[], float] = lambda: 0.0,
    branching: bool = True,
) -> bool:
    """Whether `got` is as good as `expected`, judged by the float64 result `wide`; without `branching` it is known
    that the float64 run took the same branch."""
    left, right, truth = parts(expected), parts(got), parts(wide)
    if truth.shape != left.shape or not _same_special(left, right):
        return False
    finite = numpy.isfinite(left) & numpy.isfinite(truth)
    if not (numpy.isfinite(left) == finite).all():
        return False
    left, right, truth = left[finite], right[finite], truth[finite]
    largest = float(numpy.abs(truth).max(initial=0.0))
    scale = max(largest, min(worked_with(), CANCELLATION[dtype] * largest))
    reference_error = float(numpy.abs(left - truth).max(initial=0.0))
    subject_error = float(numpy.abs(right - truth).max(initial=0.0))
    noise = ARBITER_ULP * EPSILON[dtype] * worked_with()
    if branching and reference_error > largest * EPSILON[dtype] ** 0.5:
        if reference_error <= noise:
            return subject_error <= noise  # all leading digits have cancelled: what is left is rounding
        reference_error = 0.0
    allowed = max(ARBITER_ULP * max(EPSILON[dtype] * scale, SMALLEST[dtype]), ARBITER_RATIO * reference_error)
    return subject_error <= allowed


def within_spread(
    expected: Array, got: Array, shaken: list[Array], dtype: str, worked_with: Callable[[], float]
) -> bool:
    """Whether no element of `got` is further off than rounding moves it, as the `shaken` runs of the reference tell."""
    left, right = parts(expected), parts(got)
    runs = [parts(one) for one in shaken if one.shape == expected.shape]
    if dtype not in EPSILON or not runs or not _same_special(left, right):
        return False
    finite = numpy.isfinite(left)
    left, right = left[finite], right[finite]
    scale = max(float(numpy.abs(left).max(initial=0.0)), worked_with())
    moved = numpy.abs(numpy.stack([run[finite] for run in runs]) - left)
    moved = numpy.where(moved <= JUMP.get(dtype, 2.0**-11) * scale, moved, 0.0)  # NaN does not count either
    rounding = NEAR_ULP * numpy.maximum(numpy.abs(left) * EPSILON[dtype], SMALLEST[dtype])
    return bool((numpy.abs(left - right) <= SPREAD_RATIO * moved.max(axis=0) + rounding).all())


def near(expected: float, got: float) -> bool:
    """Whether two Python floats agree, as float64 results of one step; NaN equals NaN."""
    if expected == got or (expected != expected and got != got):
        return True
    if math.isinf(expected) or math.isinf(got):
        return False
    return abs(expected - got) <= FLOAT64_ULP * EPSILON["float64"] * max(abs(expected), abs(got))


def parts(array: Array) -> Array:
    """The numbers of an array as flat float64, real and imaginary parts side by side."""
    flat = numpy.ascontiguousarray(array).reshape(-1)
    if flat.dtype.kind == "c":
        flat = flat.view(flat.real.dtype)
    return flat.astype(numpy.float64)


def _same_special(left: Array, right: Array) -> bool:
    """NaN where the other has NaN, and the same infinities."""
    odd = ~(numpy.isfinite(left) & numpy.isfinite(right))
    return not odd.any() or numpy.array_equal(left[odd], right[odd], equal_nan=True)
