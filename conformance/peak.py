"""How much memory a pass takes at its peak, measured by the system alike for every library.

NOTE [Peak]: the pass runs on one thread, in a copy of this process, which has the inputs already. Before it, what
earlier work has freed is given back to the system, and the mark of the most memory that was resident is set back to
what is resident then; after it, the mark says how much more there was: outputs, what the graph saved, gradients, and
scratch memory. It counts pages, and code that is run for the first time, so that less than RESOLUTION says nothing.
"""

from __future__ import annotations

import contextlib
import ctypes

from .fork import Lost, in_copy
from .timing import thread_limit
from .workload import Task

RESOLUTION = 1 << 20  # bytes
SECONDS = 60.0
STATUS, MARK = "/proc/self/status", "/proc/self/clear_refs"


def peak(task: Task, warm: Task) -> int | None:
    """The bytes that a pass takes at its peak beyond its inputs, after one of a small task of the same op.

    None for less than RESOLUTION, where the pass failed, and where the system does not tell.
    """
    try:
        grown = in_copy(growth, task, warm, seconds=SECONDS)
    except Lost:
        return None
    return None if grown is None or grown < RESOLUTION else grown


def growth(task: Task, warm: Task) -> int | None:
    """What a pass adds to the memory of this process at its peak; None where the system does not tell."""
    with thread_limit(1):  # a copy has none of the threads that there were
        try:
            warm.backward(warm.forward())
            give_back()
            with open(MARK, "w", encoding="ascii") as file:
                file.write("5")  # sets the mark back
            before = resident("VmRSS")
            task.backward(task.forward())
            return max(0, resident("VmHWM") - before)
        except OSError:
            return None


def give_back() -> None:
    """Have the allocator give free memory back to the system, where it can be asked to."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def resident(name: str) -> int:
    """A line of the state of this process, in bytes."""
    with open(STATUS, encoding="ascii") as file:
        found = next((line for line in file if line.startswith(f"{name}:")), None)
    if found is None:
        raise OSError(f"{STATUS} has no {name}")
    return int(found.split()[1]) * 1024
