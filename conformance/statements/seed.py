"""A statement that draws random numbers, from a source that is set just before it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .statement import Events, Statement


@dataclass(frozen=True, slots=True)
class Seeded(Statement):
    """`torch.manual_seed(number)` and a statement, as one step: a library that runs beside itself has one source."""

    kind: ClassVar[str] = "seeded"
    number: int
    statement: Statement

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        seed(lib, self.number)
        return self.statement.execute(lib, env, events)

    def lines(self) -> list[str]:
        return [f"torch.manual_seed({self.number})", *self.statement.lines()]

    def blocks(self) -> list[tuple[Statement, ...]]:
        return [(self.statement,)]

    def reads(self) -> tuple[str, ...]:
        return self.statement.reads()

    @property
    def label(self) -> str:
        return self.statement.label

    @property
    def writes_memory(self) -> bool:
        return self.statement.writes_memory

    def simpler(self) -> Iterator[Statement]:
        yield self.statement
        for plain in self.statement.simpler():
            yield dataclasses.replace(self, statement=plain)


def seed(lib: Any, number: int) -> None:
    """What `manual_seed` does on the CPU: torch's keeps the stack of each call for devices that may come."""
    getattr(lib, "default_generator", lib).manual_seed(number)
