"""What programs have seen so far, and which of several things to draw has been seen least.

NOTE [Guided draws]: what a statement exercises is a *feature*: its op or kind, with the dtype and the standing of the
tensor that it is called on (a leaf, a result, a view, an inference tensor) and the grad mode; so is the text of an
error that was raised, the name of a node that was made, and a mistake. How often each was seen is kept by a hash of its
text, in a map of fixed size, whatever there is to see. Where a generator has a map it draws ops, their arguments and
mistakes a few times and keeps what was seen least, and makes some programs of others that reached something new.

A map must be the same however many processes draw: programs of one epoch are drawn by what was seen up to the epoch
before the last, all of which is known by then. So the programs of the first two epochs are drawn without one.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

PLACES = 1 << 16
EPOCH = 5000
DRAWS = 3
PARENTS = 64  # programs that reached something new, the latest of them, of which others are made

T = TypeVar("T")


def feature(*parts: object) -> int:
    """The place of a feature in the map."""
    return zlib.crc32("|".join(map(str, parts)).encode()) % PLACES


@dataclass(frozen=True, slots=True)
class Guidance:
    """How often features were seen, by powers of two, and programs of the run that reached something new; packed."""

    levels: bytes
    parents: bytes

    @classmethod
    def of(cls, seen: Counter[int], parents: list[dict[str, Any]]) -> Guidance:
        """The guidance by counts of features, and the latest of the programs, as JSON."""
        levels = bytearray(PLACES)
        for place, count in seen.items():
            levels[place] = count.bit_length()
        return cls(zlib.compress(bytes(levels), 1), zlib.compress(json.dumps(parents[-PARENTS:]).encode(), 1))


class Guide:
    """A guidance as generators ask it."""

    __slots__ = ("levels", "parents")

    def __init__(self, guidance: Guidance) -> None:
        self.levels: bytes = zlib.decompress(guidance.levels)
        self.parents: list[dict[str, Any]] = json.loads(zlib.decompress(guidance.parents))

    def is_new(self, features: Iterable[int]) -> bool:
        """Whether one of the features was never seen."""
        return any(not self.levels[place] for place in features)

    def rarer(self, draw: Callable[[], T], place: Callable[[T], int]) -> T:
        """Of a few draws the one that was seen least."""
        return min((draw() for _ in range(DRAWS)), key=lambda made: self.levels[place(made)])


def standing(tensor: Any) -> str:
    """What an in-place write or a derivative finds in a tensor of the reference."""
    if tensor.is_inference():
        return "inference"
    if tensor._is_view():
        return "view of leaf" if tensor._base.is_leaf else "view"
    return "leaf" if tensor.is_leaf else "result"


def written(seen: Counter[int]) -> str:
    """Counts of features as text: their places and, as far as a byte goes, their counts."""
    data = b"".join(
        place.to_bytes(2, "big") + bytes((min(count, 255),)) for place, count in sorted(seen.items())
    )
    return base64.b85encode(zlib.compress(data, 9)).decode()


def read(text: str) -> Counter[int]:
    """What :func:`written` wrote."""
    data = zlib.decompress(base64.b85decode(text))
    return Counter({int.from_bytes(data[at : at + 2], "big"): data[at + 2] for at in range(0, len(data), 3)})
