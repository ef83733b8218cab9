"""Where a generator's decisions come from: a pseudo-random stream for bulk, or Hypothesis for pytest."""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class Choice(Protocol):
    """A source of decisions."""

    def integer(self, low: int, high: int) -> int:
        """An integer between two bounds, both included."""

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""

    def chance(self, probability: float) -> bool:
        """True with this probability; the first decision that shrinking turns off."""


class Weighted(Generic[T]):
    """Options with whole weights above 0, to pick from in the time that their logarithm takes."""

    __slots__ = ("ends", "options")

    def __init__(self, pairs: Iterable[tuple[int, T]]) -> None:
        weights, self.options = zip(*pairs, strict=True)
        self.ends = tuple(itertools.accumulate(weights))

    def pick(self, choice: Choice) -> T:
        """One of the options, by weight."""
        return self.options[bisect.bisect_left(self.ends, choice.integer(1, self.ends[-1]))]


class RandomChoice:
    """Decisions of `random.Random(seed)`."""

    __slots__ = ("_random",)

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability


class HypothesisChoice:
    """Decisions drawn through Hypothesis, which shrinks them: to low integers, first options and False."""

    __slots__ = ("_data", "_strategies")

    def __init__(self, data: Any) -> None:
        from hypothesis import strategies

        self._data, self._strategies = data, strategies

    def integer(self, low: int, high: int) -> int:
        return self._data.draw(self._strategies.integers(low, high))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options) - 1)]

    def chance(self, probability: float) -> bool:
        return self.integer(0, 999) >= 1000 - int(probability * 1000)
