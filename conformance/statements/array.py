"""Memory shared with numpy: from_numpy, .numpy(), and writing into the array behind the library's back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy

from . import argument as arguments
from .argument import Ref, float_value
from .error import ProgramError
from .statement import Events, Name, Output, Statement


@dataclass(frozen=True, slots=True)
class ArrayLiteral(Statement):
    """`out = numpy.array(data, dtype=...).reshape(shape)`; `data` is flat, floats as hexadecimal text."""

    kind: ClassVar[str] = "array"
    out: Output
    data: tuple[str | int | bool, ...]
    shape: tuple[int, ...] = ()
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if self.dtype not in (
            "float64",
            "float32",
            "float16",
            "int64",
            "int32",
            "int16",
            "int8",
            "uint8",
            "bool",
        ):
            raise ProgramError(f"unknown array dtype {self.dtype!r}")
        try:
            self._array()
        except ValueError as error:
            raise ProgramError(f"array data: {error}") from None

    def _numbers(self) -> list[float | int | bool]:
        return [float_value(value) if isinstance(value, str) else value for value in self.data]

    def _array(self) -> numpy.ndarray[Any, Any]:
        return numpy.array(self._numbers(), dtype=self.dtype).reshape(self.shape)

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        env[self.out] = self._array()

    def lines(self) -> list[str]:
        numbers = arguments.source(self._numbers())
        shape = arguments.source(tuple(self.shape))
        return [f'{self.out} = numpy.array({numbers}, dtype="{self.dtype}").reshape({shape})']

    @property
    def writes_memory(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class ArrayWrite(Statement):
    """`array[index] = value`, where `array` came from `.numpy()` or an array literal."""

    kind: ClassVar[str] = "array_write"
    array: Name
    index: arguments.Argument
    value: arguments.Argument

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        target = arguments.bind(Ref(self.array), lib, env)
        target[arguments.bind(self.index, lib, env)] = arguments.bind(self.value, lib, env)

    def lines(self) -> list[str]:
        return [f"{self.array}[{arguments.index_source(self.index)}] = {arguments.source(self.value)}"]

    @property
    def writes_untold(self) -> bool:
        return True
