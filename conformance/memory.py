"""How much memory a process may take: a program that asks for more gets an error, and not the machine."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator

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


@contextlib.contextmanager
def bounded(gibibytes: float = MOST) -> Iterator[None]:
    """Hold to a limit meanwhile, where the system tells what is mapped."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(OSError):
        limit(gibibytes)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
