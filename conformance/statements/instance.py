"""A question about the class of an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .op import function
from .statement import Events, Name, Output, Statement

CLASSES = frozenset(
    (
        *("Tensor", "autograd.Variable", "nn.Parameter", "FloatTensor", "DoubleTensor", "LongTensor"),
        *("ByteTensor", "HalfTensor", "IntTensor", "BoolTensor"),
    )
)


@dataclass(frozen=True, slots=True)
class IsInstance(Statement):
    """`out = isinstance(x, torch.of)`."""

    kind: ClassVar[str] = "isinstance"
    out: Output
    x: Name
    of: str

    def __post_init__(self) -> None:
        if self.of not in CLASSES:
            raise ProgramError(f"{self.of!r} is not a class of tensors, expected one of {sorted(CLASSES)}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        kind: Any = function(lib, self.of)
        env[self.out] = value = isinstance(arguments.bind(arguments.Ref(self.x), lib, env), kind)
        return value

    def lines(self) -> list[str]:
        return [f"{self.out} = isinstance({self.x}, torch.{self.of})"]

    @property
    def label(self) -> str:
        return f"isinstance.{self.of}"

    @property
    def writes_memory(self) -> bool:
        return False
