"""How much memory a process may take: a program that asks for more gets an error, and not the machine."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .subjects import Subject

MOST = 4.0  # GiB that a program which is read from a file may take


def limit(gibibytes: float) -> None:
    """Let the process take so much memory beyond what it has mapped; more is a MemoryError, or its end."""
    with open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = mapped + int(gibibytes * 2**30)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def reserves(subject: Subject) -> bool:
    """Whether a library maps more memory than it takes, so that no limit can be set: a GPU's, for one."""
    return subject.placement is not None and not subject.placement.emulated


@contextlib.contextmanager
def bounded(subject: Subject, gibibytes: float = MOST) -> Iterator[None]:
    """Hold to a limit meanwhile, where the system tells what is mapped and a limit can be set."""
    if reserves(subject):
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(OSError):
        limit(gibibytes)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
