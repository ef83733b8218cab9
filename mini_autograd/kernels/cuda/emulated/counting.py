"""Counts what a GPU would have to wait for or pay for: launches, and copies between the host and the device.

with counted() as counts:
    ...
assert not counts.reads
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Transfer:
    reason: str
    nbytes: int


@dataclass
class Counts:
    launches: Counter[str] = field(default_factory=Counter)
    # From the device to the host: each waits for the device.
    reads: list[Transfer] = field(default_factory=list)
    # From the host to the device.
    writes: list[Transfer] = field(default_factory=list)

    @property
    def launched(self) -> int:
        return self.launches.total()

    @property
    def read_bytes(self) -> int:
        return sum(read.nbytes for read in self.reads)

    @property
    def written_bytes(self) -> int:
        return sum(write.nbytes for write in self.writes)


_active: list[Counts] = []


@contextmanager
def counted() -> Iterator[Counts]:
    counts = Counts()
    _active.append(counts)
    try:
        yield counts
    finally:
        _active[:] = [entry for entry in _active if entry is not counts]


def launched(name: str) -> None:
    for counts in _active:
        counts.launches[name] += 1


def read(reason: str, nbytes: int) -> None:
    for counts in _active:
        counts.reads.append(Transfer(reason, nbytes))


def written(reason: str, nbytes: int) -> None:
    for counts in _active:
        counts.writes.append(Transfer(reason, nbytes))
