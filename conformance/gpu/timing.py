"""How long programs take on a GPU, by its own clock: events on the stream, of either library, in turns.

As on the CPU three lanes take turns, and the reference's second lane is the noise. A sample lies between two events on
the stream, so that it holds what the GPU waits for the host, too: that is what a small program consists of.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..subjects import Subject
from ..timing import Phase, Timing, calibrate, disagreement, heap_frozen, measure, numbers, summarize
from ..workload import Task
from .workload import BOTH, CAPTURED, EAGER, GpuWorkload, captured

SAMPLE_NS = 5_000_000.0
BUDGET_NS = 2e9  # for the rounds of a program, of which there are a few at least
FEWEST = 5
SHOWN = 1_000_000  # elements of a result that are compared: all of them would take longer than the program


@dataclass(frozen=True, slots=True)
class Lane:
    """A task on a library, whose events are its clock; beside an emulated device the reference has the host's."""

    side: Subject
    task: Task

    @contextlib.contextmanager
    def clock(self) -> Iterator[list[float]]:
        """The nanoseconds of what is done meanwhile, as the only item of a list once it is left."""
        taken: list[float] = []
        if self.side.placement is None:
            begin = time.perf_counter_ns()
            yield taken
            taken.append(float(time.perf_counter_ns() - begin))
            return
        first, last = (self.side.module.cuda.Event(enable_timing=True) for _ in range(2))
        first.record()
        yield taken
        last.record()
        last.synchronize()
        taken.append(max(1.0, float(first.elapsed_time(last)) * 1e6))


def both(lane: Lane, repeats: int) -> float:
    """Nanoseconds of so many passes forward and backward, the gradients being dropped each time."""
    task, leaves = lane.task, lane.task.leaves
    with lane.clock() as taken:
        for _ in range(repeats):
            task.backward(task.forward())
            for leaf in leaves:
                leaf.grad = None
    return taken[0]


def forward(lane: Lane, repeats: int) -> float:
    """Nanoseconds of so many passes forward."""
    with lane.clock() as taken:
        for _ in range(repeats):
            lane.task.forward()
    return taken[0]


def results(task: Task) -> list[np.ndarray | None]:
    """The output and every leaf's gradient of one run, of large ones SHOWN elements or so."""
    task.reset()
    output = task.forward()
    task.backward(output)
    found = [some(output), *(None if leaf.grad is None else some(leaf.grad) for leaf in task.leaves)]
    task.reset()
    return found


def some(tensor: Any) -> np.ndarray:
    """The numbers of a tensor, of a large one those at places that are the same far apart."""
    step = tensor.numel() // SHOWN | 1
    return numbers(tensor.detach().reshape(-1)[::step] if step > 1 else tensor)


def time_gpu(
    one: GpuWorkload, reference: Subject, subject: Subject, rounds: int, goal: float | None
) -> Timing:
    """Time a workload on both libraries; a subject that lacks it or gets it wrong is not timed."""
    workload = replace(one.workload, goal=goal)
    device = str(subject.placement)

    def untimed(status: str, detail: str) -> Timing:
        return Timing(workload, status, detail, 0, {}, 0.0, device)

    try:
        data = one.data()
        lanes = [_lane(one, data, side, side is subject) for side in (reference, subject, reference)]
        expected = results(lanes[0].task)
        wrong = disagreement(expected, results(lanes[1].task), one.rtol, one.atol_of_scale)
        if wrong:
            return untimed("wrong", wrong)
        with heap_frozen():
            whole, taken = _phase(both, lanes, rounds)
            phases = {"forward_backward": whole}
            if one.manner == EAGER:
                phases["forward"], _ = _phase(forward, lanes, rounds)
        return Timing(workload, "timed", "", taken, phases, 0.0, device)
    except (AttributeError, NotImplementedError) as error:
        return untimed("absent", str(error))
    except Exception as error:
        return untimed("error", f"{type(error).__name__}: {error}")
    finally:
        for side in (reference, subject):
            with contextlib.suppress(Exception):
                side.module.cuda.empty_cache()


def _lane(one: GpuWorkload, data: Sequence[np.ndarray], side: Subject, is_subject: bool) -> Lane:
    task = one.task(side.module, data)
    if side.placement is not None and (one.manner == BOTH or (one.manner == CAPTURED and is_subject)):
        task = captured(side.module, task)
    return Lane(side, task)


def _phase(run: Any, lanes: Sequence[Lane], rounds: int) -> tuple[Phase, int]:
    """A phase in so many rounds, fewer where a pass takes long."""
    repeats = [calibrate(run, lane, SAMPLE_NS) for lane in lanes]
    spent = sum(run(lane, times) for lane, times in zip(lanes, repeats, strict=True))
    few = max(FEWEST, min(rounds, int(BUDGET_NS / max(spent, 1.0))))
    return summarize(*measure(run, lanes, few, repeats)), few


def time_all(
    chosen: Iterable[GpuWorkload], reference: Subject, subject: Subject, rounds: int, goals: dict[str, float]
) -> Iterator[Timing]:
    """The timings as they come."""
    for one in chosen:
        yield time_gpu(one, reference, subject, rounds, None if one.goal is None else goals.get(one.goal))
