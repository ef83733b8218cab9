"""Attributes of ``ctx`` that are refused in torch's words when they are read or set otherwise than it lets them be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ReadOnly:
    """An attribute that ``read`` computes, with torch's words when it is set."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else self.read(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(f"attribute '{self.name}' of 'torch._C._FunctionBase' objects is not writable")


class Switch:
    """A bool that can be set and not be read; ``field`` keeps it, ``setter`` is its name in errors."""

    def __init__(self, field: str, setter: str) -> None:
        self.field, self.setter = field, setter

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        raise AttributeError(f"attribute '{self.name}' of 'torch._C._FunctionBase' objects is not readable")

    def __set__(self, instance: Any, value: Any) -> None:
        if not isinstance(value, bool):
            raise TypeError(
                f"{self.setter} received an invalid combination of arguments - got (), but expected (bool)"
            )
        setattr(instance, self.field, value)


class ReadableSwitch(Switch):
    """A bool that can be read, too."""

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else getattr(instance, self.field)
