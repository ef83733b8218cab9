"""Setting what random numbers start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .statement import Events, Statement


@dataclass(frozen=True, slots=True)
class Seed(Statement):
    """`torch.manual_seed(number)`: both sides draw the same numbers from here on."""

    kind: ClassVar[str] = "seed"
    number: int = 0

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        seed(lib, self.number)

    def lines(self) -> list[str]:
        return [f"torch.manual_seed({self.number})"]

    @property
    def writes_memory(self) -> bool:
        return False


def seed(lib: Any, number: int) -> None:
    """What `manual_seed` does on the CPU: torch's keeps the stack of each call for devices that may come."""
    getattr(lib, "default_generator", lib).manual_seed(number)
