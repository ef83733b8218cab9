"""The arbiter: the same program on the reference with every floating dtype widened to float64.

After each statement its tensors are given the reference's values, so that it says how far off one statement
is, and never how far off the program has drifted.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .aside import AsideLane
from .reading import is_tensor
from .statements import Op, Statement

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
class WideLane(AsideLane):
    """The program in float64."""

    @property
    def module(self) -> Any:
        """The library without narrow dtypes."""
        return WideModule(self.subject.module)

    def run(self, statement: Statement) -> None:
        """Execute a statement on the widened module."""
        if isinstance(statement, Op) and statement.name in _CASTS:
            statement = dataclasses.replace(statement, name=_CASTS[statement.name])
        AsideLane.run(self, statement)

    def follow(self, env: dict[str, Any]) -> None:
        """Take over the reference's values, each where it is: a cast that does nothing here has made a copy there."""
        first: dict[int, str] = {}
        for name, value in env.items():
            own: Any = self.env.get(name)
            if is_tensor(own) and env.get(first.setdefault(id(own), name)) is not value:
                self.env[name] = own.clone()
        AsideLane.follow(self, env)

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """What is made of integers and Python numbers is wide too."""
        library = self.subject.module
        before = library.get_default_dtype()
        library.set_default_dtype(library.float64)
        try:
            yield
        finally:
            library.set_default_dtype(before)
