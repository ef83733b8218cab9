"""Indexing a tensor and assigning to an index."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .op import simpler_number
from .statement import Events, Name, Output, Statement


@dataclass(frozen=True, slots=True)
class Index(Statement):
    """`out = x[index]`."""

    kind: ClassVar[str] = "index"
    out: Output
    x: Name
    index: arguments.Argument

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        env[self.out] = value = arguments.bind(arguments.Ref(self.x), lib, env)[
            arguments.bind(self.index, lib, env)
        ]
        return value

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}[{arguments.index_source(self.index)}]"]

    @property
    def writes_memory(self) -> bool:
        return False

    def simpler(self) -> Iterator[Statement]:
        for index in _simpler(self.index):
            yield dataclasses.replace(self, index=index)


@dataclass(frozen=True, slots=True)
class SetItem(Statement):
    """`x[index] = value`."""

    kind: ClassVar[str] = "setitem"
    x: Name
    index: arguments.Argument
    value: arguments.Argument

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        target = arguments.bind(arguments.Ref(self.x), lib, env)
        target[arguments.bind(self.index, lib, env)] = arguments.bind(self.value, lib, env)

    def lines(self) -> list[str]:
        return [f"{self.x}[{arguments.index_source(self.index)}] = {arguments.source(self.value)}"]

    def simpler(self) -> Iterator[Statement]:
        for index in _simpler(self.index):
            yield dataclasses.replace(self, index=index)
        for value in simpler_number(self.value):
            yield dataclasses.replace(self, value=value)


def _simpler(index: Any) -> Iterator[Any]:
    if index is not Ellipsis:
        yield Ellipsis
    if isinstance(index, tuple):
        yield from index
