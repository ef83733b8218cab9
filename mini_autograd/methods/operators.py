"""Attaches to Tensor its methods and operators, from the rows, and its properties."""

from __future__ import annotations

from mini_autograd.op.declare import INTERNAL, METHODS
from mini_autograd.op.operator import binary, method, unary
from mini_autograd.tensor import Tensor

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder",
    "matmul": "matmul", "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip
UNARY = {"neg": "neg", "pos": "positive", "invert": "bitwise_not", "abs": "abs"}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")

def attach() -> None:
    """Give Tensor a method for every row that has one, and Python's operators."""
    for name, packet in METHODS.items():
        setattr(Tensor, name, method(packet))
    for special, name in UNARY.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", unary(INTERNAL[name]))
    for special, name in OPERATORS.items():
        if name in INTERNAL:
            setattr(Tensor, f"__{special}__", binary(INTERNAL[name]))
        if f"{name}_" in INTERNAL and special not in COMPARISONS:
            setattr(Tensor, f"__i{special}__", binary(INTERNAL[f"{name}_"]))
