"""A call of a numpy function: one that makes an array, or one that computes, of tensors too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Output, Statement

MAKERS = frozenset(("array", "asarray", "arange", "linspace", "zeros", "ones", "full", "from_dlpack"))
# What numpy computes of tensors, which makes tensors of it again.
FUNCTIONS = frozenset(
    ("add", "subtract", "multiply", "divide", "maximum", "negative", "sqrt", "floor", "isfinite")
)


@dataclass(frozen=True, slots=True)
class NumpyCall(Statement):
    """`out = numpy.name(*args)`; a `name` that is none of numpy's raises."""

    kind: ClassVar[str] = "numpy_call"
    out: Output
    name: str
    args: tuple[arguments.Argument, ...] = ()

    def __post_init__(self) -> None:
        known = MAKERS | FUNCTIONS
        if not self.name.isidentifier() or (self.name not in known and hasattr(numpy, self.name)):
            raise ProgramError(f"numpy.{self.name} is not one of {', '.join(sorted(known))}")

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
