"""The context in which a thread is profiled."""

from __future__ import annotations

from typing import Any, Self

from mini_autograd.autograd.profiler.event import FunctionEvent, FunctionEventAvg
from mini_autograd.autograd.profiler.event_list import EventList
from mini_autograd.autograd.profiler.tree import events_of
from mini_autograd.graph.recorder import Recorder
from mini_autograd.op import profiling


class profile:
    """Profile what the thread does in a block: which ops and nodes run, how often, in what order and for how long.

    ``enabled``: if False, do nothing. ``record_shapes``: note the shapes of the arguments. ``with_stack``: note where
    in the user's code each call is. A profile is for one block; within another one it ends that, which shows
    nothing then.
    """

    def __init__(
        self, enabled: bool = True, *, record_shapes: bool = False, with_stack: bool = False
    ) -> None:
        self.enabled = enabled
        if not enabled:
            return
        self.entered = False
        self.record_shapes = record_shapes
        self.with_stack = with_stack
        self._recorder: Recorder | None = None
        self._finished = False
        self._function_events: EventList[FunctionEvent] | None = None

    def __enter__(self) -> Self | None:
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.entered = True
        self._recorder = Recorder(self.record_shapes, self.with_stack)
        profiling.start(self._recorder)
        return self

    def __exit__(self, *_: object) -> None:
        if not self.enabled:
            return
        if self._recorder is not None:
            profiling.stop(self._recorder)
        self._function_events = None
        self._finished = True

    @property
    def function_events(self) -> EventList[FunctionEvent]:
        """All events, in the order in which they began; none before the block has ended."""
        if self._function_events is None or self._finished:
            finished, self._finished = self._finished, False
            recorder = self._recorder
            ranges = recorder.ranges if finished and recorder is not None else []
            thread = 1 if recorder is None else recorder.thread
            self._function_events = EventList(events_of(ranges, thread))
        return self._function_events

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0
    ) -> EventList[FunctionEventAvg]:
        """The sums over all events of one name, and of the same shapes or innermost lines of code where that is
        asked."""
        return self.function_events.key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """The sums over all events."""
        return self.function_events.total_average()

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int | None = 75,
        max_name_column_width: int | None = 55,
        max_shapes_column_width: int | None = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """All events, a line for each. See :meth:`EventList.table`."""
        return self.function_events.table(
            sort_by,
            row_limit,
            max_src_column_width,
            max_name_column_width,
            max_shapes_column_width,
            header,
            top_level_events_only,
        )

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events for ``chrome://tracing``."""
        self.function_events.export_chrome_trace(path)

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, without what is in others, in microseconds."""
        return self.function_events.self_cpu_time_total

    def __repr__(self) -> str:
        return repr(self.function_events) if self._is_readable() else "<unfinished torch.autograd.profile>"

    def __str__(self) -> str:
        return str(self.function_events) if self._is_readable() else "<unfinished torch.autograd.profile>"

    def _is_readable(self) -> bool:
        return self._finished or self._function_events is not None


profile.__module__ = "torch.autograd.profiler"
