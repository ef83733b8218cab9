"""Events as a table in torch's layout: two blanks after each column, all but the last aligned to the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mini_autograd.autograd.profiler.unit import share_text, time_text

WIDTH = 12
TIMES = ("Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls")
TOP_LEVEL = "This report only display top-level ops statistics"


def table_of(
    events: Sequence[Any],
    shown: Sequence[Any],
    widths: tuple[int | None, int | None, int | None],
    header: str | None,
    top_level: bool,
    unit: str | None,
) -> str:
    """The table of those ``shown`` of ``events``, whose times are told as shares of what all take.

    ``widths``: how wide names, shapes and places in the code may be, None for any.
    """
    if not events:
        return ""
    name_limit, shapes_limit, place_limit = widths
    columns = [Column("Name", limited(max(len(one.key) for one in events) + 4, name_limit))]
    columns += [Column(title, WIDTH) for title in TIMES]
    if any(one.input_shapes for one in events):
        longest = max(len(str(one.input_shapes)) for one in events)
        columns.append(Column("Input Shapes", limited(longest + 4, shapes_limit)))
    places = [place for one in events for place in one.stack]
    if places:
        columns.append(Column("Source Location", limited(max(map(len, places)) + 4, place_limit), "<"))
    whole = sum(one.self_cpu_time_total for one in events)
    ruler = "".join("-" * column.width + "  " for column in columns)
    above = "=" * (len(ruler) - 2)
    lines = [] if header is None else [above, header]
    lines += [above, TOP_LEVEL] if top_level else []
    lines += [ruler, line(columns, [column.title for column in columns]), ruler]
    for one in shown:
        lines += rows(columns, one, whole, name_limit, unit, bool(places))
    lines += [ruler, f"Self CPU time total: {time_text(whole, unit)}"]
    return "\n".join(lines) + "\n"


class Column:
    def __init__(self, title: str, width: int, align: str = ">") -> None:
        self.title = title
        self.width = width
        self.align = align


def limited(width: int, limit: int | None) -> int:
    return width if limit is None else min(width, limit)


def line(columns: list[Column], values: list[Any]) -> str:
    return "".join(
        f"{value:{column.align}{column.width}}  " for column, value in zip(columns, values, strict=True)
    )


def rows(
    columns: list[Column], event: Any, whole: float, name_limit: int | None, unit: str | None, places: bool
) -> list[str]:
    """The line of an event, and one for each further place in the code."""
    values = [
        shortened(event.key, name_limit),
        share_text(event.self_cpu_time_total, whole),
        time_text(event.self_cpu_time_total, unit),
        share_text(event.cpu_time_total, whole),
        time_text(event.cpu_time_total, unit),
        time_text(event.cpu_time, unit),
        event.count,
    ]
    if len(columns) > len(values) + places:
        values.append(str(event.input_shapes)[: columns[len(values)].width])
    if not places:
        return [line(columns, values)]
    width = columns[-1].width
    stack = [trimmed(place, width) for place in event.stack] or [""]
    blank = [""] * len(values)
    return [line(columns, [*values, stack[0]]), *(line(columns, [*blank, one]) for one in (*stack[1:], ""))]


def shortened(name: str, limit: int | None) -> str:
    """A name without its end, if it is longer than its column."""
    return name if limit is None or len(name) < limit - 3 else f"{name[: limit - 3]}..."


def trimmed(place: str, width: int) -> str:
    """A place without its beginning, if it is longer than its column."""
    return place if len(place) <= width else f"...{place[len(place) - width + 3 :]}"
