"""A block that is profiled, and what the profile then tells of it."""

from __future__ import annotations

import contextlib
import inspect
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar

from .block import Scope
from .error import ProgramError
from .statement import Events, Statement
from .transform import Transform

# torch's profiler writes lines about itself to stderr; it reads this when it is first used.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")

# --- the ways: each takes the library and a list for what is seen; printed into scripts as it stands here --


def tell(profile, events):
    """What both libraries can tell: ranges of the user's, calls of ops right in those named so, Functions, nodes."""
    for event in profile.function_events:
        outer = "" if event.cpu_parent is None else event.cpu_parent.name
        told = [event.name, outer]
        if event.scope == 7:
            events.append(("range", told))
        elif event.name.startswith("autograd::engine::"):
            events.append(("evaluation", told))
        elif event.scope == 1:
            events.append(("node", [*told, [shape for shape in event.input_shapes if shape]]))
        elif outer.startswith("op "):
            # But for what torch's functions in Python call first, and on its ways to numbers and other libraries.
            around = ("broadcast_tensors", "resolve_conj", "resolve_neg", "is_pinned")
            if event.name.removeprefix("aten::") not in around:
                events.append(("call", told))
        elif outer.startswith("step ") and "::" not in event.name:
            events.append(("call", told))
    counted = [one for one in profile.key_averages() if one.scope in (1, 7)]
    events.append(("counts", [[one.key, one.count] for one in counted]))


def tell_ranges(profile, events):
    """Of a block that runs transforms or gradient checks: which nodes and calls they are made of is their affair."""
    ranges = [event for event in profile.function_events if event.scope == 7]
    for event in ranges:
        events.append(("range", [event.name, "" if event.cpu_parent is None else event.cpu_parent.name]))


@contextlib.contextmanager
def profiled(torch, events, tell):
    profile = torch.autograd.profiler.profile()
    try:
        with profile:
            yield
    finally:
        tell(profile, events)


@contextlib.contextmanager
def with_shapes(torch, events, tell):
    profile = torch.autograd.profiler.profile(record_shapes=True)
    try:
        with profile:
            yield
    finally:
        tell(profile, events)


@contextlib.contextmanager
def asked_early(torch, events, tell):
    profile = torch.autograd.profiler.profile()
    events.append(("before", [repr(profile), str(profile), len(profile.function_events), profile.table()]))
    profile = torch.autograd.profiler.profile()
    try:
        with profile:
            yield
            events.append(("inside", [repr(profile), str(profile), len(profile.function_events)]))
    finally:
        tell(profile, events)


@contextlib.contextmanager
def misused(torch, events, tell):
    def attempted(call):
        try:
            call()
            events.append(("attempted", ["no error"]))
        except Exception as error:
            events.append(("attempted", [type(error).__name__, str(error)]))

    profile = torch.autograd.profiler.profile()
    record = torch.autograd.profiler.record_function
    try:
        with profile:
            attempted(profile.__enter__)
            attempted(lambda: record("never entered").__exit__(None, None, None))
            attempted(record(7).__enter__)
            with record("a range, so that there is one"):
                yield
    finally:
        tell(profile, events)
    attempted(profile.__enter__)
    attempted(lambda: profile.table(sort_by="no such column"))
    attempted(lambda: profile.key_averages().table(sort_by="no such column"))


@contextlib.contextmanager
def disabled(torch, events, tell):
    with torch.autograd.profiler.profile(enabled=False) as profile:
        yield
    events.append(("disabled", [profile]))


@contextlib.contextmanager
def across_ranges(torch, events, tell):
    before = torch.autograd.profiler.record_function("before")
    first = torch.autograd.profiler.record_function("first", "and what goes with it")
    second = torch.autograd.profiler.record_function("second")
    profile = torch.autograd.profiler.profile()
    before.__enter__()
    try:
        with profile:
            first.__enter__()
            before.__exit__(None, None, None)
            second.__enter__()
            first.__exit__(None, None, None)
            yield
        second.__exit__(None, None, None)
    finally:
        tell(profile, events)


WAYS: dict[str, Callable[..., Any]] = {
    way.__name__: way for way in (profiled, with_shapes, asked_early, misused, disabled, across_ranges)
}

# --- the statement ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile(Scope):
    """The body while `torch.autograd.profiler` looks on, in one of `WAYS`; what it saw are events."""

    kind: ClassVar[str] = "profile"
    way: str
    body: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ProgramError(f"unknown way {self.way!r}, expected one of {sorted(WAYS)}")

    def context(self, lib: Any, env: dict[str, Any], events: Events) -> AbstractContextManager[Any]:
        way: AbstractContextManager[Any] = WAYS[self.way](lib, events, self._teller())
        return way

    def _teller(self) -> Callable[..., None]:
        inner = [one for statement in self.body for one in statement.flat()]
        return tell_ranges if any(isinstance(one, Transform) for one in inner) else tell

    @property
    def label(self) -> str:
        return f"profile.{self.way}"

    def lines(self) -> list[str]:
        return [f"with {self.way}(torch, events, {self._teller().__name__}):", *self._indented()]

    def definitions(self) -> list[str]:
        sources = [inspect.getsource(one).rstrip() for one in (self._teller(), WAYS[self.way])]
        return [*sources, *Scope.definitions(self)]
