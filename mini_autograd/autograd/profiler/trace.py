"""Events in the format of Chrome's tracing tools."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from mini_autograd.autograd.profiler.event import FunctionEvent


def write_trace(path: Any, events: Iterable[FunctionEvent]) -> None:
    """Write the events to a file that ``chrome://tracing`` and Perfetto show."""
    content = {
        "schemaVersion": 1,
        "displayTimeUnit": "ms",
        "traceEvents": [entry_of(event) for event in events],
        "traceName": str(path),
    }
    with open(path, "w") as file:
        json.dump(content, file, indent=2)


def entry_of(event: FunctionEvent) -> dict[str, Any]:
    details: dict[str, Any] = {"External id": event.id}
    if event.sequence_nr >= 0:
        details["Sequence number"] = event.sequence_nr
    if event.input_shapes:
        details["Input Dims"] = event.input_shapes
    if event.arguments is not None:
        details["args"] = event.arguments
    return {
        "ph": "X",
        "cat": "user_annotation" if event.is_user_annotation else "cpu_op",
        "name": event.trace_name,
        "pid": os.getpid(),
        "tid": event.thread,
        "ts": event.time_range.start,
        "dur": event.time_range.elapsed_us(),
        "args": details,
    }
