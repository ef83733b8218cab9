"""The statement that applies a custom Function of the fixed set."""

from __future__ import annotations

import dataclasses
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from .. import argument as arguments
from ..error import ProgramError
from ..output import assigned, bind_outputs
from ..statement import Events, Output, Statement
from .calling import CALLING
from .forward_mode import FORWARD_MODE
from .gradients import GRADIENTS
from .mistake import MISTAKES
from .returning import RETURNING
from .saving import SAVING
from .seen import kept, seen
from .writing import WRITING

# Each takes the library and the list of events and returns a Function; printed into scripts as it stands there.
FUNCTIONS: dict[str, Callable[[Any, Events], Any]] = {
    make.__name__: make
    for make in (*SAVING, *GRADIENTS, *RETURNING, *WRITING, *CALLING, *FORWARD_MODE, *MISTAKES)
}


@dataclass(frozen=True, slots=True)
class Apply(Statement):
    """`out = Function.apply(*args, **kwargs)`; `out` is one name or a list of names to unpack into."""

    kind: ClassVar[str] = "function"
    name: str
    args: tuple[arguments.Argument, ...]
    out: Output | tuple[Output, ...]
    kwargs: dict[str, arguments.Argument] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name not in FUNCTIONS:
            raise ProgramError(f"unknown Function {self.name!r}, expected one of {sorted(FUNCTIONS)}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        args = [arguments.bind(item, lib, env) for item in self.args]
        kwargs = {name: arguments.bind(item, lib, env) for name, item in self.kwargs.items()}
        result = FUNCTIONS[self.name](lib, events).apply(*args, **kwargs)
        return bind_outputs(self.out, result, env)

    def lines(self) -> list[str]:
        given = [arguments.source(item) for item in self.args]
        given += [f"{name}={arguments.source(item)}" for name, item in self.kwargs.items()]
        return [assigned(self.out, f"{self.name}(torch, events).apply({', '.join(given)})")]

    def definitions(self) -> list[str]:
        made = textwrap.dedent(inspect.getsource(FUNCTIONS[self.name])).rstrip()
        carried = [inspect.getsource(one).rstrip() for one in (seen, kept)] if "seen(" in made else []
        return [*carried, made]

    @property
    def label(self) -> str:
        return f"Function.{self.name}"
