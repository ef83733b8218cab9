"""From the ranges of a thread to its events, each inside of the innermost one that lasted longer."""

from __future__ import annotations

from mini_autograd.autograd.profiler.event import FunctionEvent
from mini_autograd.graph.recorder import Range

# Numbers of events are never used again, in whatever profile.
_next_id = 1


def events_of(ranges: list[Range], thread: int) -> list[FunctionEvent]:
    """The events in the order in which they began."""
    global _next_id
    origin = ranges[0].start if ranges else 0
    made: dict[Range, FunctionEvent] = {}
    for range in ranges:
        event = made[range] = FunctionEvent(range, _next_id, thread, origin)
        _next_id += 1
        outer = enclosing(range)
        if outer is not None:
            event.set_cpu_parent(made[outer])
            made[outer].append_cpu_child(event)
    return without_repetition(list(made.values()))


def enclosing(range: Range) -> Range | None:
    """The innermost range that was open when this one began and when it ended; None for one that the end of the
    profile cut off."""
    assert range.ended is not None
    outer = range.outer if range.ended >= 0 else None
    while outer is not None and (outer.ended is None or outer.ended <= range.ended):
        outer = outer.outer
    return outer


def without_repetition(events: list[FunctionEvent]) -> list[FunctionEvent]:
    """The events but for those that are all there is inside of one of the same name, as torch shows them."""
    kept = []
    for event in events:
        parent = event.cpu_parent
        if parent is not None and parent.name == event.name and len(parent.cpu_children) == 1:
            parent.cpu_children = event.cpu_children
            for child in event.cpu_children:
                child.cpu_parent = parent
        else:
            kept.append(event)
    return kept
