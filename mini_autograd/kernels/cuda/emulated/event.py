"""``cuda.Event``: a mark in a stream's work."""

from __future__ import annotations

import time
from typing import Any

from . import device
from .stream import BaseStream, get_current_stream


class Event:
    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        if interprocess and not disable_timing:
            raise ValueError("Timing must be disabled for interprocess events")
        self._timed = not disable_timing
        self._stream: BaseStream | None = None
        self._reached: float | None = None
        self.ptr = id(self)

    def record(self, stream: BaseStream | None = None) -> None:
        self._stream = get_current_stream() if stream is None else stream
        self._reached = None
        self._stream.submit("record", self._reach, self)

    def _reach(self) -> None:
        self._reached = time.perf_counter()

    def catch_up(self) -> None:
        """Run what lies before the mark (and with it what lies behind it on the same stream)."""
        if self._stream is not None and self._reached is None:
            self._stream.catch_up()

    @property
    def done(self) -> bool:
        return self._stream is None or self._reached is not None

    def synchronize(self) -> None:
        self.catch_up()


def get_elapsed_time(start_event: Event, end_event: Event) -> float:
    """Milliseconds between the two."""
    times: list[Any] = [start_event._reached, end_event._reached]
    if None in times or not (start_event._timed and end_event._timed):
        raise device.CUDARuntimeError(400, "cudaErrorInvalidResourceHandle: invalid resource handle")
    return (times[1] - times[0]) * 1000
