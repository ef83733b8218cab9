"""Events, or what is told of all those of one name, in a list that makes tables of itself."""

from __future__ import annotations

from typing import Any, TypeVar

from mini_autograd.autograd.profiler.event import FunctionEvent, FunctionEventAvg
from mini_autograd.autograd.profiler.table import table_of
from mini_autograd.autograd.profiler.trace import write_trace

Event = TypeVar("Event", FunctionEvent, FunctionEventAvg)


class EventList(list[Event]):
    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, without what is in others, in microseconds."""
        return sum(event.self_cpu_time_total for event in self)

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int | None = 75,
        max_name_column_width: int | None = 55,
        max_shapes_column_width: int | None = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """The events as text, a line for each.

        ``sort_by``: the attribute of which the largest come first, in the order of the list otherwise.
        ``row_limit``: how many lines; a negative number is no limit. ``header``: a line above all.
        ``top_level_events_only``: none that are inside of others. ``time_unit``: "s", "ms" or "us" for all times.
        """
        events = (
            self if sort_by is None else sorted(self, key=lambda one: getattr(one, sort_by), reverse=True)
        )
        shown = [one for one in events if not (top_level_events_only and one.cpu_parent is not None)]
        widths = (max_name_column_width, max_shapes_column_width, max_src_column_width)
        return table_of(
            events,
            shown if row_limit < 0 else shown[:row_limit],
            widths,
            header,
            top_level_events_only,
            time_unit,
        )

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0
    ) -> EventList[FunctionEventAvg]:
        """The sums over all events of one name, in the order in which the first of each began."""
        groups: dict[tuple, FunctionEventAvg] = {}
        for event in self:
            key: list[Any] = [event.key, event.is_user_annotation]
            if group_by_input_shapes:
                key.append(str(event.input_shapes))
            if group_by_stack_n > 0:
                key += event.stack[:group_by_stack_n]
            groups.setdefault(tuple(key), FunctionEventAvg()).add(event)
        for group in groups.values():
            group.stack = group.stack[:group_by_stack_n]
            if not group_by_input_shapes:
                group.input_shapes = ""
        return EventList(groups.values())

    def total_average(self) -> FunctionEventAvg:
        """The sums over all events."""
        total = FunctionEventAvg()
        for event in self:
            total += event
            total.key = None
        total.key = "Total"
        return total

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events for ``chrome://tracing``."""
        events: list[Any] = self
        write_trace(path, events)

    def __str__(self) -> str:
        return self.table()


EventList.__module__ = "torch.autograd.profiler_util"
