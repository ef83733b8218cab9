"""Streams, the queues of work of a GPU, and events, marks in them."""

from __future__ import annotations

import ctypes
from typing import Any

from mini_autograd import devices
from mini_autograd.cuda.gpu import device, index_of
from mini_autograd.kernels import accelerator


class Stream:
    """A queue of work of one GPU; what is in two of them may run at the same time."""

    def __init__(
        self,
        device: Any = None,
        priority: int = 0,
        *,
        stream_id: int | None = None,
        device_index: int | None = None,
        device_type: int | None = None,
        stream_ptr: int | None = None,
    ) -> None:
        if not accelerator.is_built():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        cuda = accelerator.start().xp.cuda
        index = index_of(device, optional=True) if device_index is None else device_index
        pointer = stream_ptr if stream_id is None else stream_id
        with cuda.Device(accelerator.checked(index)):
            if pointer is None:
                self._stream = cuda.Stream(non_blocking=True, priority=priority)
            elif pointer == 0:
                self._stream = cuda.Stream.null
            else:
                self._stream = at_address(cuda, pointer, index)
        self.device_index: int = index

    @classmethod
    def of(cls, stream: Any, index: int) -> Stream:
        """The stream that the array library has as ``stream``, of the GPU of that number."""
        made = cls.__new__(cls)
        made._stream, made.device_index = stream, index
        return made

    device_type = 1

    @property
    def device(self) -> devices.device:
        return devices.device("cuda", self.device_index)

    @property
    def stream_id(self) -> int:
        return self.cuda_stream

    @property
    def cuda_stream(self) -> int:
        """Its address."""
        return int(self._stream.ptr)

    @property
    def priority(self) -> int:
        return int(self._stream.priority)

    @property
    def _as_parameter_(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.cuda_stream)

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.cuda_stream

    def wait_event(self, event: Event) -> None:
        """Have what comes later wait for an event."""
        event.wait(self)

    def wait_stream(self, stream: Stream) -> None:
        """Have what comes later wait for all that is in another stream now."""
        self.wait_event(stream.record_event())

    def record_event(self, event: Event | None = None) -> Event:
        """Put a mark behind what is in the stream now."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def query(self) -> bool:
        """Whether all that is in the stream is done."""
        return bool(self._stream.done)

    def synchronize(self) -> None:
        self._stream.synchronize()
        accelerator.check()

    def is_capturing(self) -> bool:
        return bool(self._stream.is_capturing())

    def __enter__(self) -> Stream:
        context = StreamContext(self)
        context.__enter__()
        entered = self.__dict__.setdefault("_entered", [])
        entered.append(context)
        return self

    def __exit__(self, *error: object) -> None:
        self.__dict__["_entered"].pop().__exit__(*error)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Stream)
            and self.cuda_stream == other.cuda_stream
            and self.device_index == other.device_index
        )

    def __hash__(self) -> int:
        return hash((self.cuda_stream, self.device))

    def __repr__(self) -> str:
        return f"<torch.cuda.Stream device={self.device} cuda_stream={self.cuda_stream:#x}>"


class Address:
    """A stream of which no more than the address is known, as CuPy takes one."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


def at_address(cuda: Any, pointer: int, index: int) -> Any:
    """The array library's stream at an address; the older way to it is no longer wanted where there is a newer one."""
    if hasattr(cuda.Stream, "from_external"):
        return cuda.Stream.from_external(Address(pointer))
    return cuda.ExternalStream(pointer, index)


class ExternalStream(Stream):
    """A stream that another library made, by its address; that library has to keep it."""

    def __init__(self, stream_ptr: int, device: Any = None) -> None:
        super().__init__(device, stream_ptr=stream_ptr)


