"""Python's operators, each by the ufunc of its name."""

from __future__ import annotations

from typing import Any

import numpy as np

BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "lshift": "left_shift",
    "rshift": "right_shift",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "divmod": "divmod",
}
COMPARISONS = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}
UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}


def ufunc(name: str) -> Any:
    from . import namespace

    return getattr(namespace.of("cupy"), name)


def _takes_over(other: object) -> bool:
    """Whether the other operand asks for its own reflected method, as numpy's protocol lets it."""
    if isinstance(other, (np.ndarray, np.generic)):
        return False
    protocol: Any = getattr(type(other), "__array_ufunc__", 0)
    return protocol is None or (
        not hasattr(type(other), "__array_ufunc__") and getattr(other, "__array_priority__", 0) > 100
    )


def _binary(name: str) -> tuple[Any, Any, Any]:
    def forward(self: Any, other: Any) -> Any:
        return NotImplemented if _takes_over(other) else ufunc(name)(self, other)

    def reflected(self: Any, other: Any) -> Any:
        return NotImplemented if _takes_over(other) else ufunc(name)(other, self)

    def inplace(self: Any, other: Any) -> Any:
        return NotImplemented if _takes_over(other) else ufunc(name)(self, other, self)

    return forward, reflected, inplace


def _equality(name: str, answer: str) -> Any:
    def compare(self: Any, other: Any) -> Any:
        if _takes_over(other):
            return NotImplemented
        if getattr(type(other), "__eq__", None) is getattr(object, "__eq__", None):
            # None, Ellipsis and the like are equal to no element.
            return ufunc(answer)(self.shape, np.bool_)
        return ufunc(name)(self, other)

    return compare


def _unary(name: str) -> Any:
    return lambda self: ufunc(name)(self)


class Operators:
    __slots__ = ()

    __eq__ = _equality("equal", "zeros")
    __ne__ = _equality("not_equal", "ones")

    def __matmul__(self, other: Any) -> Any:
        return NotImplemented if _takes_over(other) else ufunc("matmul")(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return NotImplemented if _takes_over(other) else ufunc("matmul")(other, self)


for _short, _name in BINARY.items():
    for _prefix, _method in zip(("", "r", "i"), _binary(_name), strict=True):
        if (_prefix, _short) != ("i", "divmod"):
            setattr(Operators, f"__{_prefix}{_short}__", _method)
for _short, _name in COMPARISONS.items():
    setattr(Operators, f"__{_short}__", _binary(_name)[0])
for _short, _name in UNARY.items():
    setattr(Operators, f"__{_short}__", _unary(_name))
