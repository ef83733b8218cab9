"""Attaches to Tensor its methods and operators, from the rows, and its properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.op.binding import NUMBERS, Packet, call
from mini_autograd.op.declare import INTERNAL, METHODS
from mini_autograd.tensor import Tensor, TensorBase

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "matmul": "matmul", "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip
UNARY = {"neg": "neg", "pos": "positive", "invert": "bitwise_not", "abs": "abs"}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
# Reflected operators that are not the operator with its operands exchanged.
REFLECTED = {
    "sub": lambda self, other: INTERNAL["rsub"](self, other),
    "truediv": lambda self, other: INTERNAL["mul"](INTERNAL["reciprocal"](self), other),
}


def method(packet: Packet) -> Callable[..., Any]:
    def bound(self: TensorBase, *args: Any, **kwargs: Any) -> Any:
        return call(packet, (self, *args), kwargs)

    bound.__name__ = bound.__qualname__ = packet.name
    return bound


def binary(packet: Packet) -> Callable[..., Any]:
    def operator(self: TensorBase, other: object) -> Any:
        if not isinstance(other, (TensorBase, *NUMBERS)) and not hasattr(other, "dtype"):
            return NotImplemented
        return call(packet, (self, other), {})

    return operator


def reflected(packet: Packet) -> Callable[..., Any]:
    def operator(self: TensorBase, other: object) -> Any:
        return call(packet, (INTERNAL["scalar_tensor_like"](self, other), self), {})

    return operator


def attach() -> None:
    """Give Tensor a method for every row that has one, and Python's operators."""
    for name, packet in METHODS.items():
        setattr(Tensor, name, method(packet))
    for special, name in UNARY.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", method(INTERNAL[name]))
    for special, name in OPERATORS.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", binary(INTERNAL[name]))
        if f"{name}_" in INTERNAL and special not in COMPARISONS:
            setattr(Tensor, f"__i{special}__", binary(INTERNAL[f"{name}_"]))
