"""A loop, as training scripts have them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from .block import Scope
from .error import ProgramError
from .statement import Events, Statement

MOST = 100


@dataclass(frozen=True, slots=True)
class Repeat(Scope):
    """`for _ in range(times): body`."""

    kind: ClassVar[str] = "for"
    times: int
    body: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.times <= MOST:
            raise ProgramError(f"a loop runs 0 to {MOST} times, not {self.times}")

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        return nullcontext()

    @property
    def stepped(self) -> bool:
        return True

    @property
    def steps(self) -> tuple[Statement, ...]:
        return self.body * self.times

    def lines(self) -> list[str]:
        return [f"for _ in range({self.times}):", *self._indented()]

    def simpler(self) -> Iterator[Statement]:
        for fewer in range(self.times):
            yield dataclasses.replace(self, times=fewer)
        yield from Scope.simpler(self)
