"""Work done in a child process, item by item, so that a crash costs one item and not the run."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

PATIENCE = 300.0  # seconds that one item may take, reduction of its difference included


@dataclass(frozen=True, slots=True)
class Done:
    """What an item came to."""

    index: int
    result: Any


@dataclass(frozen=True, slots=True)
class Died:
    """An item whose process ended, or had to be ended."""

    index: int
    cause: str


def isolated(work: Callable[[int], Any], count: int, patience: float = PATIENCE) -> Iterator[Done | Died]:
    """Do `work(index)` for each index in a child process that is replaced when it dies.

    A child is a copy of the present process, so that `work` sees all that was done with earlier results.
    Where processes cannot be copied, the work is done in this one.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from (Done(index, work(index)) for index in range(count))
        return
    first = 0
    while first < count:
        for outcome in _child(work, first, count, patience):
            yield outcome
            first = outcome.index + 1


def _child(work: Callable[[int], Any], first: int, count: int, patience: float) -> Iterator[Done | Died]:
    """The outcomes of one child, up to the first item that it dies of."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(work, first, count, there), daemon=True)
    gc.freeze()  # what is there by now stays: a child that traced it would copy every page of it
    process.start()
    gc.unfreeze()
    there.close()
    index = first
    try:
        while index < count:
            if not here.poll(patience):
                process.kill()
                yield Died(index, f"no answer in {patience:g} seconds")
                return
            try:
                result = here.recv()
            except EOFError:
                process.join()
                yield Died(index, f"the process ended with status {process.exitcode}")
                return
            yield Done(index, result)
            index += 1
    finally:
        here.close()
        process.kill()
        process.join()


def _serve(work: Callable[[int], Any], first: int, count: int, answers: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's, which ends this process
    for index in range(first, count):
        answers.send(work(index))
