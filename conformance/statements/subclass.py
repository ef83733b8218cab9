"""A tensor as one of a class that the program derives from Tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .op import forget_functions
from .statement import Events, Name, Output, Statement

DEFINITION = "class Named(torch.Tensor):\n    pass"
_CLASSES: dict[type, type] = {}


@dataclass(frozen=True, slots=True)
class AsSubclass(Statement):
    """`out = x.as_subclass(Named)`, where Named is Tensor under another name."""

    kind: ClassVar[str] = "as_subclass"
    out: Output
    x: Name

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        tensor = arguments.bind(arguments.Ref(self.x), lib, env)
        env[self.out] = made = tensor.as_subclass(named(lib.Tensor))
        return made

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}.as_subclass(Named)"]

    def definitions(self) -> list[str]:
        return [DEFINITION]

    @property
    def label(self) -> str:
        return "Tensor.as_subclass"

    @property
    def writes_memory(self) -> bool:
        return False


def named(tensor: type) -> type:
    """The class that is derived from a library's Tensor."""
    found = _CLASSES.get(tensor)
    if found is None:
        found = _CLASSES[tensor] = type("Named", (tensor,), {})
        forget_functions()  # a library may put others in their place once there is a class that overrides them
    return found
