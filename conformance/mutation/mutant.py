"""A mutant: the library with one thing wrong in it, while a context is entered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What mutants of one sort get wrong."""

    FACTOR = "sign or factor"
    OPERAND = "operands swapped"
    CONJUGATE = "conjugate dropped"
    REDUCTION = "reduction over the wrong axis"
    NO_GRADIENT = "gradient None or zero"
    BUFFER = "memory wrongly shared"
    VERSION = "version not counted or not checked"
    HOOK = "hook skipped, repeated or reordered"
    MODE = "mode leaking or ignored"
    ACCUMULATION = "gradient overwritten"
    DOUBLE = "double backward cut"
    DTYPE = "wrong dtype"
    LAYOUT = "wrong stride or view relation"
    SAVED = "saved value missing"
    ERROR = "error missing"
    MESSAGE = "message altered"
    FLAG = "wrong leaf or requires_grad"
    WARNING = "warning missing"
    RETAIN = "retain_graph ignored"
    GRAPH = "wrong node name or edge"
    FORWARD = "wrong jvp"


@dataclass(frozen=True, slots=True)
class Mutant:
    """``put`` makes a context: inside it the library is wrong, outside it is as it was. ``places``: what a program has
    to come to, one of these at least, for it to matter (see `survey`)."""

    name: str
    family: Family
    put: Callable[[], AbstractContextManager[None]]
    places: tuple[str, ...]
