"""Reads one JSON object field by field, so that a wrong field is named together with its file and line."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, NoReturn, TypeGuard

DEEPEST = 64
NO_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
STRING = re.compile(rb'"[^"]*"')
GREATEST = 1 << 63  # whole numbers beyond are none that a run has counted


class RecordError(ValueError):
    """A run folder that cannot be read; the text names the file, the line and the cause."""


def decode(text: bytes, place: str) -> Any:
    """Decode one strict JSON document (no NaN, no Infinity, no half of a character, nothing nested deeper than any
    program) or raise RecordError naming `place`."""
    try:
        value = DECODER.decode(text.decode())
        if b"\\" in text and b"\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise RecordError(f"{place}: nested too deeply") from None
    except ValueError as error:
        raise RecordError(f"{place}: not JSON: {error}") from None
    if not _is_shallow(text) and _deeper(value, DEEPEST):
        raise RecordError(f"{place}: nested too deeply")
    return value


def _is_shallow(text: bytes) -> bool:
    """Whether the brackets of a JSON document alone show that it is nested at most DEEPEST deep.

    NOTE [Brackets tell the depth]: to walk through what was decoded takes longer than to decode it. Of the text only
    brackets and quotes are kept, and then no strings: most are pairs of quotes by then. Each round takes away the
    innermost one or two levels.
    """
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return True
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = STRING.sub(b"", text.translate(None, NO_BRACKETS).replace(b'""', b""))
    for _ in range(DEEPEST // 2):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not brackets:
            return True
    return False


def _deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects lie in one another more than ``depth`` times."""
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


class Fields:
    """The fields of one JSON object; those that nobody asks for are tolerated."""

    __slots__ = ("data", "place")

    def __init__(self, data: Any, place: str) -> None:
        self.place = place
        if not isinstance(data, dict):
            raise RecordError(f"{place}: must be a JSON object, not {_show(data)}")
        self.data: dict[str, Any] = data

    def fail(self, name: str, wanted: str) -> NoReturn:
        """Raise RecordError: field `name` is missing, or is not `wanted`."""
        if name not in self.data:
            raise RecordError(f"{self.place}: field {name!r} is missing")
        raise RecordError(f"{self.place}: field {name!r} must be {wanted}, not {_show(self.data[name])}")

    def text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else self.fail(name, "a text")

    def optional_text(self, name: str) -> str | None:
        return None if self.data.get(name) is None else self.text(name)

    def count(self, name: str) -> int:
        value = self.data.get(name)
        return value if _is_integer(value) and value >= 0 else self.fail(name, "a whole number >= 0")

    def integer(self, name: str) -> int:
        value = self.data.get(name)
        return value if _is_integer(value) else self.fail(name, "a whole number")

    def number(self, name: str) -> float:
        value = self.data.get(name)
        return float(value) if is_number(value) and value >= 0 else self.fail(name, "a number >= 0")

    def optional_number(self, name: str) -> float | None:
        return None if self.data.get(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        value = self.data.get(name)
        return value if isinstance(value, bool) else self.fail(name, "true or false")

    def optional_flag(self, name: str) -> bool | None:
        return None if self.data.get(name) is None else self.flag(name)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        return value if value in allowed else self.fail(name, "one of " + ", ".join(allowed))

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(name, "a list of texts")
        return tuple(value)

    def counts(self, name: str) -> Mapping[str, int]:
        value = self.data.get(name)
        if not isinstance(value, dict) or not are_counts(value.values()):
            self.fail(name, "an object of whole numbers >= 0")
        return value

    def pair(self, name: str) -> tuple[int, int]:
        """Two counts, `[passed, run]`."""
        value = self.data.get(name)
        if not isinstance(value, list) or len(value) != 2 or not are_counts(value):
            self.fail(name, "two whole numbers >= 0")
        if value[0] > value[1]:
            self.fail(name, "[passed, run] with passed <= run")
        return value[0], value[1]

    def moment(self, name: str) -> datetime:
        """An ISO 8601 moment; one without a zone is taken as UTC."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            self.fail(name, "an ISO 8601 date and time")
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def optional_moment(self, name: str) -> datetime | None:
        return None if self.data.get(name) is None else self.moment(name)

    def object(self, name: str) -> "Fields":
        value = self.data.get(name)
        if not isinstance(value, dict):
            self.fail(name, "a JSON object")
        return Fields(value, f"{self.place}: {name}")

    def objects(self, name: str) -> "list[Fields]":
        """A list of JSON objects, each of them with its place."""
        value = self.data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(name, "a list of JSON objects")
        return [Fields(item, f"{self.place}: {name} {at}") for at, item in enumerate(value)]


def _is_integer(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and -GREATEST <= value < GREATEST


def are_counts(values: Collection[Any]) -> bool:
    """Whether all are whole numbers that something has counted; `bool` is a type of its own."""
    return not values or (set(map(type, values)) == {int} and min(values) >= 0 and max(values) < GREATEST)


def is_number(value: Any) -> TypeGuard[float]:
    return _is_integer(value) or (isinstance(value, float) and isfinite(value))


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
