"""Two texts of tensors, as a block that is run as a whole prints them, compared number by number.

Outside such blocks a tensor has equal bits on both sides by the time that it is printed. Inside nothing was looked at,
and a number may be off by as much as any other that a statement gives, which can show in the last place printed, or in
all places where a tangent of one element is shown as a Python number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy

from .twin import Array, Location, Wide

if TYPE_CHECKING:
    from .compare import Comparison

# A real number, or a real or imaginary part, with the blanks that make columns of them.
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.\d*(?:e[+-]\d+)?|\d+e[+-]\d+|inf|nan))(?![\d.])\s*")
# That many follow the point where the elements of a tensor are not integers.
DECIMALS = 4
_DTYPE = re.compile(r"dtype=torch\.(\w+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """What differs between two texts: the `places` of numbers that are further apart than the last digit printed,
    and those numbers of either; `dtype` is the tensor's."""

    places: Array
    expected: Array
    got: Array
    dtype: str

    def within(self, find: Wide) -> Wide:
        """The same numbers of the text that another run has printed."""

        def numbers(location: Location) -> Any:
            text = find(location)
            found = _numbers(text)[1] if isinstance(text, str) else []
            return _values(found)[self.places] if len(found) == len(self.places) else None

        return numbers


def same_print(comparison: Comparison, expected: str, got: str, location: Location) -> bool:
    """Whether two texts show the same, save numbers that agree as those of tensors do."""
    shown = printed(expected, got)
    if shown is None or not shown.expected.size:
        return shown is not None
    wide = None if comparison.wide is None else shown.within(comparison.wide)
    part = replace(comparison, wide=wide, shaken=[shown.within(find) for find in comparison.shaken])
    same = part.settled(shown.expected, shown.got, shown.dtype, location, None)
    comparison.unsettled, comparison.contested = part.unsettled, part.contested
    return same


def printed(expected: str, got: str) -> Printed | None:
    """What differs between two texts, None where that is more than numbers."""
    (words, left), (others, right) = _numbers(expected), _numbers(got)
    if words != others:
        return None
    units = numpy.array([max(_unit(one), _unit(other)) for one, other in zip(left, right, strict=True)])
    arrays = _values(left), _values(right)
    with numpy.errstate(invalid="ignore"):  # infinities and NaN are as they are
        near = numpy.abs(arrays[0] - arrays[1]) < 1.5 * units
    places = ~(near | (arrays[0] == arrays[1]))
    dtype = _DTYPE.search(expected)
    return Printed(places, arrays[0][places], arrays[1][places], dtype[1] if dtype else "float32")


def _numbers(text: str) -> tuple[str, list[str]]:
    """A text without its numbers and without its breaks of lines, and the numbers."""
    return " ".join(_NUMBER.sub("#", text).split()), _NUMBER.findall(text)


def _values(numbers: list[str]) -> Array:
    return numpy.array([float(one) for one in numbers])


def _unit(number: str) -> float:
    """What one more in the last digit is worth of a number as tensors print theirs; one with more or fewer decimals
    is shown as it is."""
    mantissa, _, exponent = number.partition("e")
    whole = len(mantissa.partition(".")[2]) != DECIMALS
    return 0.0 if whole else 10.0 ** (int(exponent or 0) - DECIMALS)
