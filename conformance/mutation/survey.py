"""Which programs come to what a mutant gets wrong: no other can tell it from the library.

For a mutant by hand that is its function; for one by rule the row, as it runs, as it is gone back through, or as
tangents are pushed through it.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator

from .edit import compiled
from .library import function_at

NOTE = "__came_to__"


def run(row: str) -> str:
    """The place at which a row is run or recorded."""
    return row


def derived(row: str) -> str:
    """The place at which its derivatives are used."""
    return f"{row} backward"


def pushed(row: str) -> str:
    """The place at which tangents come to it."""
    return f"{row} forward"


ROWS = (
    ("op.dispatch:execute", f"{NOTE}(op.schema.full_name)"),
    ("op.recorded:record", f"{NOTE}(op.schema.full_name)"),
    ("op.recorded:RecordedOp.gradients", f"{NOTE}(self.op.schema.full_name + ' backward')"),
    (
        "op.forward:push_forward",
        f"if any(has_tangent(args[at]) for at in op.tensors): {NOTE}(op.schema.full_name + ' forward')",
    ),
)


@contextlib.contextmanager
def noted(places: Iterable[str], note: Callable[[str], None]) -> Iterator[None]:
    """Inside, ``note`` is told of each place that is come to: of functions among ``places``, and of all rows."""
    firsts: dict[str, str] = {}
    own = [(place, f"{NOTE}({place!r})") for place in sorted(places) if ":" in place]
    for place, first in (*own, *ROWS):
        firsts[place] = f"{firsts[place]}\n{first}" if place in firsts else first
    functions = [(function_at(place), first) for place, first in firsts.items()]
    before = [(function, function.__code__) for function, _ in functions]
    try:
        for function, first in functions:
            function.__globals__[NOTE] = note
            function.__code__ = compiled(function, inspect.getsource(function), first)
        yield
    finally:
        for function, code in before:
            function.__code__ = code
            function.__globals__.pop(NOTE, None)
