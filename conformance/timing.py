"""How long a library takes beside the reference, run in turns in one process.

Three lanes take turns in every round: the reference, the subject, and the reference once more. The second
reference lane is the control: what separates it from the first is the noise floor of the machine, reported
beside every ratio. A subject is timed only where its results equal the reference's, before and after.
"""

import contextlib
import gc
import importlib
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import torch
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from conformance.reading import array_of, dtype_name
from conformance.workload import WORKLOADS, Task, Workload

Bound = TypeVar("Bound")  # what is timed, bound to a library
SAMPLE_NS = 1_000_000
MOST_REPEATS = 2_000
MOST_LIVE_GRAPHS = 50
RTOL, ATOL_OF_SCALE = 1e-4, 1e-5


@dataclass(frozen=True, slots=True)
class Phase:
    """Nanoseconds per run of one phase: minima over the rounds and their ratio.

    `spread` is the subject's interquartile range over its median; `noise` is the control's distance from 1.
    """

    subject_ns: float
    reference_ns: float
    ratio: float
    spread: float
    noise: float


@dataclass(frozen=True, slots=True)
class Timing:
    """A workload's timings; `status` says why there are none.

    `status` is `timed`, `absent` (a name is missing), `wrong` (results differ) or `error`. `garbage` is how
    many objects a run of the subject leaves to the cycle collector, which is off while the clock runs.
    """

    workload: Workload
    status: str
    detail: str
    rounds: int
    phases: dict[str, Phase]
    garbage: float
    device: str = "cpu"

    def record(self) -> dict[str, Any]:
        """The `timing` record, as the reports read it."""
        return {
            "record": "timing",
            "program": self.workload.name,
            "title": self.workload.title,
            "status": self.status,
            "detail": self.detail,
            **{name: asdict(self.phases[name]) if name in self.phases else None for name in PHASES},
            "rounds": self.rounds,
            "garbage": self.garbage,
            "goal": self.workload.goal,
            "device": self.device,
        }


def time_forward(task: Task, repeats: int) -> int:
    """Time the forward pass, the graph being built and dropped each time."""
    forward = task.forward
    start = time.perf_counter_ns()
    for _ in range(repeats):
        forward()
    return time.perf_counter_ns() - start


def time_backward(task: Task, repeats: int) -> int:
    """Time the backward pass of graphs built beforehand."""
    backward, leaves = task.backward, task.leaves
    total = 0
    for done in range(0, repeats, MOST_LIVE_GRAPHS):
        outputs = [task.forward() for _ in range(min(MOST_LIVE_GRAPHS, repeats - done))]
        start = time.perf_counter_ns()
        while outputs:
            backward(outputs.pop())
            for leaf in leaves:
                leaf.grad = None
        total += time.perf_counter_ns() - start
    return total


def time_forward_backward(task: Task, repeats: int) -> int:
    """Time both passes, the gradients being dropped each time."""
    forward, backward, leaves = task.forward, task.backward, task.leaves
    start = time.perf_counter_ns()
    for _ in range(repeats):
        backward(forward())
        for leaf in leaves:
            leaf.grad = None
    return time.perf_counter_ns() - start


PHASES: dict[str, Callable[[Task, int], int]] = {
    "forward_backward": time_forward_backward,
    "forward": time_forward,
    "backward": time_backward,
}


@contextlib.contextmanager
def thread_limit(threads: int) -> Iterator[None]:
    """Hold torch, and the BLAS and OpenMP pools that numpy and scipy call, to `threads` threads."""
    importlib.import_module("scipy.linalg")  # a pool that is loaded later would not be held
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads):
            yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def heap_frozen() -> Iterator[None]:
    """Put everything allocated so far out of the collector's sight, so that a collection takes no time."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def collector_off() -> Iterator[None]:
    """Collect now, then keep the cycle collector out of the timed block."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def results(task: Task) -> list[np.ndarray | None]:
    """The output and every leaf's gradient (None where there is none) of one run."""
    task.reset()
    output = task.forward()
    value = numbers(output)
    task.backward(output)
    grads = [None if leaf.grad is None else numbers(leaf.grad) for leaf in task.leaves]
    task.reset()
    return [value, *grads]


def numbers(tensor: Any) -> np.ndarray:
    """A copy of the numbers of a tensor."""
    return array_of(tensor, dtype_name(tensor.dtype)).copy()


def disagreement(
    expected: Sequence[np.ndarray | None],
    got: Sequence[np.ndarray | None],
    rtol: float = RTOL,
    atol_of_scale: float = ATOL_OF_SCALE,
) -> str:
    """What is different between two runs' results, in words; empty when they are equal."""
    for index, (want, have) in enumerate(zip(expected, got, strict=True)):
        what = f"gradient of leaf {index - 1}" if index else "output"
        if want is None or have is None:
            if want is not have:
                return (
                    f"{what}: {'no gradient' if have is None else 'a gradient'} where the reference has "
                    + ("none" if want is None else "one")
                )
            continue
        if (want.shape, want.dtype) != (have.shape, have.dtype):
            return f"{what}: expected {want.dtype}{want.shape}, got {have.dtype}{have.shape}"
        atol = atol_of_scale * float(np.abs(want).max(initial=0))
        if not np.allclose(want, have, rtol=rtol, atol=atol, equal_nan=True):
            return f"{what}: values differ by up to {np.abs(want - have).max():.3g}"
    return ""


