"""A call of a numpy function that makes an array, as a person's script has it before `from_numpy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Output, Statement

MAKERS = frozenset(("array", "asarray", "arange", "linspace", "zeros", "ones", "full"))


@dataclass(frozen=True, slots=True)
class NumpyCall(Statement):
    """`out = numpy.name(*args)`; `name` makes an array, or is none of numpy's: then the call raises."""

    kind: ClassVar[str] = "numpy_call"
    out: Output
    name: str
    args: tuple[arguments.Argument, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or (self.name not in MAKERS and hasattr(numpy, self.name)):
            raise ProgramError(f"numpy.{self.name} is not one of {', '.join(sorted(MAKERS))}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        call = getattr(numpy, self.name)
        env[self.out] = call(*(arguments.bind(item, lib, env) for item in self.args))

    def lines(self) -> list[str]:
        return [f"{self.out} = numpy.{self.name}({', '.join(map(arguments.source, self.args))})"]

    @property
    def label(self) -> str:
        return f"numpy.{self.name}"

    @property
    def writes_memory(self) -> bool:
        return False
