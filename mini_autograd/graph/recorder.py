"""What a profiler sees of a thread: the ranges of time in which ops, nodes and stretches of the user's own ran.

NOTE [Profiling]: nothing here costs those who do not profile. While a thread is profiled, binding asks before each
call, as it does where classes override calls, and a pass is watched, as it is in anomaly mode;
``switches.recorder`` is looked for only then.

NOTE [Inner calls]: an op that is called while another runs is how this library happens to compute that one, which is
not how torch does, and is no range. What the user has run from inside of an op or a node, as a hook, is one.
"""

from __future__ import annotations

import itertools
import sys
import threading
import traceback
from collections.abc import Callable
from enum import IntEnum
from time import perf_counter_ns
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.warning import OWN

EVALUATION = "autograd::engine::evaluate_function: "
ROOT = "torch::autograd::GraphRoot"


class Scope(IntEnum):
    """What a range is of, by torch's numbers."""

    FUNCTION = 0
    BACKWARD_FUNCTION = 1
    USER_SCOPE = 7


class Range:
    """A stretch of time, in nanoseconds, and the innermost range that was open when it began.

    ``ended``: which of all ends it was, None while it is open; ``sequence``: of the node that was made or that runs,
    -1 for none.
    """

    __slots__ = ("arguments", "began", "ended", "finish", "name", "outer", "scope", "sequence", "shapes", "stack",
                 "start")  # fmt: skip

    def __init__(self, name: str, scope: Scope, sequence: int, outer: Range | None) -> None:
        self.name = name
        self.scope = scope
        self.sequence = sequence
        self.outer = outer
        self.shapes: list = []
        self.stack: list[str] = []
        self.arguments: str | None = None
        self.ended: int | None = None
        self.finish = self.start = perf_counter_ns()


class Recorder:
    """The ranges of a thread, in the order in which they began.

    ``within``: an op runs, whose inner calls are its own. ``shapes`` and ``stack``: whether to note the shapes of what
    is given, and where in the user's code a range began.
    """

    __slots__ = ("ends", "open", "ranges", "shapes", "stack", "thread", "within")

    def __init__(self, shapes: bool = False, stack: bool = False) -> None:
        self.ranges: list[Range] = []
        self.open: list[Range] = []
        self.ends = 0
        self.within = False
        self.shapes = shapes
        self.stack = stack
        self.thread = thread_number()

    def begin(self, name: str, scope: Scope = Scope.FUNCTION, sequence: int = -1, given: Any = ()) -> Range:
        made = Range(name, scope, sequence, self.open[-1] if self.open else None)
        if self.shapes:
            made.shapes = [shape_of(one) for one in given]
        if self.stack:
            made.stack = user_stack()
        self.ranges.append(made)
        self.open.append(made)
        return made

    def end(self, range: Range) -> None:
        """Close a range, perhaps before others that began after it."""
        if range.ended is None:
            range.finish = perf_counter_ns()
            range.ended = self.ends
            self.ends += 1
            if range in self.open:
                self.open.remove(range)

    def stop(self) -> None:
        """Close what is open: it is as long as the profile, and nothing is inside of it."""
        while self.open:
            self.open[-1].ended = -1
            self.open.pop().finish = perf_counter_ns()

    def evaluation(self, node: Any) -> Range:
        """The range of what the engine does at a node, hooks included."""
        return self.begin(EVALUATION + node.name(), sequence=sequence_of(node))

    def begin_node(self, node: Any, given: list) -> tuple[Range, bool]:
        """The range of the node itself, and what :meth:`end_node` puts back: only a custom node's calls are the
        user's."""
        made = self.begin(node.name(), Scope.BACKWARD_FUNCTION, sequence_of(node), given)
        before, self.within = self.within, not node.is_custom()
        return made, before

    def end_node(self, begun: tuple[Range, bool]) -> None:
        made, self.within = begun
        self.end(made)

    def root(self, sequence: int) -> None:
        """Where a pass from several roots begins."""
        outer = self.begin(EVALUATION + ROOT, sequence=sequence)
        self.end(self.begin(ROOT, Scope.BACKWARD_FUNCTION, sequence))
        self.end(outer)

    def call(self, name: str, sequence: int, given: tuple, function: Callable[[], Any]) -> Any:
        """What a ``function`` of the user's gives, which is an op to others, in a range."""
        range = self.begin(name, sequence=sequence, given=given)
        try:
            return function()
        finally:
            self.end(range)


def shape_of(value: Any) -> list[int]:
    """The shape of a tensor; of anything else there is none to tell."""
    shape = getattr(value, "shape", None)
    return [] if shape is None else list(shape)


def sequence_of(node: Any) -> int:
    """A node's number, -1 for one that runs before all others whenever it was made."""
    number: int = node._sequence_nr()
    return -1 if number >= 2**63 - 1 else number


def user_stack() -> list[str]:
    """The lines that are being run, the innermost first, without the library's own."""
    frames = traceback.extract_stack(sys._getframe())
    return [
        f"{frame.filename}({frame.lineno}): {frame.name}"
        for frame in reversed(frames)
        if not frame.filename.startswith(OWN)
    ]


def by_user(function: Callable[..., Any], *args: Any) -> Any:
    """What a hook gives that is called from inside of an op or a node: NOTE [Inner calls]."""
    recorder = modes.current().recorder
    if recorder is None:
        return function(*args)
    before, recorder.within = recorder.within, False
    try:
        return function(*args)
    finally:
        recorder.within = before


_numbered = threading.local()
_numbers = itertools.count(1)


def thread_number() -> int:
    """The calling thread's place among those that were ever profiled, from 1."""
    if not hasattr(_numbered, "number"):
        _numbered.number = next(_numbers)
    number: int = _numbered.number
    return number
