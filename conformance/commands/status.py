"""What the exit status of a command says."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The sides agree, or differ in a way that nobody has accepted, or the input or the run is invalid, or there is no
    such device here."""

    AGREE = 0
    DIFFER = 1
    INVALID = 2
    NO_DEVICE = 3
    INTERRUPTED = 130
