"""The type that tensors of Python floats have, changed for a part of a program."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .block import Scope
from .error import ProgramError
from .op import function
from .statement import Events, Statement

_CLASS = re.compile(r"torch\.[A-Z][A-Za-z0-9]*Tensor")


@dataclass(frozen=True, slots=True)
class DefaultType(Scope):
    """`torch.set_default_tensor_type(name)`, the body, and the usual type again."""

    kind: ClassVar[str] = "default_tensor_type"
    name: str
    body: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if not _CLASS.fullmatch(self.name):  # torch imports what else it is given
            raise ProgramError(f"{self.name!r} is not a class of tensors")

    @contextlib.contextmanager
    def context(self, lib: Any, env: dict[str, Any], events: Events) -> Iterator[None]:
        set_type = function(lib, "set_default_tensor_type")
        try:
            set_type(self.name)
            yield
        finally:
            set_type("torch.FloatTensor")

    @property
    def stepped(self) -> bool:
        return True

    @property
    def label(self) -> str:
        return "set_default_tensor_type"

    def lines(self) -> list[str]:
        return self.framed([line for inner in self.body for line in inner.lines()])

    def framed(self, body: list[str]) -> list[str]:
        begin, end = (f'torch.set_default_tensor_type("{name}")' for name in (self.name, "torch.FloatTensor"))
        return [begin, *body, end]
