"""Runs of the reference beside the two that are compared, which say how far a value may be off."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from .reading import is_tensor
from .statements import Events, Scope, Statement
from .subjects import Subject
from .twin import Location


@dataclass(slots=True)
class AsideLane:
    """The program on the reference, each statement from the reference's values; whatever it cannot do, it leaves
    without a verdict."""

    subject: Subject
    env: dict[str, Any] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    result: Any = None
    error: Exception | None = None

    @property
    def module(self) -> Any:
        """What stands for the library."""
        return self.subject.module

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """What a statement is run in."""
        yield

    def run(self, statement: Statement) -> None:
        """Execute a statement."""
        self.result = self.error = None
        try:
            with self.within():
                self.result = statement.execute(self.module, self.env, self.events)
        except Exception as error:
            self.error = error

    def enter(self, scope: Scope) -> AbstractContextManager[Any] | None:
        """Enter a scope's context manager."""
        try:
            context = scope.context(self.module, self.env, self.events)
            context.__enter__()
        except Exception:
            return None
        return context

    def leave(self, context: AbstractContextManager[Any]) -> None:
        """Leave a context manager."""
        with contextlib.suppress(Exception):
            context.__exit__(None, None, None)

    def find(self, location: Location) -> Any:
        """The value at a location of the program, None where this run has none."""
        head, *rest = location
        roots = {"result": self.result, "events": self.events, "error": self.error}
        value: Any = self.env.get(head, roots.get(head))
        for step in rest:
            try:
                value = value[step] if isinstance(step, int) else getattr(value, step)
            except Exception:
                return None
        return value

    def follow(self, env: dict[str, Any]) -> None:
        """Take over the reference's values, gradients included."""
        for name, value in env.items():
            own: Any = self.env.get(name)
            if not is_tensor(value) or not is_tensor(own):
                continue
            with contextlib.suppress(Exception):
                _ = (
                    own.grad_fn
                )  # to look is to bring the history of a view up to date, and the reference was looked at
            with contextlib.suppress(Exception):  # a tensor that cannot be written keeps its own value
                if own.shape == value.shape:
                    own.data.copy_(value.data)
                else:  # here something went well that fails there
                    own.data = value.detach().to(own.dtype, copy=True)
            with contextlib.suppress(Exception):
                if value.is_leaf and own.is_leaf and value.grad is not None and own.grad is not None:
                    own.grad.data.copy_(value.grad.data)
