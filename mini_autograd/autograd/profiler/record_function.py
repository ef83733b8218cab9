"""A range of the user's own."""

from __future__ import annotations

from contextlib import ContextDecorator
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.graph.recorder import Range, Recorder, Scope

DECLARATION = (
    "Declaration: profiler::_record_function_enter_new(str name, str? args=None) -> "
    "__torch__.torch.classes.profiler._RecordFunction"
)


class record_function(ContextDecorator):
    """A block, or each call of a function, as a range called ``name`` in what a profiler shows. ``args``: text that
    goes with it."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.args = args
        self.record: tuple[Recorder | None, Range | None] | None = None

    def __enter__(self) -> record_function:
        check_text(self.name, 0, "name", "str")
        if self.args is not None:
            check_text(self.args, 1, "args", "Optional[str]")
        recorder = modes.current().recorder
        range = None if recorder is None else recorder.begin(self.name, Scope.USER_SCOPE)
        if range is not None:
            range.arguments = self.args
        self.record = recorder, range
        return self

    def __exit__(self, *_: object) -> None:
        if self.record is None:
            raise AssertionError("Expected record to be set")
        recorder, range = self.record
        if recorder is not None and range is not None:
            recorder.end(range)


def check_text(value: Any, position: int, name: str, expected: str) -> None:
    """RuntimeError for what is no str."""
    if not isinstance(value, str):
        kind = type(value)
        raise RuntimeError(
            f"profiler::_record_function_enter_new() Expected a value of type '{expected}' for argument '{name}' but "
            f"instead found type '{kind.__name__}'.\nPosition: {position}\nValue: {value}\n{DECLARATION}\n"
            f"Cast error details: Unable to cast Python instance of type {kind} to C++ type '?' (#define "
            "PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)"
        )


record_function.__module__ = "torch.autograd.profiler"
