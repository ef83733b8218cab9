"""The statements of a program as the body of a function, with the data of its tensors bit for bit."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .statements import (
    ArrayLiteral,
    Attempt,
    Block,
    DefaultType,
    ModeUse,
    Print,
    Scope,
    Statement,
    TensorLiteral,
)
from .statements.argument import float_value, source
from .statements.tensor import nested

WIDTH = 96
# Dtypes that torch.tensor gives to Python numbers by itself, and those that do not hang on the default dtype.
INFERRED = ("float32", "complex64", "int64", "bool")
FIXED = ("int64", "bool")
PLAIN = re.compile(r"-?[0-9.]+[+-][0-9.]+j")


def indented(lines: Sequence[str]) -> list[str]:
    """The lines four spaces further in."""
    return [f"    {line}" for line in lines]


def block(
    statements: Sequence[Statement], bound: set[str] | None = None, inferred: Sequence[str] = INFERRED
) -> list[str]:
    """The lines of statements in a row; what is only printed is left out. `bound` are the names there are,
    `inferred` the dtypes that need not be said."""
    lines: list[str] = []
    bound = set() if bound is None else bound
    for statement in statements:
        if not isinstance(statement, Print):
            lines += listed(statement, bound, inferred)
        bound.update(statement.writes())
    return lines


def listed(statement: Statement, bound: set[str], inferred: Sequence[str] = INFERRED) -> list[str]:
    """The lines of one statement."""
    if isinstance(statement, TensorLiteral):
        return tensor(statement, inferred)
    if isinstance(statement, ArrayLiteral) and statement.data:
        return array(statement)
    if isinstance(statement, Attempt):
        inner = listed(statement.statement, bound, inferred)
        return ["try:", *indented(inner), "except Exception:", "    pass"]
    if isinstance(statement, Scope):
        within = FIXED if isinstance(statement, DefaultType) else inferred
        body = block(statement.body, set(bound), within)
        if isinstance(statement, Block) and statement.decorator:
            return _function(
                statement, bound, body, ["def decorated():", "decorated()"], statement.lines()[:1]
            )
        if isinstance(statement, ModeUse):
            return _function(statement, bound, body, ["def body():", statement.call()])
        return statement.framed(body)
    return statement.lines()


def _function(
    statement: Scope, bound: set[str], body: list[str], around: list[str], decorator: Sequence[str] = ()
) -> list[str]:
    """A body that is a function inside a function, so that the names it binds are nonlocal; then the call of it."""
    names = statement.writes()
    fresh = [name for name in names if name not in bound]
    head, call = around
    return [
        *([" = ".join([*fresh, "None"])] if fresh else []),
        *decorator,
        head,
        *([f"    nonlocal {', '.join(names)}"] if names else []),
        *indented(body or ["pass"]),
        call,
    ]


def tensor(made: TensorLiteral, inferred: Sequence[str] = INFERRED) -> list[str]:
    """`x0 = torch.tensor(...)`, over several lines where one is too short; `torch.zeros` where there is no number."""
    if not made.data:
        inferred = [dtype for dtype in inferred if dtype == "float32"]
    options = [] if made.dtype in inferred else [f"dtype=torch.{made.dtype}"]
    options += ["requires_grad=True"] if made.requires_grad else []
    if not made.data:
        return [f"{made.out} = torch.zeros({', '.join([source(tuple(made.shape)), *options])})"]
    return _call(f"{made.out} = torch.tensor", nested(made.numbers(), made.shape), options)


def array(made: ArrayLiteral) -> list[str]:
    """`a0 = numpy.array(...)`, over several lines where one is too short."""
    numbers = [float_value(value) if isinstance(value, str) else value for value in made.data]
    return _call(f"{made.out} = numpy.array", nested(numbers, made.shape), [f'dtype="{made.dtype}"'])


def _call(head: str, data: Any, options: list[str]) -> list[str]:
    line = f"{head}({', '.join([number(data), *options])})"
    if len(line) <= WIDTH:
        return [line]
    return [f"{head}(", *indented([*_rows(data), *(f"{option}," for option in options)]), ")"]


def _rows(data: Any) -> list[str]:
    """Nested lists over several lines, each ending with a comma."""
    line = number(data)
    if len(line) <= WIDTH - 8:
        return [f"{line},"]
    if isinstance(data[0], list):
        inner = [row for item in data for row in _rows(item)]
    else:
        inner = textwrap.wrap(line[1:-1] + ",", WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return ["[", *indented(inner), "],"]


def number(value: Any) -> str:
    """A number as text that keeps its bits: decimal where that is exact, otherwise hexadecimal."""
    if isinstance(value, list):
        return f"[{', '.join(map(number, value))}]"
    if isinstance(value, complex):
        parts = [number(value.real), number(value.imag)]
        plain = repr(value).strip("()")
        short = PLAIN.fullmatch(plain) and not any(part.startswith(("-0.0", "fromhex")) for part in parts)
        return plain if short else f"complex({', '.join(parts)})"
    if not isinstance(value, float):
        return repr(value)
    text = repr(value)
    if text.endswith(("inf", "nan")):
        return f'float("{text}")'
    if Decimal(text) == Decimal(value) and len(text) <= 8:
        return text
    return f'fromhex("{re.sub(r"[.]?0*p", "p", value.hex())}")'
