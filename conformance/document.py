"""Reading files that anyone may have written: what is too large, too deep or no text is refused, with the cause."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

DEEPEST = 64  # lists and objects inside one another
LARGEST = 1 << 31  # bytes of a file
GREATEST = 1 << 53  # a count beyond this is none
SHOWN = 60


class DocumentError(ValueError):
    """A file or text is not what it should be; the text says why, and not where."""


def content(path: Path) -> bytes:
    """The bytes of a regular file; DocumentError for anything else, a pipe that never ends for one."""
    try:
        told = path.stat()
        if path.exists() and not path.is_file():
            raise DocumentError("Is a directory" if path.is_dir() else "is no regular file")
        if told.st_size > LARGEST:
            raise DocumentError(f"is too large: {told.st_size:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(error.strerror or str(error)) from None
    except ValueError as error:
        raise DocumentError(str(error)) from None


def decode(text: bytes | str) -> Any:
    """The data that strict JSON stands for: no NaN, no half of a character, no deeper than any program is."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        if (b"\\ud" if isinstance(text, bytes) else "\\ud") in text.lower():  # type: ignore[operator]
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise DocumentError("nested too deeply") from None
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}") from None
    _check_depth(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise DocumentError("nested too deeply")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


# --- fields -----------------------------------------------------------------------------------------------

Field = tuple[Callable[[Any], bool], str]  # whether a value is one, and what it should be


def is_text(value: Any) -> bool:
    """Whether a value is text."""
    return isinstance(value, str)


def is_count(value: Any) -> bool:
    """Whether a value is a whole number of things."""
    return type(value) is int and 0 <= value < GREATEST


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be reckoned with."""
    return type(value) in (int, float) and 0 <= value < GREATEST


def is_pair(value: Any) -> bool:
    """Whether a value is two counts."""
    return isinstance(value, list) and len(value) == 2 and all(map(is_count, value))


def optional(field: Field) -> Field:
    """The field, or null."""
    check, what = field
    return (lambda value: value is None or check(value)), f"{what} or null"


def each(field: Field, what: str) -> Field:
    """An object whose values are all fields of a sort."""
    check, _ = field
    return (lambda value: isinstance(value, dict) and all(map(check, value.values()))), what


def list_of(field: Field, what: str) -> Field:
    """A list of fields of a sort."""
    check, _ = field
    return (lambda value: isinstance(value, list) and all(map(check, value))), what


TEXT: Field = (is_text, "a text")
COUNT: Field = (is_count, "a whole number")
NUMBER: Field = (is_number, "a number of at least 0")
FLAG: Field = ((lambda value: isinstance(value, bool)), "true or false")
PAIR: Field = (is_pair, "two whole numbers")
TEXTS: Field = list_of(TEXT, "a list of texts")
LIST: Field = ((lambda value: isinstance(value, list)), "a list")
OBJECT: Field = ((lambda value: isinstance(value, dict)), "an object")
COUNTS: Field = each(COUNT, "an object of whole numbers")
PAIRS: Field = each(PAIR, "an object of pairs of whole numbers")


def one_of(values: Iterable[str]) -> Field:
    """One of some texts."""
    known = tuple(values)
    return (lambda value: isinstance(value, str) and value in known), f"one of {', '.join(known)}"


def check(record: Mapping[str, Any], needed: Mapping[str, Field], known: Mapping[str, Field] = {}) -> None:
    """DocumentError where a needed field is missing, or one that is there is not what it should be."""
    for name in needed:
        if name not in record:
            raise DocumentError(f"the field {name!r} is missing")
    for name, (fits, what) in {**needed, **known}.items():
        if name in record and not fits(record[name]):
            raise DocumentError(f"the field {name!r} is {what}, not {shown(record[name])}")


def shown(value: Any) -> str:
    """A value in a few words."""
    text = ascii(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def one_line(text: str, longest: int = 1000) -> str:
    """Text as one line that does nothing to a terminal."""
    line = "".join(one if one.isprintable() else " " for one in text)
    line = " ".join(line.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
