"""The statements of a program as the body of a function, with the data of its tensors bit for bit."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .statements import ArrayLiteral, Attempt, Block, ModeUse, Print, Scope, Statement, TensorLiteral
from .statements.argument import float_value
from .statements.tensor import nested

WIDTH = 96
INFERRED = ("float32", "int64", "bool")  # dtypes that torch.tensor gives to Python numbers by itself


def indented(lines: Sequence[str]) -> list[str]:
    """The lines four spaces further in."""
    return [f"    {line}" for line in lines]


def block(statements: Sequence[Statement], bound: set[str] | None = None) -> list[str]:
    """The lines of statements in a row; what is only printed is left out. `bound` are the names there are."""
    lines: list[str] = []
    bound = set() if bound is None else bound
    for statement in statements:
        if not isinstance(statement, Print):
            lines += listed(statement, bound)
        bound.update(statement.writes())
    return lines


def listed(statement: Statement, bound: set[str]) -> list[str]:
    """The lines of one statement."""
    if isinstance(statement, TensorLiteral) and statement.data:
        return tensor(statement)
    if isinstance(statement, ArrayLiteral) and statement.data:
        return array(statement)
    if isinstance(statement, Attempt):
        return ["try:", *indented(listed(statement.statement, bound)), "except Exception:", "    pass"]
    if isinstance(statement, Block) and statement.decorator:
        return _function(statement, bound, ["def decorated():", "decorated()"], statement.lines()[:1])
    if isinstance(statement, ModeUse):
        return _function(statement, bound, ["def body():", statement.call()])
    if isinstance(statement, Scope):
        return statement.framed(block(statement.body, bound))
    return statement.lines()


def _function(
    statement: Scope, bound: set[str], around: list[str], decorator: Sequence[str] = ()
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
        *indented(block(statement.body, bound) or ["pass"]),
        call,
    ]


def tensor(made: TensorLiteral) -> list[str]:
    """`x0 = torch.tensor(...)`, over several lines where one is too short."""
    options = [] if made.dtype in INFERRED else [f"dtype=torch.{made.dtype}"]
    options += ["requires_grad=True"] if made.requires_grad else []
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
        return f"complex({number(value.real)}, {number(value.imag)})"
    if not isinstance(value, float):
        return repr(value)
    text = repr(value)
    if text.endswith(("inf", "nan")):
        return f'float("{text}")'
    if Decimal(text) == Decimal(value) and len(text) <= 8:
        return text
    return f'fromhex("{re.sub(r"[.]?0*p", "p", value.hex())}")'
