"""Arrays as text that keeps their bits: floats in hexadecimal, one word a number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]
KINDS = "biufc"
KEPT_BITS = 10  # of how far a value is off: it is compared with, and no value itself


def word(number: float) -> str:
    """A float in hexadecimal without trailing zeros: `0x1.8p+1`, nan, inf, -inf."""
    if not math.isfinite(number):
        return repr(number)
    digits, _, exponent = number.hex().partition("p")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}p{exponent}"


def number(text: str) -> float:
    """The float that a word stands for."""
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def written(array: Array) -> str:
    """The dtype and the numbers of an array, in the order of its indices."""
    kind, flat = array.dtype.kind, numpy.ascontiguousarray(array).reshape(-1)
    if kind == "c":
        flat = flat.view(flat.real.dtype)
    numbers: Sequence[Any] = flat.tolist()
    words: Iterator[str] = map(word, numbers) if kind in "fc" else (str(int(one)) for one in numbers)
    return " ".join([array.dtype.name, *words])


def read(text: str, shape: Sequence[int]) -> Array:
    """The array that was written."""
    name, *words = text.split(" ")
    dtype = numpy.dtype(name)
    if dtype.kind not in KINDS:
        raise ValueError(f"{name!r} is no type of numbers")
    if dtype.kind not in "fc":
        return numpy.array([int(one) for one in words], dtype).reshape(shape)
    parts = numpy.array([number(one) for one in words], numpy.float64)
    if dtype.kind == "c":
        return parts.astype(f"float{dtype.itemsize * 4}").view(dtype).reshape(shape)
    return parts.astype(dtype).reshape(shape)


def coarse(value: float) -> float:
    """A number of few digits near `value`."""
    if not math.isfinite(value):
        return value
    part, exponent = math.frexp(value)
    return math.ldexp(round(math.ldexp(part, KEPT_BITS)), exponent - KEPT_BITS)
