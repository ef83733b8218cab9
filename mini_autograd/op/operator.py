"""The callables that become methods and operators of Tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.op import binding
from mini_autograd.op.binding import NO_KEYWORDS, Packet
from mini_autograd.tensor import TensorBase


def method(packet: Packet) -> Callable[..., Any]:
    """``tensor.name(...)``."""

    def bound(self: TensorBase, /, *args: Any, **kwargs: Any) -> Any:
        if not args:
            return binding.call(packet, (self,), kwargs)
        return binding.call(packet, (self, *args), kwargs)

    bound.__name__ = bound.__qualname__ = packet.name
    return bound


def unary(packet: Packet) -> Callable[..., Any]:
    """``-tensor``."""

    def operator(self: TensorBase) -> Any:
        return binding.call(packet, (self,), NO_KEYWORDS)

    return operator


def binary(packet: Packet, otherwise: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """``tensor * other``; ``otherwise``, or NotImplemented, where ``other`` is neither a tensor nor a number."""

    def operator(self: TensorBase, other: object) -> Any:
        if isinstance(other, TensorBase):
            return binding.call_pair(packet, self, other)
        if binding.is_number(other):
            return binding.call(packet, (self, other), NO_KEYWORDS)
        return NotImplemented if otherwise is None else otherwise(self, other)

    return operator
