"""Memory on a device: how much a pass takes at its peak beside torch, that passes leave nothing, that running out ends
nothing.

What is measured is what tensors take (`memory_allocated` of either library), not what the allocator keeps for later.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..subjects import Subject
from ..workload import Task
from .workload import GpuWorkload

SAMPLES = 20  # times at which what is allocated is looked at
SETTLED = 100  # passes, after which nothing more is to come
SLACK = 1 << 16  # bytes below which a peak says nothing of an op
MOST = 1 << 50  # bytes that no device has


@dataclass(frozen=True, slots=True)
class Memory:
    """What a check of memory came to: `figure` is what is held to the goal, None where there is none to tell."""

    check: str
    program: str
    status: str
    detail: str
    figure: float | None
    subject_bytes: int | None
    reference_bytes: int | None
    device: str

    def record(self) -> dict[str, Any]:
        """The check as a record."""
        return {
            "record": "memory",
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
        }


def peaks(chosen: Sequence[GpuWorkload], reference: Subject, subject: Subject) -> Iterator[Memory]:
    """The peak of a pass of each program, over torch's; of an emulated device alone, that it can be told."""
    device = str(subject.placement)
    for one in chosen:
        try:
            own = peak(one, subject)
            other = peak(one, reference) if reference.placement is not None else None
        except Exception as error:
            yield Memory("peak", one.name, "error", _told(error), None, None, None, device)
            continue
        ratio = None if not other or max(own, other) < SLACK else own / other
        detail = "" if ratio is not None else "too little to be told" if other else "no reference here"
        yield Memory("peak", one.name, "measured", detail, ratio, own, other, device)


def peak(one: GpuWorkload, side: Subject) -> int:
    """The bytes that a pass takes at its peak beyond what its inputs take."""
    cuda, task = side.module.cuda, one.task(side.module, one.data())
    _pass(task)
    gc.collect()
    cuda.synchronize()
    cuda.reset_peak_memory_stats()
    before = int(cuda.memory_allocated())
    task.backward(task.forward())
    cuda.synchronize()
    grown = max(0, int(cuda.max_memory_allocated()) - before)
    task.reset()
    return grown


def flat(one: GpuWorkload, side: Subject, passes: int, seconds: float) -> Memory:
    """Whether passes leave nothing allocated: as many as fit in so many seconds, at most as many as are asked for."""
    cuda, device = side.module.cuda, str(side.placement)
    task = one.task(side.module, one.data())
    for _ in range(min(SETTLED, passes)):
        _pass(task)
    cuda.synchronize()
    seen, done, end = [int(cuda.memory_allocated())], 0, time.monotonic() + seconds
    while done < passes and time.monotonic() < end:
        for _ in range(max(1, passes // SAMPLES)):
            _pass(task)
            done += 1
            if time.monotonic() >= end:
                break
        cuda.synchronize()
        seen.append(int(cuda.memory_allocated()))
    growth = max(seen) - seen[0]
    status = "measured" if done else "error"
    return Memory("flat", one.name, status, f"{done:,} passes", float(growth), seen[-1], seen[0], device)


def survives(side: Subject) -> Memory:
    """Whether running out of memory is an error of its own type, after which the device goes on as before."""
    lib, device = side.module, str(side.placement)
    before = int(lib.cuda.memory_allocated())
    kind = getattr(lib, "OutOfMemoryError", getattr(lib.cuda, "OutOfMemoryError", MemoryError))
    try:
        lib.empty(MOST // 8, dtype=lib.float64)
        told = "no error"
    except kind:
        told = ""
    except Exception as error:
        told = f"another error: {_told(error)}"
    total = (lib.ones(4) + lib.ones(4)).sum().item()
    left = max(0, int(lib.cuda.memory_allocated()) - before)
    if not told and total != 8.0:
        told = f"wrong afterwards: {total}"
    if not told and left > SLACK:
        told = f"{left:,} bytes are left"
    return Memory("out of memory", "empty", "wrong" if told else "measured", told, None, left, None, device)


def _pass(task: Task) -> None:
    task.backward(task.forward())
    for leaf in task.leaves:
        leaf.grad = None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
