"""How long the ops of the table take beside torch, forward and backward, with about a million elements.

The reference's rounds split in two say how far it is from a ratio of 1 to itself: that is the noise.
A sample is made larger by making each size that occurs in its tensors larger by one factor, so that what fits goes on
to fit; where the reference refuses that, as where an argument is a size, it is timed as it is.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from tabulate import tabulate

from ..statements import Op, Seeded, TensorLiteral
from ..timing import thread_limit
from .entry import Entry, Sample
from .family import family

ELEMENTS = 1_000_000
FACTORS = tuple(4**power for power in range(18))  # of which each doubles every size
PATIENCE = 0.05  # seconds of one pass, at which a sample grows no more
ROUNDS = 6
LIMIT = 2.0  # seconds that the rounds of one entry may take, after which the first is the last
DTYPE = "float32"
SLOW = 3.0


@dataclass(frozen=True, slots=True)
class Pace:
    """An entry's median times in nanoseconds, forward and backward together; ``noise`` is None for a single round."""

    entry: str
    elements: int
    subject_ns: float
    reference_ns: float
    noise: float | None = None

    @property
    def ratio(self) -> float:
        """The subject's time in those of the reference."""
        return self.subject_ns / self.reference_ns

    def record(self) -> dict[str, Any]:
        """The pace as a record."""
        return {
            "record": "pace",
            "entry": self.entry,
            "family": family(self.entry),
            "elements": self.elements,
            "subject_ns": round(self.subject_ns),
            "reference_ns": round(self.reference_ns),
            "ratio": round(self.ratio, 3),
            "noise": None if self.noise is None else round(self.noise, 3),
        }


def pace(entry: Entry, reference: Any, subject: Any) -> Pace | None:
    """The pace of an entry; None where there is no gradient to time, or the subject cannot run it."""
    samples = [one for one in entry.samples.get("float64", ()) if one.results and _plain(one)]
    if DTYPE not in entry.backward or not samples:
        return None
    sample = max(samples, key=_elements)
    grown = largest(sample, reference)
    if grown is None:
        return None
    expected, factor = grown
    try:
        got = Passes(sample, subject, factor)
        got.once()
    except Exception:  # what it cannot run is the scoreboard's business
        return None
    reference_ns, subject_ns = _interleaved(expected.once, got.once)
    medians = statistics.median(subject_ns), statistics.median(reference_ns)
    return Pace(entry.id, _elements(sample, factor), *medians, noise(reference_ns))


def noise(times: list[int]) -> float | None:
    """How far the median of every other round is from that of the rest."""
    if len(times) < 2:
        return None
    return abs(statistics.median(times[::2]) / statistics.median(times[1::2]) - 1)


def largest(sample: Sample, reference: Any) -> tuple[Passes, int] | None:
    """The sample as large as it may be: of so many elements, and not for long; None where it cannot be run."""
    found = None
    for factor in FACTORS:
        if found is not None and _elements(sample, factor) > 2 * ELEMENTS:
            break
        try:
            made = Passes(sample, reference, factor)
            if found is None:
                made.once()  # what is done but once takes no part
            begin = time.process_time()
            made.once()
        except Exception:  # an argument is a size, or an index lies beyond
            break
        found = made, factor
        if time.process_time() - begin > PATIENCE or made.results() > ELEMENTS:
            break
    return found


def _plain(sample: Sample) -> bool:
    """Whether its tensors are all literals, none of them a number alone."""
    named = [one.name for one in sample.statements if isinstance(one, Op)]
    literals = [one for one in sample.statements if isinstance(one, TensorLiteral)]
    return "as_strided" not in named and any(one.shape and one.data for one in literals)


def _elements(sample: Sample, factor: int = 1) -> int:
    """The elements of the largest tensor."""
    return max(
        math.prod(larger(one.shape, factor)) for one in sample.statements if isinstance(one, TensorLiteral)
    )


def larger(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    """Each size above 1 times a root of the factor, the same for all dimensions of all tensors."""
    by = max(1, round(factor**0.5))
    return tuple(size * by if size > 1 else size for size in shape)


class Passes:
    """A sample on one library, ready to be run forward and backward again and again."""

    def __init__(self, sample: Sample, lib: Any, factor: int) -> None:
        self.sample, self.lib = sample, lib
        self.made = {
            str(one.out): self._tensor(one, factor)
            for one in sample.statements
            if isinstance(one, TensorLiteral)
        }
        self.calls = [one for one in sample.statements if not isinstance(one, TensorLiteral)]
        env = self._forward()
        self.cotangents = [self._cotangent(env[one.name]) for one in sample.results]

    def _tensor(self, made: TensorLiteral, factor: int) -> Any:
        shape = larger(made.shape, factor)
        dtype = DTYPE if made.dtype == "float64" else made.dtype
        values: Any = numpy.resize(numpy.array(made.numbers()), shape).astype(dtype)
        return self.lib.from_numpy(values).requires_grad_(made.requires_grad)

    def _cotangent(self, result: Any) -> Any:
        shape, dtype = tuple(result.shape), str(result.dtype).rpartition(".")[2]
        values = numpy.resize(numpy.arange(1, 14) / 8 - 0.8, shape).astype(dtype)
        return self.lib.from_numpy(values)

    def _forward(self) -> dict[str, Any]:
        env: dict[str, Any] = {**self.made}
        for call in self.calls:
            (call.statement if isinstance(call, Seeded) else call).execute(self.lib, env, [])
        return env

    def results(self) -> int:
        """The elements of all results."""
        return sum(one.numel() for one in self.cotangents)

    def once(self) -> None:
        """One pass forward and one backward."""
        env = self._forward()
        outputs = [env[one.name] for one in self.sample.results]
        inputs = [env[name] for name in self.sample.inputs]
        self.lib.autograd.grad(outputs, inputs, self.cotangents, allow_unused=True)


def _interleaved(*passes: Callable[[], None]) -> list[list[int]]:
    """The times of each, in nanoseconds, taken in turns."""
    times: list[list[int]] = [[] for _ in passes]
    gc.collect()
    gc.disable()
    end = time.perf_counter() + LIMIT
    try:
        for _ in range(ROUNDS):
            for one, taken in zip(passes, times, strict=True):
                begin = time.perf_counter_ns()
                one()
                taken.append(time.perf_counter_ns() - begin)
            if time.perf_counter() > end:
                break
    finally:
        gc.enable()
    return times


def paces(entries: list[Entry], reference: Any, subject: Any) -> Iterator[Pace | None]:
    """The paces of all entries, None of each that cannot be timed, on one thread."""
    with thread_limit(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in entries:
            yield pace(entry, reference, subject)


def table(found: list[Pace]) -> str:
    """The median of all, and by name the ops that take longest beside the reference."""
    if not found:
        return "nothing could be timed"
    slow = sorted((one for one in found if one.ratio > SLOW), key=lambda one: -one.ratio)
    rows = [
        [
            one.entry,
            f"{one.elements:,}",
            f"{one.subject_ns / 1e6:.2f}",
            f"{one.reference_ns / 1e6:.2f}",
            f"{one.ratio:.2f}",
        ]
        for one in slow
    ]
    median = statistics.median(one.ratio for one in found)
    told = f"{len(found)} entries timed: median ratio {median:.2f}, {len(slow)} above {SLOW:g}"
    head = ["entry", "elements", "ms", "ms of torch", "ratio"]
    return told + (f"\n\n{tabulate(rows, head, disable_numparse=True)}" if rows else "")
