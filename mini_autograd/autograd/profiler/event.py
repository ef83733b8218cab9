"""What is told of one range, and of all of one name."""

from __future__ import annotations

from enum import Enum
from typing import Any

from mini_autograd.autograd.profiler.unit import time_text
from mini_autograd.graph.recorder import Range, Scope


class DeviceType(Enum):
    CPU = 0


class TimesAsText:
    """The times of an event with their unit."""

    count: int
    cpu_time_total: float
    self_cpu_time_total: float

    @property
    def cpu_time(self) -> float:
        """The time of one call, in microseconds."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self) -> str:
        return time_text(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        return time_text(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        return time_text(self.self_cpu_time_total)


class Interval:
    """From ``start`` to ``end``, in microseconds since the profile's first event began."""

    def __init__(self, start: float, end: float) -> None:
        self.start = start
        self.end = end

    def elapsed_us(self) -> float:
        return self.end - self.start


class FunctionEvent(TimesAsText):
    """One range: a call of an op, a node's run, a stretch of the user's own.

    ``cpu_parent``: the event that it is inside of; ``cpu_children``: those that are inside of it, in order;
    ``sequence_nr``: of the node that a call made or that ran, -1 for none; ``scope``: 0 for calls, 1 for nodes, 7 for
    the user's; ``input_shapes`` and ``stack`` as they were asked for.
    """

    node_id = -1
    device_type = DeviceType.CPU
    device_index = 0
    use_device = None
    overload_name = ""
    is_async = False
    is_remote = False
    is_legacy = False
    cpu_memory_usage = 0

    def __init__(self, range: Range, id: int, thread: int, origin: int) -> None:
        self.id = id
        self.name = self.trace_name = range.name
        self.time_range = Interval((range.start - origin) / 1000, (range.finish - origin) / 1000)
        self.thread = thread
        self.count = 1
        self.cpu_children: list[FunctionEvent] = []
        self.cpu_parent: FunctionEvent | None = None
        self.input_shapes = range.shapes
        self.stack = range.stack
        self.scope = int(range.scope)
        self.sequence_nr = range.sequence
        self.is_user_annotation = range.scope is Scope.USER_SCOPE
        self.arguments = range.arguments

    def append_cpu_child(self, child: FunctionEvent) -> None:
        self.cpu_children.append(child)

    def set_cpu_parent(self, parent: FunctionEvent) -> None:
        self.cpu_parent = parent

    @property
    def key(self) -> str:
        """What events are grouped by."""
        return self.name

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]
        """How long it took, in microseconds."""
        return self.time_range.elapsed_us()

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]
        """How long it took without what is inside of it."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} overload_name={self.overload_name} "
            f"device_type={self.device_type} node_id={self.node_id} cpu_time={self.cpu_time_str} "
            f"start_us={self.time_range.start} end_us={self.time_range.end} "
            f"cpu_children={[child.id for child in self.cpu_children]} None_time=0.000us name={self.name} "
            f"thread={self.thread} input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage} "
            f"None_memory_usage=0 is_async={self.is_async} is_remote={self.is_remote} seq_nr={self.sequence_nr} "
            f"is_legacy={self.is_legacy}>"
        )


class FunctionEventAvg(TimesAsText):
    """The sums over several events of one ``key``; what has no sum is that of the first."""

    node_id = 0
    device_type = DeviceType.CPU
    use_device = None
    overload_name = ""
    is_async = False
    is_remote = False
    is_legacy = False
    cpu_memory_usage = 0

    def __init__(self) -> None:
        self.key: str | None = None
        self.count = 0
        self.cpu_time_total = 0.0
        self.self_cpu_time_total = 0.0
        self.input_shapes: Any = None
        self.stack: list[str] = []
        self.scope: int | None = None
        self.is_user_annotation = False
        self.cpu_children: list[FunctionEvent] | None = None
        self.cpu_parent: FunctionEvent | None = None

    def add(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        """Count another in; AssertionError for one of another key."""
        if self.key is None:
            self.key = other.key
            self.node_id = other.node_id
            self.input_shapes = other.input_shapes
            self.stack = other.stack
            self.scope = other.scope
            self.cpu_parent = other.cpu_parent
            self.cpu_children = other.cpu_children
            self.is_user_annotation = other.is_user_annotation
        if other.key != self.key:
            raise AssertionError(f"Expected keys to match, but got {other.key} vs {self.key}")
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.count += other.count
        return self

    def __iadd__(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        return self.add(other)

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str}  self_cuda_time=0.000us cuda_time=0.000us input_shapes={self.input_shapes} "
            f"cpu_memory_usage={self.cpu_memory_usage} cuda_memory_usage=0>"
        )


for _public in (FunctionEvent, FunctionEventAvg, Interval):
    _public.__module__ = "torch.autograd.profiler_util"
