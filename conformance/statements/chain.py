"""Methods called one upon the other in one line: what a step of it holds nobody sees."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .argument import Ref
from .error import ProgramError
from .op import Op
from .statement import Events, Output, Statement

BEFORE = "_"


@dataclass(frozen=True, slots=True)
class Chain(Statement):
    """`out = first(...).method(...).method(...)`: each method is called on what `_`, its first argument, stands for."""

    kind: ClassVar[str] = "chain"
    out: Output
    first: Statement
    then: tuple[Statement, ...]

    def __post_init__(self) -> None:
        for call in (self.first, *self.then):
            if not isinstance(call, Op) or call.out is not None:
                raise ProgramError("a chain is made of calls that bind nothing")
        for call in self.then:
            if not call.name.startswith("Tensor.") or call.args[0] != Ref(BEFORE):  # type: ignore[attr-defined]
                raise ProgramError(f"what follows in a chain are methods of {BEFORE!r}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        value = self.first.execute(lib, env, events)
        for call in self.then:
            value = call.execute(lib, {**env, BEFORE: value}, events)
        env[self.out] = value
        return value

    def lines(self) -> list[str]:
        text = self.first.lines()[0]
        for call in self.then:
            text += call.lines()[0].removeprefix(BEFORE)
        return [f"{self.out} = {text}"]

    @property
    def label(self) -> str:
        return (self.then[-1] if self.then else self.first).label

    def reads(self) -> tuple[str, ...]:
        names = [name for call in (self.first, *self.then) for name in call.reads() if name != BEFORE]
        return tuple(dict.fromkeys(names))

    def simpler(self) -> Iterator[Statement]:
        for place in range(len(self.then)):
            yield dataclasses.replace(self, then=self.then[:place] + self.then[place + 1 :])
