"""The text a person sees when printing an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .statement import Events, Name, Statement


@dataclass(frozen=True, slots=True)
class Print(Statement):
    """`print(x)`: the repr of an object is what is seen."""

    kind: ClassVar[str] = "print"
    x: Name

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        return repr(arguments.bind(arguments.Ref(self.x), lib, env))

    def lines(self) -> list[str]:
        return [f"print(repr({self.x}))"]

    @property
    def writes_memory(self) -> bool:
        return False
