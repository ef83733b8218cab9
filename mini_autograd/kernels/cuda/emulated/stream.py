"""``cuda.Stream``: the order in which work runs. Every launch and every read of the device comes through here.

NOTE: lazy streams. Work runs at once, unless ``MINI_AUTOGRAD_CUDA_LAZY=1``: then what a stream other than the default
one is given waits until something waits for it, as on a device that is always late. A missing wait shows as a result
that was never written. The default stream waits for every stream that is not ``non_blocking``, as CUDA's does.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any

from . import counting, device
from .queue import Queue

LAZY = os.environ.get("MINI_AUTOGRAD_CUDA_LAZY", "") not in ("", "0")


class _Current(threading.local):
    """The stream of each device that is current in this thread."""

    def __init__(self) -> None:
        self.streams: dict[int, BaseStream] = {}


_current = _Current()
_alive: weakref.WeakSet[BaseStream] = weakref.WeakSet()
_next_pointer = iter(range(1 << 40, 1 << 50, 256))


class BaseStream:
    def __init__(self, ptr: int, device_id: int, non_blocking: bool = False) -> None:
        self.ptr = ptr
        self.device_id = device_id
        self._non_blocking = non_blocking
        self._waiting = Queue()
        self._captured: Queue | None = None
        self._before: list[BaseStream | None] = []
        _alive.add(self)

    def __enter__(self) -> BaseStream:
        index = device.current()
        self._check_device(index)
        self._before.append(_current.streams.get(index))
        _current.streams[index] = self
        return self

    def __exit__(self, *error: object) -> None:
        before = self._before.pop()
        if before is None:
            _current.streams.pop(device.current(), None)
        else:
            _current.streams[device.current()] = before

    def use(self) -> BaseStream:
        self._check_device(device.current())
        _current.streams[device.current()] = self
        return self

    def _check_device(self, index: int) -> None:
        if self.device_id not in (-1, index):
            raise RuntimeError(
                "This stream was not created on the current device: "
                f"the stream is of device {self.device_id}, current is device {index}"
            )

    @property
    def done(self) -> bool:
        return not len(self._waiting)

    @property
    def is_non_blocking(self) -> bool:
        return self._non_blocking

    @property
    def priority(self) -> int:
        return 0

    def synchronize(self) -> None:
        self._refuse_in_capture()
        self.catch_up()

    def catch_up(self) -> None:
        """Run what waits on this stream; the default one is done when every blocking stream is."""
        self._waiting.drain()
        if self.ptr == 0:
            for other in list(_alive):
                if not other._non_blocking and other is not self:
                    other._waiting.drain()

    def _refuse_in_capture(self) -> None:
        if self._captured is not None:
            raise device.CUDARuntimeError(
                900, "cudaErrorStreamCaptureUnsupported: operation not permitted when stream is capturing"
            )

    def record(self, event: Any = None) -> Any:
        from .event import Event

        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event: Any) -> None:
        self.submit("wait_event", event.catch_up, event)

    def submit(self, name: str, work: Callable[[], Any], keeps: object) -> None:
        """Work that makes no array."""
        if self._captured is not None:
            self._captured.add(work, keeps)
        elif LAZY and self.ptr:
            self._waiting.add(work, keeps)
        else:
            self.catch_up_before_work()
            work()

    def compute(self, work: Callable[[], Any], keeps: object) -> Any:
        """Work that makes arrays, which are its result."""
        if self._captured is not None:
            return self._captured.add_with_results(work, keeps)
        if LAZY and self.ptr:
            return self._waiting.add_with_results(work, keeps)
        self.catch_up_before_work()
        return work()

    def catch_up_before_work(self) -> None:
        if LAZY:
            self.catch_up()

    def add_callback(self, callback: Callable[[Any, int, Any], None], arg: Any) -> None:
        self.submit("add_callback", lambda: callback(self, 0, arg), arg)

    def launch_host_func(self, callback: Callable[[Any], None], arg: Any) -> None:
        self.submit("launch_host_func", lambda: callback(arg), arg)

    def begin_capture(self, mode: int | None = None) -> None:
        if self.ptr == 0:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if self._captured is not None:
            raise device.CUDARuntimeError(901, "cudaErrorIllegalState: stream is already capturing")
        self._captured = Queue()

    def end_capture(self) -> Any:
        from .graph import Graph

        if self._captured is None:
            raise RuntimeError("cudaStreamEndCapture: the stream is not capturing")
        captured, self._captured = self._captured, None
        return Graph(captured)

    def is_capturing(self) -> bool:
        return self._captured is not None

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.ptr

    def __eq__(self, other: object) -> bool:
        return self.ptr == other.ptr if isinstance(other, BaseStream) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.ptr)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.ptr} (device {self.device_id})>"


class Stream(BaseStream):
    null: Stream
    ptds: Stream

    def __init__(
        self, null: bool = False, non_blocking: bool = False, ptds: bool = False, priority: int | None = None
    ) -> None:
        if null or ptds:
            super().__init__(0 if null else 2, -1)
        else:
            super().__init__(next(_next_pointer), device.current(), non_blocking)


class ExternalStream(BaseStream):
    """A stream that somebody else made, by its pointer: the same one where it is ours."""

    def __init__(self, ptr: int, device_id: int = -1) -> None:
        super().__init__(ptr, device_id)
        for other in list(_alive):
            if other.ptr == ptr and other is not self:
                self._waiting, self._non_blocking = other._waiting, other._non_blocking


Stream.null = Stream(null=True)
Stream.ptds = Stream(ptds=True)


def get_current_stream(device_id: int = -1) -> BaseStream:
    return _current.streams.get(device.current() if device_id < 0 else device_id, Stream.null)


def synchronize_device(index: int) -> None:
    get_current_stream(index)._refuse_in_capture()
    for other in list(_alive):
        if other.device_id in (-1, index):
            other._waiting.drain()


def into(name: str, work: Callable[[], Any], keeps: object) -> None:
    """Launch work that writes into memory that is there."""
    counting.launched(name)
    get_current_stream().submit(name, work, keeps)


def results(name: str, work: Callable[[], Any], keeps: object) -> Any:
    """Launch work that makes arrays."""
    counting.launched(name)
    return get_current_stream().compute(work, keeps)


def before_read(reason: str, nbytes: int, stream: BaseStream | None = None) -> None:
    """The host is about to read: it waits for the stream, and a test may have asked that it does not."""
    counting.read(reason, nbytes)
    (get_current_stream() if stream is None else stream).synchronize()
