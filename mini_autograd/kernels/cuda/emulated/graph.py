"""``cuda.graph.Graph``: what a stream captured, to run again over the same memory."""

from __future__ import annotations

from typing import Any

from . import counting
from .queue import Queue
from .stream import BaseStream, get_current_stream


class Graph:
    def __init__(self, captured: Queue) -> None:
        self._captured = captured

    def launch(self, stream: BaseStream | None = None) -> None:
        counting.launched("graph")
        (get_current_stream() if stream is None else stream).submit("graph", self._captured.run, self)

    def upload(self, stream: BaseStream | None = None) -> None:
        """Nothing is to be sent ahead."""

    def debug_dot_str(self, flags: int = 0) -> str:
        return "digraph dot {}"

    def __len__(self) -> int:
        return len(self._captured)

    def __reduce__(self) -> Any:
        raise TypeError("a graph cannot be pickled")
