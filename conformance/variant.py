"""A subject as it is asked for: a library, a file, a recording; in brackets what is otherwise than by default.

`torch[threads=4]` uses four threads, `mini_autograd[plain]` runs interpreted, `LIBRARY[without=graph+saved]` is not
looked at in what is named, so that what follows it is seen, `torch[device=cuda]` makes all tensors there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .observation import Observation
from .placement import CPU, DEVICES
from .refusal import Refusal

_FORM = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<options>[^\[\]]*)\])?")


class SubjectError(Refusal):
    """The module under test cannot be used; the text names it and the cause."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A library by name, and how it is to be run and looked at."""

    name: str
    plain: bool = False
    compile: str | None = None
    threads: int = 1
    device: str = CPU
    without: frozenset[Observation] = frozenset()


def variant(text: str) -> Variant:
    """What a text asks for; SubjectError where it is not of the form `name[option,option=value]`."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise SubjectError(f"{text!r} is no subject: expected NAME or NAME[option,...]")
    made: dict[str, object] = {}
    for option in filter(None, (match["options"] or "").split(",")):
        key, _, value = option.partition("=")
        if key == "plain" and not value:
            made["plain"] = True
        elif key == "compile":
            made["compile"] = value or "aot_eager"
        elif key == "threads" and value.isdecimal() and int(value) > 0:
            made["threads"] = int(value)
        elif key == "device" and value in DEVICES:
            made["device"] = value
        elif key == "without" and set(value.split("+")) <= set(Observation):
            made["without"] = frozenset(map(Observation, value.split("+")))
        else:
            known = "plain, compile, compile=BACKEND, threads=N, device=cuda, without=KIND+KIND"
            raise SubjectError(f"{text!r}: no option {option!r}: there are {known}")
    return Variant(match["name"], **made)  # type: ignore[arg-type]
