"""The per-thread switches that decide whether, and how, operations are recorded."""

from __future__ import annotations

import _thread as thread
import threading
from typing import Any

from mini_autograd.kernels.silence import silent_runner


class Modes:
    """The switches of one thread.

    ``ident``: the thread's number. ``grad``: record operations. ``inference``: make inference tensors. ``level``: the
    active forward-mode level, -1 for none; under transforms it is greater than 0, and ``beneath`` is what it is outside
    of them. ``layers``: these transforms, the innermost last (see ``transform.layer``). ``duals``: weak references to
    the tensors that were given a tangent at the level.
    ``sequence``: how many nodes this thread has made; the engine runs late ones first. ``task``: the backward pass
    that runs, None for none. ``depth``: how many passes of this thread run within one another.
    ``evaluating``: the node that runs, in anomaly mode. ``layout``: gradients
    are laid out as their leaves are. ``multithreading``: what ``autograd.set_multithreading_enabled`` sets.
    ``packing``: pairs of hooks on what is saved, the innermost last; ``packing_refused``: why there may be none, None
    where there may. ``plain_calls``: no class overrides calls (see ``op.override``). ``recorder``: what a profiler
    sees, None for none (see ``graph.recorder``). ``run``: calls a kernel without numpy's warnings. ``written``: is
    told of each tensor before it is written, None for nobody (see ``graph.mutation``).
    """

    __slots__ = ("beneath", "depth", "duals", "evaluating", "grad", "ident", "inference", "layers", "layout", "level",
                 "multithreading", "packing", "packing_refused", "plain_calls", "recorder", "run", "sequence", "task",
                 "written")  # fmt: skip

    def __init__(self) -> None:
        self.ident = 0
        self.grad = True
        self.inference = False
        self.level = -1
        self.beneath = -1
        self.layers: tuple = ()
        self.duals: list = []
        self.sequence = 0
        self.run = silent_runner()
        self.packing: list[tuple] = []
        self.packing_refused: str | None = None
        self.plain_calls = False
        self.recorder: Any = None
        self.task: Any = None
        self.depth = 0
        self.evaluating: Any = None
        self.layout = True
        self.multithreading = True
        self.written: Any = None


class Owner:
    """Held by a thread's local storage: when the thread ends, its number may be given to another thread."""

    def __init__(self) -> None:
        self.modes = Modes()
        self.modes.ident = thread.get_ident()

    def __del__(self) -> None:
        self.modes.ident = 0


class Guest:
    """In the place of an :class:`Owner` in a thread that has another's switches, which waits for it."""

    def __init__(self, modes: Modes) -> None:
        self.modes = modes


_local = threading.local()
_last = Modes()
_withheld = False


def current() -> Modes:
    """The calling thread's switches; those of the last thread that asked are at hand."""
    modes = _last
    if modes.ident == thread.get_ident():
        return modes
    return of_this_thread()


def in_transform() -> bool:
    """Whether a function under a transform runs, which may not change how tensors take part in a graph."""
    return any(not layer.internal for layer in current().layers)


def of_this_thread() -> Modes:
    global _last
    if not hasattr(_local, "owner"):
        _local.owner = Owner()
    found: Modes = _local.owner.modes
    if not _withheld:
        _last = found
    return found


def withhold(value: bool) -> None:
    """Have no thread's switches at hand: whatever is for ordinary calls alone looks for them and gives up."""
    global _last, _withheld
    _withheld = value
    _last = Modes()


def take_over(modes: Modes) -> None:
    """Let the calling thread have another's switches, which that one takes back by the same call."""
    if not hasattr(_local, "owner"):
        _local.owner = Guest(modes)
    modes.ident = thread.get_ident()
