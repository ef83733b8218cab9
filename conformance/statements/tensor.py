"""A tensor written out as numbers, so that a program carries its data and never a seed."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .argument import DTYPES, float_text, float_value
from .error import ProgramError
from .statement import Events, Output, Statement

Number = bool | int | float | complex


@dataclass(frozen=True, slots=True)
class TensorLiteral(Statement):
    """`out = torch.tensor(data, dtype=..., requires_grad=...)`; `data` is flat, floats are hex text."""

    kind: ClassVar[str] = "tensor"
    out: Output
    data: tuple[str | int | bool | tuple[str, ...], ...]
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    requires_grad: bool = False

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ProgramError(f"unknown dtype {self.dtype!r}, expected one of {', '.join(DTYPES)}")
        if any(size < 0 for size in self.shape) or math.prod(self.shape) != len(self.data):
            raise ProgramError(f"shape {list(self.shape)} does not hold {len(self.data)} numbers")
        try:
            self.numbers()
        except ValueError as error:
            raise ProgramError(f"tensor data: {error}") from None

    def numbers(self) -> list[Number]:
        """The flat data as Python numbers; ValueError for a number the dtype's class has no place for."""
        kind = _class(self.dtype)
        if kind == "float":
            return list(_floats(self.data, self.dtype))
        return [_number(value, kind, self.dtype) for value in self.data]

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        dtype = getattr(lib, self.dtype)
        if self.data:
            made = lib.tensor(
                nested(self.numbers(), self.shape), dtype=dtype, requires_grad=self.requires_grad
            )
        else:
            made = lib.zeros(self.shape, dtype=dtype, requires_grad=self.requires_grad)
        env[self.out] = made
        return made

    def lines(self) -> list[str]:
        flag = ", requires_grad=True" if self.requires_grad else ""
        if not self.data:
            return [
                f"{self.out} = torch.zeros({arguments.source(self.shape)}, dtype=torch.{self.dtype}{flag})"
            ]
        text = _text(nested(self.numbers(), self.shape))
        return [f"{self.out} = torch.tensor({text}, dtype=torch.{self.dtype}{flag})"]

    @property
    def writes_memory(self) -> bool:
        return False

    def simpler(self) -> Iterator[Statement]:
        if len(self.data) > 1:
            yield dataclasses.replace(self, data=(), shape=(0,))
            yield dataclasses.replace(self, data=self.data[:1], shape=())
        for place, size in enumerate(self.shape):
            if size > 1:
                yield self._cut(place)
        plain = tuple(_plain(value, self.dtype) for value in self.data)
        if plain != self.data:
            yield dataclasses.replace(self, data=plain)
            for place, value in enumerate(plain):
                if value != self.data[place]:
                    yield dataclasses.replace(self, data=(*self.data[:place], value, *self.data[place + 1 :]))
        if self.dtype not in ("float64", "bool") and _class(self.dtype) == "float":
            yield dataclasses.replace(self, dtype="float64")
        if self.requires_grad:
            yield dataclasses.replace(self, requires_grad=False)

    def _cut(self, place: int) -> TensorLiteral:
        """The same literal with dimension `place` shrunk to 1 element less."""
        inner = math.prod(self.shape[place + 1 :])
        size = self.shape[place]
        kept = tuple(value for at, value in enumerate(self.data) if (at // inner) % size != size - 1)
        return dataclasses.replace(
            self, data=kept, shape=(*self.shape[:place], size - 1, *self.shape[place + 1 :])
        )


def literal(
    out: str, numbers: Sequence[Number], shape: tuple[int, ...], dtype: str, requires_grad: bool = False
) -> TensorLiteral:
    """A literal of Python numbers."""
    kind = _class(dtype)
    if kind == "float":
        data: tuple[Any, ...] = tuple(float_text(float(value)) for value in numbers)  # type: ignore[arg-type]
    elif kind == "complex":
        data = tuple((float_text(complex(value).real), float_text(complex(value).imag)) for value in numbers)
    else:
        data = tuple(numbers)
    return TensorLiteral(Output(out), data, tuple(shape), dtype, requires_grad)


def nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """Nested lists of the given shape, the bare number for shape ()."""
    if not shape:
        return flat[0]
    for size in reversed(shape[1:]):
        flat = [flat[at : at + size] for at in range(0, len(flat), size)]
    return flat


@functools.cache
def _class(dtype: str) -> str:
    return next((name for name in ("float", "complex", "bool") if name in dtype and dtype != "bool"), dtype)


@functools.lru_cache(64)  # a literal is read when it is drawn and on either side
def _floats(data: tuple[Any, ...], dtype: str) -> tuple[float, ...]:
    for value in data:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no {dtype} number")
    return tuple(map(float_value, data))


def _number(value: Any, kind: str, dtype: str) -> Number:
    if kind == "complex" and isinstance(value, tuple) and len(value) == 2:
        return complex(float_value(value[0]), float_value(value[1]))
    if kind == "bool" and isinstance(value, bool):
        return value
    if "int" in kind and type(value) is int:
        return value
    raise ValueError(f"{value!r} is no {dtype} number")


def _plain(value: Any, dtype: str) -> Any:
    """A rounder number in the place of `value`; special values stay."""
    if isinstance(value, tuple):
        return tuple(_plain(part, "float32") for part in value)
    if isinstance(value, str):
        number = float_value(value)
        return float_text(float(round(number))) if math.isfinite(number) else value
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, complex):
        return f"complex({_text(value.real)}, {_text(value.imag)})"
    return repr(value)
