"""Attaches to Tensor its methods and operators, from the rows, and its properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.data import from_numpy
from mini_autograd.kernels.shared import nested
from mini_autograd.op.binding import Packet, call, is_number
from mini_autograd.op.declare import INTERNAL, METHODS
from mini_autograd.op.operator import binary, method, unary
from mini_autograd.tensor import Tensor, TensorBase

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip
UNARY = {"neg": "neg", "pos": "positive", "invert": "_invert", "abs": "abs"}
# ``2 - x`` is an op of its own, ``2 / x`` two of them; other reflected operators are the operator or its exchange.
REFLECTED = {
    "add": "add", "mul": "mul", "sub": "rsub", "truediv": "_reciprocal_times",
    "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
}  # fmt: skip
EXCHANGED = ("floordiv", "mod", "pow", "lshift", "rshift")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
BINARY = (*OPERATORS, "matmul", *(f"r{special}" for special in (*REFLECTED, *EXCHANGED, "matmul")))


def attach() -> None:
    """Give Tensor a method for every row that has one, and Python's operators."""
    for name, packet in METHODS.items():
        setattr(Tensor, name, method(packet))
    for special, name in UNARY.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", unary(INTERNAL[name]))
    for special, name in OPERATORS.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", binary(operator_of(name, special), OTHERWISE.get(special)))
        if f"{name}_" in INTERNAL and special not in COMPARISONS:
            setattr(Tensor, f"__i{special}__", binary(operator_of(f"{name}_", f"i{special}")))
    for special, name in REFLECTED.items():
        setattr(Tensor, f"__r{special}__", binary(INTERNAL[name], OTHERWISE.get(f"r{special}")))
    for special in EXCHANGED:
        if OPERATORS[special] in INTERNAL:
            setattr(Tensor, f"__r{special}__", exchanged(INTERNAL[OPERATORS[special]]))
    cls: Any = Tensor
    cls.__matmul__, cls.__rmatmul__ = matmul, rmatmul
    for special in (*BINARY, *UNARY, *(f"i{special}" for special in OPERATORS)):
        operator = vars(cls).get(f"__{special}__")
        if operator is not None:
            operator.__name__ = f"__{special}__"
    cls.__rtruediv__.__name__ = "__rdiv__"  # as torch has it
    # Names of Python 2 that torch still has.
    for special in ("div", "idiv", "rdiv"):
        setattr(Tensor, f"__{special}__", getattr(Tensor, f"__{special.replace('div', 'truediv')}__"))
    # Equality is elementwise, so a tensor is a key by what it is.
    Tensor.__hash__ = identity  # type: ignore[assignment, method-assign]


def operator_of(name: str, special: str) -> Packet:
    """The function that an operator is; those on bits torch has under the operator's name."""
    packet = INTERNAL[name]
    return packet.spelled(f"__{special}__") if name.startswith("bitwise") else packet


def equals_array(self: TensorBase, other: Any) -> Any:
    """``tensor == array``: no other operator takes an array for a tensor."""
    if not nested.is_array(other):
        return NotImplemented
    try:
        return INTERNAL["eq"](self, from_numpy(other))
    except TypeError:
        return NotImplemented


def divides(self: TensorBase, other: Any) -> Any:
    """``other / tensor``: the reciprocal of the tensor times whatever ``other`` is."""
    try:
        return INTERNAL["reciprocal"](self) * other
    except TypeError:
        return NotImplemented


# What operators do with what is neither a tensor nor a number.
OTHERWISE = {"eq": equals_array, "rtruediv": divides}


def exchanged(packet: Packet) -> Callable[..., Any]:
    """``other ** tensor``; NotImplemented where ``other`` is neither a tensor nor a number."""

    def operator(self: TensorBase, other: object) -> Any:
        if isinstance(other, TensorBase) or is_number(other):
            return call(packet, (other, self), {})
        return NotImplemented

    return operator


def matmul(self: TensorBase, other: object) -> Any:
    """``tensor @ other``; NotImplemented where ``other`` is no tensor."""
    return call(INTERNAL["matmul"], (self, other), {}) if isinstance(other, TensorBase) else NotImplemented


def rmatmul(self: TensorBase, other: object) -> Any:
    return call(INTERNAL["matmul"], (other, self), {}) if isinstance(other, TensorBase) else NotImplemented


def identity(self: Tensor) -> int:
    return id(self)
