"""Reading, setting and deleting a public attribute of a tensor or graph node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Name, Output, Statement

READABLE = frozenset(
    (
        *("grad", "data", "T", "mT", "H", "mH", "real", "imag", "requires_grad", "grad_fn", "is_leaf"),
        *("retains_grad", "shape", "ndim", "dtype", "device", "layout", "itemsize", "nbytes", "output_nr"),
        *("_version", "_base", "variable", "next_functions", "metadata", "names"),
        *("is_sparse", "is_cuda", "is_quantized", "is_meta"),
        # What Variables and functions had before 0.4.
        *("volatile", "creator", "previous_functions", "saved_tensors", "name", "_grad"),
    )
)
WRITABLE = frozenset(("grad", "data", "requires_grad", "real", "imag", "volatile"))


@dataclass(frozen=True, slots=True)
class Get(Statement):
    """`out = x.attribute`."""

    kind: ClassVar[str] = "get"
    out: Output
    x: Name
    attribute: str

    def __post_init__(self) -> None:
        saved = self.attribute.startswith("_saved_") and self.attribute.isidentifier()
        if self.attribute not in READABLE and not saved:
            raise ProgramError(f"{self.attribute!r} is not a readable attribute of a program")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        env[self.out] = value = getattr(arguments.bind(arguments.Ref(self.x), lib, env), self.attribute)
        return value

    @property
    def differentiates(self) -> bool:
        return self.attribute == "grad"

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}.{self.attribute}"]

    @property
    def label(self) -> str:
        return f"get.{self.attribute}"

    @property
    def writes_memory(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Set(Statement):
    """`x.attribute = value`."""

    kind: ClassVar[str] = "set"
    x: Name
    attribute: str
    value: arguments.Argument

    def __post_init__(self) -> None:
        if self.attribute not in WRITABLE:
            raise ProgramError(f"{self.attribute!r} is not a writable attribute of a program")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        value = arguments.bind(self.value, lib, env)
        setattr(arguments.bind(arguments.Ref(self.x), lib, env), self.attribute, value)

    def lines(self) -> list[str]:
        return [f"{self.x}.{self.attribute} = {arguments.source(self.value)}"]

    @property
    def label(self) -> str:
        return f"set.{self.attribute}"


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """`del x.attribute`."""

    kind: ClassVar[str] = "delete"
    x: Name
    attribute: str

    def __post_init__(self) -> None:
        if self.attribute not in WRITABLE:
            raise ProgramError(f"{self.attribute!r} is not an attribute that a program may delete")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        delattr(arguments.bind(arguments.Ref(self.x), lib, env), self.attribute)

    def lines(self) -> list[str]:
        return [f"del {self.x}.{self.attribute}"]

    @property
    def label(self) -> str:
        return f"delete.{self.attribute}"
