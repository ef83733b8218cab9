"""The arbiter: the same program on the reference with every floating dtype widened to float64.

After each statement its tensors are given the reference's values, so that it says how far off one statement
is, and never how far off the program has drifted.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from .reading import is_tensor
from .statements import Events, Op, Scope, Statement
from .subjects import Subject
from .twin import Location

_WIDENED = {
    "float": "float64",
    "half": "float64",
    "float32": "float64",
    "float16": "float64",
    "bfloat16": "float64",
    "cfloat": "complex128",
    "complex64": "complex128",
}
_CASTS = {
    "Tensor.float": "Tensor.double",
    "Tensor.half": "Tensor.double",
    "Tensor.bfloat16": "Tensor.double",
    "Tensor.cfloat": "Tensor.cdouble",
}


class WideModule:
    """A module whose narrow floating dtypes are the wide ones."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, _WIDENED.get(name, name))


@dataclass(slots=True)
class WideLane:
    """A run beside the two that are compared; whatever it cannot do, it leaves without a verdict."""

    subject: Subject
    module: WideModule = field(init=False)
    env: dict[str, Any] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    result: Any = None

    def __post_init__(self) -> None:
        self.module = WideModule(self.subject.module)

    def run(self, statement: Statement) -> None:
        """Execute a statement on the widened module."""
        if isinstance(statement, Op) and statement.name in _CASTS:
            statement = dataclasses.replace(statement, name=_CASTS[statement.name])
        self.result = None
        with (
            contextlib.suppress(Exception),
            self._float64(),
        ):  # without a value the arbiter has nothing to say
            self.result = statement.execute(self.module, self.env, self.events)

    @contextlib.contextmanager
    def _float64(self) -> Iterator[None]:
        """What is made of integers and Python numbers is wide too."""
        library = self.subject.module
        before = library.get_default_dtype()
        library.set_default_dtype(library.float64)
        try:
            yield
        finally:
            library.set_default_dtype(before)

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
        roots = {"result": self.result, "events": self.events}
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
            if not is_tensor(value) or not is_tensor(own) or own.shape != value.shape:
                continue
            with contextlib.suppress(Exception):  # a tensor that cannot be written keeps its own value
                own.data.copy_(value.data)
            with contextlib.suppress(Exception):
                if value.is_leaf and own.is_leaf and value.grad is not None and own.grad is not None:
                    own.grad.data.copy_(value.grad.data)
