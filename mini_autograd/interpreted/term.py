"""What a function of real arrays computes, as source text: it is called with terms in the place of the arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from mini_autograd.dtypes import float32, float64
from mini_autograd.interpreted.elementwise import is_plain, kernel_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import INTERNAL


class Unwritten(Exception):
    """It does what no text here can say."""


class Kind:
    """The dtype of a term, of which no more is known than that it is real; a number beside a term takes that."""

    kind = "f"

    @staticmethod
    def type(value: Any) -> Any:
        return value


class Term:
    """An expression; operators and ufuncs make it part of a longer one."""

    __slots__ = ("text",)

    dtype = Kind

    def __init__(self, text: str) -> None:
        self.text = text

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise Unwritten(f"{ufunc.__name__}.{method}")
        if ufunc is np.conjugate:
            return inputs[0]
        texts = [written(one) for one in inputs]
        if ufunc in SYMBOLS:
            return Term(f"({texts[0]} {SYMBOLS[ufunc]} {texts[1]})")
        if getattr(np, ufunc.__name__, None) is not ufunc:
            raise Unwritten(ufunc.__name__)
        return Term(f"np.{ufunc.__name__}({', '.join(texts)})")

    def __bool__(self) -> bool:
        raise Unwritten("a condition")

    def __eq__(self, other: object) -> bool:
        raise Unwritten("a comparison")

    __hash__ = None  # type: ignore[assignment]

    def conjugate(self) -> Term:
        return self

    def __neg__(self) -> Term:
        return Term(f"(-{self.text})")

    def __add__(self, other: Any) -> Term:
        return Term(f"({self.text} + {written(other)})")

    def __radd__(self, other: Any) -> Term:
        return Term(f"({written(other)} + {self.text})")

    def __sub__(self, other: Any) -> Term:
        return Term(f"({self.text} - {written(other)})")

    def __rsub__(self, other: Any) -> Term:
        return Term(f"({written(other)} - {self.text})")

    def __mul__(self, other: Any) -> Term:
        return Term(f"({self.text} * {written(other)})")

    def __rmul__(self, other: Any) -> Term:
        return Term(f"({written(other)} * {self.text})")

    def __truediv__(self, other: Any) -> Term:
        return Term(f"({self.text} / {written(other)})")

    def __rtruediv__(self, other: Any) -> Term:
        return Term(f"({written(other)} / {self.text})")


# Where derivatives are that are too long for a row.
BACKWARD = "mini_autograd.backward"
SYMBOLS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/"}


def written(value: Any) -> str:
    if isinstance(value, Term):
        return value.text
    if (type(value) is float or type(value) is int) and value:
        return f"numbers[{value!r}]"
    raise Unwritten(repr(value))


class Numbers(dict):
    """Numbers as ``make`` makes them, each when it is asked for the first time."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, value: complex) -> Any:
        made = self[value] = self.make(value)
        return made


# A number beside an array costs less as an array, beside another number as one of its type.
NUMBERS = {
    (kind, array): Numbers(partial(np.array, dtype=kind.numpy) if array else kind.numpy.type)
    for kind in (float32, float64)
    for array in (False, True)
}


class Kernels:
    """Stands for ``F`` in a formula: each op is its kernel."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        op = INTERNAL[name].overloads[0]
        if not is_plain(op):
            raise Unwritten(name)
        found: Callable[..., Any] = kernel_of(op)
        return found

    def pow(self, base: Any, exponent: Any) -> Any:
        return kernel.pow_scalar(base, exponent)


def itself(value: Any) -> Any:
    """The conjugate of what is real."""
    return value


def times(grad: Any, factor: Any) -> Any:
    """As formulas have it, but that the number is not known yet."""
    return Term(f"times({written(grad)}, {written(factor)})")


NAMES: dict[str, Any] = {"F": Kernels(), "conj": itself, "times": times}


class Module:
    """Stands for a module of derivatives."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return rebound(getattr(self._module, name))


def rebound(value: Any) -> Any:
    """What a name stands for while terms are in the place of tensors; only what is known to make do with them."""
    if isinstance(value, FunctionType) and value.__module__.startswith(BACKWARD):
        return retold(value)
    if isinstance(value, ModuleType) and value.__name__.startswith(BACKWARD):
        return Module(value)
    return value if type(value) in (float, int) else None


def retold(function: FunctionType) -> FunctionType:
    """The function with its module's names bound anew."""
    names = {
        name: rebound(value)
        for name, value in function.__globals__.items()
        if name in function.__code__.co_names
    }
    return FunctionType(function.__code__, names | NAMES, None, function.__defaults__)


def text_of(formula: Any, values: list[str]) -> str | None:
    """What the formula makes of the values that these names have; None if that cannot be said in a line."""
    if not isinstance(formula, FunctionType) or formula.__closure__:
        return None
    try:
        result = retold(formula)(*[Term(value) for value in values])
    except Exception:  # whatever it was that needs a tensor
        return None
    return result.text if isinstance(result, Term) else None