def calibrate(run: Callable[[Bound, int], float], task: Bound, sample_ns: float | None = None) -> int:
    """How often to repeat a phase so that one sample lasts about `SAMPLE_NS`, or so many nanoseconds."""
    aim = sample_ns or SAMPLE_NS
    run(task, 1)
    repeats = 1
    while repeats < MOST_REPEATS:
        spent = run(task, repeats)
        if spent >= aim / 2:
            return max(1, min(MOST_REPEATS, round(repeats * aim / spent)))
        repeats *= 2
    return MOST_REPEATS


def measure(
    run: Callable[[Bound, int], float],
    lanes: Sequence[Bound],
    rounds: int,
    repeats: Sequence[int] | None = None,
) -> list[list[float]]:
    """Nanoseconds per run, `rounds` samples for each lane; the lanes go in every order in turn. A sample is of as many
    runs as take about `SAMPLE_NS`, or of so many `repeats`."""
    repeats = repeats or [calibrate(run, task) for task in lanes]
    samples: list[list[float]] = [[] for _ in lanes]
    orders = itertools.cycle(itertools.permutations(range(len(lanes))))
    for order in itertools.islice(orders, rounds):
        for lane in order:
            with collector_off():
                samples[lane].append(run(lanes[lane], repeats[lane]) / repeats[lane])
    return samples


def spread(samples: Sequence[float]) -> float:
    """The interquartile range over the median."""
    if len(samples) < 2:
        return 0.0
    low, middle, high = statistics.quantiles(samples, n=4)
    return (high - low) / middle


def summarize(reference: list[float], subject: list[float], control: list[float]) -> Phase:
    """Minima and their ratio; the noise is the control's farthest from 1, in all rounds and each quarter."""
    quarter = max(1, len(reference) // 4)
    parts = [slice(None), *(slice(at, at + quarter) for at in range(0, len(reference), quarter))]
    noise = max(abs(min(control[part]) / min(reference[part]) - 1) for part in parts)
    return Phase(min(subject), min(reference), min(subject) / min(reference), spread(subject), noise)


def garbage_per_run(task: Task, runs: int = 20) -> float:
    """Objects that a run leaves to the cycle collector, which is off while the timing goes on."""
    with collector_off():
        time_forward_backward(task, runs)
        return gc.collect() / runs


def time_workload(workload: Workload, subject: ModuleType, rounds: int) -> Timing:
    """Time one workload on `subject` and on torch; a subject that lacks it or gets it wrong is not timed."""
    reference, control = workload.task(torch), workload.task(torch)
    expected = results(reference)

    def untimed(status: str, detail: str) -> Timing:
        return Timing(workload, status, detail, 0, {}, 0.0)

    try:
        task = workload.task(subject)
        wrong = disagreement(expected, results(task))
        if wrong:
            return untimed("wrong", wrong)
        with heap_frozen():
            phases = {
                name: summarize(*measure(run, (reference, task, control), rounds))
                for name, run in PHASES.items()
            }
            garbage = garbage_per_run(task)
        wrong = disagreement(expected, results(task))
        if wrong:
            return untimed("wrong", f"after {rounds} rounds, {wrong}")
        return Timing(workload, "timed", "", rounds, phases, garbage)
    except (AttributeError, NotImplementedError) as error:
        return untimed("absent", str(error))
    except Exception as error:
        return untimed("error", f"{type(error).__name__}: {error}")


def time_pair(first: Callable[[], Any], second: Callable[[], Any], rounds: int = 40) -> Phase:
    """How long `second` takes beside `first`, which is the reference and the control; one thread."""
    lanes = [Task((), run, lambda output: None) for run in (first, second, first)]
    with thread_limit(1), heap_frozen():
        return summarize(*measure(time_forward, lanes, rounds))


def time_workloads(
    subject: ModuleType,
    rounds: int = 100,
    threads: int = 1,
    workloads: Sequence[Workload] = WORKLOADS,
) -> Iterator[Timing]:
    """Time each workload on `subject` and torch, yielded as they come.

    Raises `ValueError` for less than one round or thread.
    """
    if rounds < 1 or threads < 1:
        raise ValueError(f"rounds and threads must be at least 1, got {rounds} and {threads}")
    with thread_limit(threads):
        for workload in workloads:
            yield time_workload(workload, subject, rounds)


def duration(ns: float) -> str:
    """Nanoseconds with three digits and a unit."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def table(timings: Sequence[Timing], subject: str) -> str:
    """The timings as text; under a ratio of 1 the subject is the faster, if that exceeds the noise."""
    headers = ["program", subject, "torch", "ratio", "noise", "goal", "forward", "backward", "garbage"]
    notes = [f"{t.workload.name}: {t.status}: {t.detail}" for t in timings if t.status != "timed"]
    return "\n".join([tabulate(map(_row, timings), headers, disable_numparse=True), *notes])


def _row(timing: Timing) -> list[str]:
    workload, phases = timing.workload, timing.phases
    if timing.status != "timed":
        return [workload.title, timing.status]
    both = phases["forward_backward"]
    return [
        workload.title,
        duration(both.subject_ns),
        duration(both.reference_ns),
        f"{both.ratio:.2f}",
        f"{both.noise:.1%}",
        "" if workload.goal is None else f"{workload.goal:.2f}",
        *(f"{phases[name].ratio:.2f}" if name in phases else "" for name in ("forward", "backward")),
        f"{timing.garbage:g}",
    ]
