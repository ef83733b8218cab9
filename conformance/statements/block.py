"""A `with` block: grad modes, saved-tensor hooks, dual levels; or the same mode as a decorator."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar

from ..reading import error_text
from . import argument as arguments
from . import hook
from .error import ProgramError
from .op import function
from .statement import Events, Statement
from .text import Print

GRAD_MODES = frozenset(("no_grad", "enable_grad", "inference_mode", "set_grad_enabled"))
MODES = GRAD_MODES | frozenset(
    (
        "autograd.set_grad_enabled",
        "autograd.set_detect_anomaly",
        "autograd.detect_anomaly",
        "autograd.set_multithreading_enabled",
        "autograd.enforce_grad_layout_policy",
        "autograd.forward_ad.dual_level",
        "autograd.graph.disable_saved_tensors_hooks",
        "autograd.graph.save_on_cpu",
        "autograd.graph.allow_mutation_on_saved_tensors",
        "autograd.profiler.record_function",
    )
)


class Scope(Statement):
    """A statement that runs its body inside a context manager; an executor may step through the body."""

    __slots__ = ()
    body: tuple[Statement, ...]

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        """The context manager to enter around the body."""
        raise NotImplementedError

    @property
    def stepped(self) -> bool:
        """Whether the body may be run one statement at a time, with another library's in between.

        That is so for grad modes, which nest. Stacks of hooks and dual levels of one library, run against
        itself, would see each other.
        """
        return False

    @property
    def steps(self) -> tuple[Statement, ...]:
        """The statements that run inside the context, in order."""
        return self.body

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        with self.context(lib, env, events):
            for inner in self.steps:
                told(inner.execute(lib, env, events), inner, events)

    def blocks(self) -> list[tuple[Statement, ...]]:
        return [self.body]

    def reads(self) -> tuple[str, ...]:
        bound: set[str] = set()
        found: list[str] = []
        for inner in self.body:
            found += [name for name in inner.reads() if name not in bound]
            bound.update(inner.writes())
        return tuple(dict.fromkeys(found))

    def simpler(self) -> Iterator[Statement]:
        for place in range(len(self.body)):
            yield dataclasses.replace(self, body=self.body[:place] + self.body[place + 1 :])  # type: ignore[type-var]
        for place, inner in enumerate(self.body):
            for plain in inner.simpler():
                body = (*self.body[:place], plain, *self.body[place + 1 :])
                yield dataclasses.replace(self, body=body)  # type: ignore[type-var]

    def framed(self, body: list[str]) -> list[str]:
        """The lines of the statement, with these in the place of its body's."""
        return [self.lines()[0], *(f"    {line}" for line in body or ["pass"])]

    def _indented(self) -> list[str]:
        lines = [line for inner in self.body for line in inner.lines()] or ["pass"]
        return [f"    {line}" for line in lines]


def told(result: Any, statement: Statement, events: Events) -> None:
    """Note what was printed inside a block that is run as a whole, where nobody else sees it."""
    if isinstance(statement, Print):
        events.append(("printed", [result]))


@dataclass(frozen=True, slots=True)
class Block(Scope):
    """`with torch.mode(*args): body`, or the body as a function decorated with the mode."""

    kind: ClassVar[str] = "with"
    mode: str
    body: tuple[Statement, ...]
    args: tuple[arguments.Argument, ...] = ()
    decorator: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ProgramError(f"{self.mode!r} is not a mode, expected one of {sorted(MODES)}")

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        return function(lib, self.mode)(*(arguments.bind(item, lib, env) for item in self.args))

    @property
    def stepped(self) -> bool:
        return self.mode in GRAD_MODES and not self.decorator

    @property
    def label(self) -> str:
        return self.mode

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        if not self.decorator:
            return Scope.execute(self, lib, env, events)

        def decorated() -> None:
            for inner in self.body:
                told(inner.execute(lib, env, events), inner, events)

        return self.context(lib, env, events)(decorated)()  # type: ignore[operator]

    def lines(self) -> list[str]:
        mode = f"torch.{self.mode}({', '.join(map(arguments.source, self.args))})"
        if not self.decorator:
            return [f"with {mode}:", *self._indented()]
        bound = sorted({name for inner in self.body for name in inner.writes()})
        shared = [f"    global {', '.join(bound)}"] if bound else []
        return [f"@{mode}", "def decorated():", *shared, *self._indented(), "decorated()"]


@dataclass(frozen=True, slots=True)
class SavedHooks(Scope):
    """`with torch.autograd.graph.saved_tensors_hooks(pack, unpack): body`, with bodies of the fixed set."""

    kind: ClassVar[str] = "saved_tensors_hooks"
    pack: str
    body: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if self.pack not in hook.PACKINGS:
            raise ProgramError(f"unknown packing {self.pack!r}, expected one of {sorted(hook.PACKINGS)}")

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        pack, unpack = hook.PACKINGS[self.pack]
        hooks = function(lib, "autograd.graph.saved_tensors_hooks")
        recorded: Any = hook.recorded  # printed into scripts as it stands, so without annotations
        return hooks(recorded("pack", pack, events), recorded("unpack", unpack, events))

    def lines(self) -> list[str]:
        pack, unpack = hook.PACKINGS[self.pack]
        hooks = f'recorded("pack", {pack.__name__}, events), recorded("unpack", {unpack.__name__}, events)'
        return [f"with torch.autograd.graph.saved_tensors_hooks({hooks}):", *self._indented()]

    def definitions(self) -> list[str]:
        return [*hook.sources(*hook.PACKINGS[self.pack]), *Scope.definitions(self)]


@dataclass(frozen=True, slots=True)
class Attempt(Statement):
    """One statement that is expected to raise: the error is seen and the program goes on.

    `mistake` names what is deliberately wrong with it, None where nothing is.
    """

    kind: ClassVar[str] = "attempt"
    statement: Statement
    mistake: str | None = None

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        try:
            return self.statement.execute(lib, env, events)
        except Exception as error:  # inside a block that is run as a whole, nobody else sees it
            events.append(("raised", [f"{type(error).__name__}: {error_text(error)}"]))
            return None

    def lines(self) -> list[str]:
        inner = [f"    {line}" for line in self.statement.lines()]
        return ["try:", *inner, "except Exception as error:", "    print(type(error).__name__, error)"]

    def blocks(self) -> list[tuple[Statement, ...]]:
        return [(self.statement,)]

    def reads(self) -> tuple[str, ...]:
        return self.statement.reads()

    @property
    def label(self) -> str:
        return self.statement.label

    def simpler(self) -> Iterator[Statement]:
        yield self.statement
        for plain in self.statement.simpler():
            yield dataclasses.replace(self, statement=plain)
