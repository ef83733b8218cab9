"""Numbers at equal steps: ``arange``, ``linspace``, ``logspace``."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.errors import not_implemented
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.creation import new_array
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.rounding import fused

LARGE_UNSIGNED = ("uint16", "uint32", "uint64")


def arange_length(start: Any, end: Any, step: Any, dtype: Any) -> int:
    """How many elements ``arange`` has; RuntimeError for a step of 0 or of the wrong sign, and for infinite
    bounds."""
    values = (start, end, step)
    if any(isinstance(value, complex) for value in values):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if step == 0 or math.isnan(step):
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if (step > 0 and end < start) or (step < 0 and end > start):
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype.name == "int64" and int(step) == 0:
        raise ValueError("step must be nonzero")
    if all(isinstance(value, int) for value in values):
        return -((start - end) // step)
    if dtype.name == "int64":
        start, end, step = int(start), int(end), int(step)
        return max(-((start - end) // step), 0)
    count = math.ceil((end - start) / step)
    if count > 1 << 62:
        raise RuntimeError("invalid size, possible overflow?")
    return count


def arange(start: Any, end: Any, step: Any, dtype: Any) -> Array:
    """``start + step * i``, up to and without ``end``."""
    if dtype.name == "int64" and type(start) is type(end) is type(step) is int and start < end and step > 0:
        return xp.arange(start, end, step)
    if dtype.numpy.kind in "bc" or dtype.name in LARGE_UNSIGNED:
        raise not_implemented("arange_cpu", dtype)
    return steps(start, step, arange_length(start, end, step, dtype), dtype)


def range_inclusive(start: Any, end: Any, step: Any, dtype: Any) -> Array:
    """As ``arange``, up to and with ``end``: torch's deprecated ``range``."""
    if dtype.numpy.kind in "bc":
        raise not_implemented("range_cpu", dtype)
    arange_length(start, end, step, dtype)
    return steps(start, step, math.floor((end - start) / step) + 1, dtype)


def steps(start: Any, step: Any, count: int, dtype: Any) -> Array:
    """``start + step * i``; of floating types as torch's vectors of 256 bits give it, two of which make a turn.

    Each vector has its first element computed, rounded, and the others from that.
    """
    array = new_array((count,), dtype)
    if dtype.numpy.kind in "iu":
        array[...] = int(start) + xp.arange(count) * int(step)
        return array
    index = xp.arange(count, dtype=xp.float64)
    lanes = 32 // dtype.itemsize
    lane = xp.where(index < count // (2 * lanes) * (2 * lanes), index % lanes, 0)
    first = fused(index - lane, float(step), float(start))
    array[...] = fused(lane, float(step), first.astype(dtype.numpy).astype(xp.float64))
    return array


def bounds(name: str, start: Any, end: Any) -> list:
    """The bounds as Python numbers, of which some may be 0-d arrays."""
    given = {word: value for word, value in (("start", start), ("end", end)) if isinstance(value, xp.ndarray)}
    if any(value.ndim for value in given.values()):
        got = " and ".join([f"{word} with {value.ndim} dimension(s)" for word, value in given.items()])
        raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {got}.")
    return [value.item() if isinstance(value, xp.ndarray) else value for value in (start, end)]


def linspace(start: Any, end: Any, steps: int, dtype: Any) -> Array:
    """``steps`` numbers from ``start`` to ``end``, counted from both sides towards the middle."""
    start, end = bounds("linspace", start, end)
    if dtype.numpy.kind == "b" or dtype.name in LARGE_UNSIGNED:
        raise not_implemented("linspace_cpu", dtype)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    array = new_array((steps,), dtype)
    if steps == 1:
        array[...] = element(start, dtype)
    elif steps:
        array[...] = spread(start, end, steps, dtype)
    return array


def spread(start: complex, end: complex, steps: int, dtype: Any) -> Array:
    whole = dtype.numpy.kind in "iu"
    kind = xp.dtype(xp.float64) if whole else dtype.numpy
    first, last = bound(start, dtype, kind), bound(end, dtype, kind)
    with xp.errstate(all="ignore"):
        return between(first, last, steps, kind).astype(dtype.numpy)


def bound(value: complex, dtype: Any, kind: Any) -> Array:
    """``value`` as a number of ``dtype``, to compute with in ``kind``."""
    return element(value, dtype).astype(kind)


def between(first: Array, last: Array, steps: int, kind: Any) -> Array:
    """``steps`` numbers of type ``kind``, each counted from the nearer of ``first`` and ``last``."""
    if steps == 1:
        return xp.asarray(first)
    step = (last - first) / kind.type(steps - 1)
    half = steps // 2
    array = xp.empty(steps, kind)
    left, right = xp.arange(half).astype(kind), xp.arange(steps - 1 - half, -1, -1).astype(kind)
    if kind not in (xp.float32, xp.float64):
        array[:half], array[half:] = first + step * left, last - step * right
    else:
        array[:half], array[half:] = fused(left, step, first), fused(right, -step, last)
    return array


def logspace(start: Any, end: Any, steps: int, base: float, dtype: Any) -> Array:
    """``base`` to the powers of :func:`linspace`."""
    start, end = bounds("logspace", start, end)
    if dtype.numpy.kind == "b" or dtype.name in LARGE_UNSIGNED:
        raise not_implemented("logspace_cpu", dtype)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    array = new_array((steps,), dtype)
    if steps:
        kind = xp.dtype(xp.float64) if dtype.numpy.kind in "iu" else dtype.numpy
        kind = xp.dtype(xp.float32) if kind.itemsize == 2 else kind
        first, last = bound(start, dtype, kind), bound(end, dtype, kind)
        with xp.errstate(all="ignore"):
            array[...] = xp.power(kind.type(base), between(first, last, steps, kind)).astype(dtype.numpy)
    return array
