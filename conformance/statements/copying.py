"""Copies that Python itself makes of an object."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Name, Output, Statement

WAYS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "copy": (copy.copy, "copy.copy({})"),
    "deepcopy": (copy.deepcopy, "copy.deepcopy({})"),
    "pickle": (lambda value: pickle.loads(pickle.dumps(value)), "pickle.loads(pickle.dumps({}))"),
}


@dataclass(frozen=True, slots=True)
class Copy(Statement):
    """`out = copy.copy(x)`, `copy.deepcopy(x)`, or what a pickle of x gives back."""

    kind: ClassVar[str] = "copy"
    out: Output
    x: Name
    way: str

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ProgramError(f"unknown way {self.way!r} to copy, expected one of {', '.join(WAYS)}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        make, _ = WAYS[self.way]
        env[self.out] = made = make(arguments.bind(arguments.Ref(self.x), lib, env))
        return made

    def lines(self) -> list[str]:
        return [f"{self.out} = {WAYS[self.way][1].format(self.x)}"]

    @property
    def label(self) -> str:
        return self.way

    @property
    def writes_memory(self) -> bool:
        return False

    def simpler(self) -> Iterator[Statement]:
        return iter(())
