"""What the exit status of a command says."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The sides agree, or differ in a way that nobody has accepted, or the input or the run is invalid."""

    AGREE = 0
    DIFFER = 1
    INVALID = 2
    INTERRUPTED = 130
