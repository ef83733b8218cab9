"""What one run of a claim's program shows: names, errors, warnings and what hooks were given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..program import Program
from ..reading import error_text, is_node, is_tensor
from ..statements import Attempt, Events
from ..subjects import Subject, every_warning


@dataclass(slots=True)
class Seen:
    """A finished run; `run["x"]` is what the name x was bound to last."""

    lib: Any
    env: dict[str, Any] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.env[name]

    def numbers(self, name: str) -> Any:
        """The values of a tensor as nested lists; None where the name stands for None."""
        return None if self.env[name] is None else self.env[name].tolist()

    def node(self, name: str) -> str | None:
        """The name of a tensor's grad_fn, or of a node; None where there is none."""
        value = self.env[name]
        found = value if is_node(value) or not is_tensor(value) else value.grad_fn
        return found.name() if is_node(found) else None

    def error(self, kind: str = "") -> str:
        """The first exception as text, if its type's name is `kind` or none is asked for; empty otherwise."""
        for one in self.errors:
            name = type(one).__name__
            if kind in ("", name):
                return f"{name}: {error_text(one)}"
        return ""

    def text(self, name: str) -> str:
        """A value as a person would read it."""
        value = self.env[name]
        return value.name() if is_node(value) else str(value.tolist() if is_tensor(value) else value)


def see(program: Program, subject: Subject) -> Seen:
    """Run a program on one subject to its end, or to the first error outside an attempt."""
    run = Seen(subject.module)
    with every_warning(subject) as caught:
        caught.clear()
        for statement in program.statements:
            inner = statement.statement if isinstance(statement, Attempt) else statement
            try:
                inner.execute(run.lib, run.env, run.events)
            except Exception as error:  # what a claim says may well be that there is one
                run.errors.append(error)
                if not isinstance(statement, Attempt):
                    break
        run.warnings += [(entry.category.__name__, str(entry.message)) for entry in caught]
        caught.clear()
    return run
