"""One side of a run: its names, and what the present statement gave, raised and warned of."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from .absence import missing
from .reading import warning_text
from .statements import Events, Scope, Statement
from .subjects import Subject


@dataclass(slots=True)
class Lane:
    """One side: its library, names, hook events, and what the present statement did."""

    subject: Subject
    caught: list[warnings.WarningMessage]
    env: dict[str, Any] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    result: Any = None
    error: Exception | None = None
    warned: list[tuple[str, str]] = field(default_factory=list)

    def execute(self, statement: Statement) -> Any:
        """Run a statement in the library."""
        return statement.execute(self.subject.module, self.env, self.events)

    def lacks(self, statement: Statement) -> str | None:
        """The name that the statement failed for want of."""
        return missing(self.error, statement, self.subject.module)

    def run(self, statement: Statement) -> None:
        """Execute a statement, keeping its result, error and warnings."""
        self.result = self.error = None
        self.caught.clear()  # looking at tensors may warn, and that is no doing of the program
        try:
            if self.subject.around is None:
                self.result = self.execute(statement)
            else:
                with self.subject.around():
                    self.result = self.execute(statement)
        except Exception as error:  # an exception is an observation
            self.error = error
        self._collect()

    def grad_mode(self) -> bool | None:
        """Whether the library records operations, after the present statement; None where it does not say."""
        try:
            return self.subject.module.is_grad_enabled()
        except AttributeError:
            return None

    def _collect(self) -> None:
        if self.caught:
            self.warned = [(entry.category.__name__, warning_text(entry.message)) for entry in self.caught]
            self.caught.clear()
        else:
            self.warned = []

    def enter(self, scope: Scope) -> AbstractContextManager[Any] | None:
        """Enter a scope's context manager; None, with the error kept, when that raises."""
        self.result = self.error = None
        self.caught.clear()
        try:
            context = scope.context(self.subject.module, self.env, self.events)
            context.__enter__()
        except Exception as error:  # an exception is an observation
            self.error = error
            context = None
        self._collect()
        return context

    def leave(self, context: AbstractContextManager[Any]) -> None:
        """Leave a context manager, with the error of its body when that raised."""
        error, self.error = self.error, None
        self.caught.clear()
        details = (type(error), error, error.__traceback__) if error else (None, None, None)
        try:
            if not context.__exit__(*details):
                self.error = error
        except Exception as raised:  # an exception is an observation
            self.error = raised
        self._collect()
