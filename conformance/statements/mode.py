"""A grad mode used otherwise than in one `with` block, in a way of a fixed set, around a body of statements."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .block import GRAD_MODES, Scope, told
from .error import ProgramError
from .op import function
from .statement import Events, Statement

# --- the ways: each takes the library, what makes the mode, and the body; printed into scripts as it stands here


def bare(torch, make, body, events):
    return make(body)()


def method(torch, make, body, events):
    class Holder:
        @make()
        def run(self):
            body()

    Holder().run()


def initialised(torch, make, body, events):
    @make()
    class Holder:
        def __init__(self):
            body()

    Holder()


def generated(torch, make, body, events):
    @make()
    def items():
        yield torch.is_grad_enabled()
        body()
        yield torch.is_grad_enabled()

    for inside in items():
        events.append(("mode", [inside, torch.is_grad_enabled()]))


def thrown_into(torch, make, body, events):
    @make()
    def items():
        try:
            yield 0
        except ValueError:
            body()
        return (yield torch.is_grad_enabled())

    generator = items()
    next(generator)
    events.append(("mode", [generator.throw(ValueError("thrown")), torch.is_grad_enabled()]))
    try:
        generator.send("sent")
    except StopIteration as end:
        events.append(("mode", [end.value, torch.is_grad_enabled()]))


def closed(torch, make, body, events):
    @make()
    def items():
        try:
            yield 0
        finally:
            body()

    generator = items()
    next(generator)
    generator.close()


def awaited(torch, make, body, events):
    @make()
    async def run():
        body()

    try:
        run().send(None)
    except StopIteration:
        events.append(("mode", [torch.is_grad_enabled()]))


def generated_and_awaited(torch, make, body, events):
    @make()
    async def items():
        body()
        yield torch.is_grad_enabled()

    try:
        items().__anext__().send(None)
    except StopIteration as item:
        events.append(("mode", [item.value, torch.is_grad_enabled()]))


def twice(torch, make, body, events):
    mode = make()
    with mode:
        body()
    events.append(("mode", [torch.is_grad_enabled()]))
    with mode:
        events.append(("mode", [torch.is_grad_enabled()]))


def entered_again(torch, make, body, events):
    before = torch.is_grad_enabled()
    mode = make()
    try:
        with mode:
            with mode:
                body()
            events.append(("mode", [torch.is_grad_enabled()]))
        events.append(("mode", [torch.is_grad_enabled()]))
    finally:
        torch.set_grad_enabled(before)


def called(torch, make, body, events):
    before = torch.is_grad_enabled()
    try:
        mode = make()
        events.append(("mode", [torch.is_grad_enabled(), repr(mode)]))
        body()
    finally:
        torch.set_grad_enabled(before)


def left_by_an_error(torch, make, body, events):
    try:
        with make():
            body()
            raise ValueError("raised inside")
    except ValueError:
        events.append(("mode", [torch.is_grad_enabled(), torch.is_inference_mode_enabled()]))


def recursive(torch, make, body, events):
    @make()
    def run(depth):
        if depth:
            run(depth - 1)
            events.append(("mode", [torch.is_grad_enabled()]))
        else:
            body()

    run(2)


def in_thread(torch, make, body, events):
    with make():
        run_in_thread(body)


def decorated_in_thread(torch, make, body, events):
    run_in_thread(make()(body))
    events.append(("mode", [torch.is_grad_enabled(), torch.is_inference_mode_enabled()]))


def run_in_thread(body):
    raised = []

    def run():
        try:
            body()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


WAYS: dict[str, Callable[..., Any]] = {
    way.__name__: way
    for way in (
        bare,
        method,
        initialised,
        generated,
        thrown_into,
        closed,
        awaited,
        generated_and_awaited,
        twice,
        entered_again,
        called,
        left_by_an_error,
        recursive,
        in_thread,
        decorated_in_thread,
    )
}
THREADED = ("in_thread", "decorated_in_thread")
# Ways whose body runs when the mode is over, and those whose body runs in a thread that never heard of it.
OUTSIDE = ("awaited", "generated_and_awaited")
ELSEWHERE = ("in_thread",)
# A mode takes no arguments where it stands without parentheses, and acts when it is made where it is called.
PLAIN = ("bare",)
CALLED = ("called",)

# --- the statement ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModeUse(Scope):
    """The body inside `torch.mode(*args)`, put there in one of `WAYS`."""

    kind: ClassVar[str] = "mode"
    way: str
    mode: str
    body: tuple[Statement, ...]
    args: tuple[arguments.Argument, ...] = ()

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ProgramError(f"unknown way {self.way!r}, expected one of {sorted(WAYS)}")
        if self.mode not in GRAD_MODES:
            raise ProgramError(f"{self.mode!r} is not a grad mode, expected one of {sorted(GRAD_MODES)}")

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        """The state that the body finds."""
        if self.way in OUTSIDE:
            return contextlib.nullcontext()
        if self.way in ELSEWHERE:
            return function(lib, "inference_mode")(False)
        return self._make(lib, env)()

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        def body() -> None:
            for inner in self.body:
                told(inner.execute(lib, env, events), inner, events)

        return WAYS[self.way](lib, self._make(lib, env), body, events)

    def _make(self, lib: Any, env: dict[str, Any]) -> Callable[..., Any]:
        mode = function(lib, self.mode)
        if not self.args:
            return mode
        return lambda: mode(*(arguments.bind(item, lib, env) for item in self.args))

    @property
    def label(self) -> str:
        return f"{self.mode}.{self.way}"

    def call(self) -> str:
        """The line that runs the body, which is a function by then."""
        mode = f"torch.{self.mode}"
        make = f"lambda: {mode}({', '.join(map(arguments.source, self.args))})" if self.args else mode
        return f"{self.way}(torch, {make}, body, events)"

    def lines(self) -> list[str]:
        bound = sorted({name for inner in self.body for name in inner.writes()})
        shared = [f"    global {', '.join(bound)}"] if bound else []
        return ["def body():", *shared, *self._indented(), self.call()]

    def definitions(self) -> list[str]:
        carried = [run_in_thread] if self.way in THREADED else []
        sources = [inspect.getsource(one).rstrip() for one in (*carried, WAYS[self.way])]
        return [*sources, *Scope.definitions(self)]