class Event:
    """A mark in a stream, which can be waited for; two of them tell how long it took from one to the other."""

    def __init__(
        self,
        enable_timing: bool = False,
        blocking: bool = False,
        interprocess: bool = False,
        external: bool = False,
    ) -> None:
        if not accelerator.is_built():
            raise RuntimeError("Tried to instantiate dummy base class Event")
        self._options = {"block": blocking, "disable_timing": not enable_timing, "interprocess": interprocess}
        self._event: Any = None
        self._index = -1

    @property
    def cuda_event(self) -> int:
        """Its address, 0 before it was recorded."""
        return 0 if self._event is None else int(self._event.ptr)

    @property
    def device(self) -> devices.device | None:
        return None if self._event is None else devices.device("cuda", self._index)

    @property
    def _as_parameter_(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.cuda_event)

    def record(self, stream: Stream | None = None) -> None:
        """Put the mark behind what is in ``stream`` now, by default the current one."""
        stream = current_stream() if stream is None else stream
        if self._event is not None and self._index != stream.device_index:
            raise RuntimeError(
                f"Event device {self._index} does not match recording stream's device {stream.device_index}."
            )
        cuda = accelerator.start().xp.cuda
        with cuda.Device(stream.device_index):
            if self._event is None:
                self._event, self._index = cuda.Event(**self._options), stream.device_index
            self._event.record(stream._stream)

    def wait(self, stream: Stream | None = None) -> None:
        """Have what comes later in ``stream`` wait for the mark."""
        if self._event is not None:
            stream = current_stream() if stream is None else stream
            with accelerator.start().xp.cuda.Device(stream.device_index):
                stream._stream.wait_event(self._event)

    def query(self) -> bool:
        """Whether all before the mark is done."""
        return self._event is None or bool(self._event.done)

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds from this mark to another one."""
        if self._options["disable_timing"] or end_event._options["disable_timing"]:
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        if self._event is None or end_event._event is None:
            raise ValueError("Both events must be recorded before calculating elapsed time.")
        if not (self.query() and end_event.query()):
            raise ValueError("Both events must be completed before calculating elapsed time.")
        return float(accelerator.load().xp.cuda.get_elapsed_time(self._event, end_event._event))

    def synchronize(self) -> None:
        if self._event is not None:
            self._event.synchronize()
            accelerator.check()

    def __repr__(self) -> str:
        return (
            f"<torch.cuda.Event {self.cuda_event:#x}>"
            if self.cuda_event
            else "<torch.cuda.Event uninitialized>"
        )


class StreamContext:
    """A context in which work goes to a stream, and its GPU is the current one; nothing for None."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream
        self.before: list[Stream] = []

    def __enter__(self) -> None:
        if self.stream is None:
            return
        self.before = [current_stream()]
        if self.before[0].device_index != self.stream.device_index:
            self.before.append(current_stream(self.stream.device_index))
        set_stream(self.stream)

    def __exit__(self, *_: object) -> None:
        for stream in reversed(self.before):
            set_stream(stream)
        self.before = []


def stream(stream: Stream | None) -> StreamContext:
    """A context in which work goes to ``stream``."""
    return StreamContext(stream)


def set_stream(stream: Stream | None) -> None:
    """Have work go to ``stream`` from now on, and make its GPU the current one."""
    if stream is not None:
        accelerator.exchange(stream.device_index)
        stream._stream.use()


def current_stream(device: Any = None) -> Stream:
    """The stream that work of a GPU goes to."""
    cuda = accelerator.start().xp.cuda
    index = accelerator.checked(index_of(device, optional=True))
    return Stream.of(cuda.get_current_stream(index), index)


def default_stream(device: Any = None) -> Stream:
    """The stream that work of a GPU goes to if nobody says so."""
    cuda = accelerator.start().xp.cuda
    return Stream.of(cuda.Stream.null, accelerator.checked(index_of(device, optional=True)))


def get_stream_from_external(data_ptr: int, device: Any = None) -> Stream:
    """A stream that another library made."""
    return ExternalStream(data_ptr, device)


__all__ = [
    "Event",
    "ExternalStream",
    "Stream",
    "StreamContext",
    "current_stream",
    "default_stream",
    "device",
    "get_stream_from_external",
    "set_stream",
    "stream",
]
