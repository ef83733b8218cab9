"""Torch with each op under `torch.compile`: what a compiled function gives must be what the op gives.

A program as a whole is no function that could be compiled, as it is looked at after each statement. So each call of an
op, on the tensors that it reads, is compiled by itself, with what of autograd that takes along; a write, whose error
may leave half of it done, and what is no op run as they are. The graph behind a compiled call is the compiler's own,
and so is how often it writes to a result on the way: neither is observed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from .lane import Lane
from .observation import Observation
from .statements import Op, Statement
from .statements import argument as arguments
from .statements.op import function
from .statements.output import bind_outputs

HIDDEN = frozenset((Observation.GRAPH, Observation.SAVED, Observation.VERSION, Observation.WARNING))
MOST = 10_000  # kinds of arguments for which one op may be compiled
MODULES = ("autograd.", "testing.")  # whose functions are no ops


@dataclass(slots=True)
class CompiledLane(Lane):
    """Runs what ops there are in a program compiled."""

    backend: str = "aot_eager"

    def __post_init__(self) -> None:
        """Begin without what was compiled for another program: past some limit it would no longer be compiled."""
        compiled.cache_clear()
        library = self.subject.module
        library.compiler.reset()
        library._dynamo.config.recompile_limit = library._dynamo.config.accumulated_recompile_limit = MOST

    def execute(self, statement: Statement) -> Any:
        compilable = isinstance(statement, Op) and not statement.writes_memory
        if not isinstance(statement, Op) or not compilable or statement.name.startswith(MODULES):
            return Lane.execute(self, statement)
        library = self.subject.module
        args = [arguments.bind(item, library, self.env) for item in statement.args]
        kwargs = {name: arguments.bind(item, library, self.env) for name, item in statement.kwargs.items()}
        result = compiled(library, statement.name, self.backend)(*args, **kwargs)
        return bind_outputs(statement.out, result, self.env)


@functools.cache
def compiled(library: Any, name: str, backend: str) -> Any:
    """An op as a compiled function, which is compiled anew for arguments of another kind."""
    method = name.removeprefix("Tensor.")

    def call(*args: Any, **kwargs: Any) -> Any:
        if method is not name:
            return getattr(args[0], method)(*args[1:], **kwargs)
        return function(library, name)(*args, **kwargs)

    return library.compile(call, backend=backend, dynamic=False)
