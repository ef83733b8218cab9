"""Reads a row's formulas: the names of their parameters say what the node saves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.row import (
    ARGSIZE,
    FROM_END,
    GEOMETRY,
    INFO,
    NDIM,
    NUMEL,
    OUTPUT,
    OUTPUT_SIZE,
    PLAIN,
    SIZES,
    STRIDES,
    TENSOR,
    TENSORS,
    Formula,
    Op,
    Save,
)

__all__ = ["F", "parameters", "read_formulas"]

# What a formula may take of an argument other than its value: the value's layout, kept without the value.
SUFFIXES = {
    "_sym_sizes": SIZES,
    "_sym_sizes_opt": SIZES,
    "_sym_strides": STRIDES,
    "_sym_numel": NUMEL,
    "_dim": NDIM,
    "_geometry": GEOMETRY,
    "_info": INFO,
}
SIZE_OF = re.compile(r"(\w+)_sym_argsize_(minus_)?(\d)")
SPECIAL = {"grad": 0, "grads": -1, "needs": -2}


def parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a plain function's positional parameters, compiled or not."""
    code: Any = function.__code__
    return tuple(code.co_varnames[: code.co_argcount])


def read_formulas(op: Op, formulas: dict[str, Callable[..., Any]], joint: tuple | None) -> None:
    """Fill in ``op.differentiable``, ``formulas``, ``joint`` and ``saves``; ValueError naming the row on a
    bad name."""
    given = dict(formulas)
    positions = sorted(op.names.index(name) if name in op.names else bad(op, name) for name in given)
    used: dict[str, list[int]] = {}
    if joint is not None:
        positions = sorted(op.names.index(name) if name in op.names else bad(op, name) for name in joint[0])
    op.differentiable = tuple(positions)
    functions = [joint[1]] if joint is not None else [given[op.names[position]] for position in positions]
    for order, function in enumerate(functions):
        for name in parameters(function):
            if name not in SPECIAL:
                used.setdefault(name, []).append(order if joint is None else -1)
    saves = [make_save(op, name, users, len(functions)) for name, users in used.items()]
    # Inputs first, each by name: of the first that was written torch tells that it was.
    op.saves = tuple(sorted(saves, key=lambda save: (save.kind == OUTPUT, save.name)))
    slots = SPECIAL | {save.name: slot + 1 for slot, save in enumerate(op.saves)}
    compiled = [Formula(f, tuple([slots[name] for name in parameters(f)])) for f in functions]
    if joint is not None:
        op.joint = compiled[0]
    else:
        op.formulas = tuple(compiled)
        # torch comes to them in the order of the names, which says in what order their own gradients add up.
        op.formula_order = tuple(sorted(range(len(compiled)), key=lambda index: op.names[positions[index]]))


def make_save(op: Op, name: str, users: list[int], count: int) -> Save:
    # Kept unconditionally when several formulas use it, when there is but one, or in a derivative: torch's
    # rule.
    guard = users[0] if count > 1 and len(users) == 1 and "backward" not in op.name else -1
    if name in op.names:
        position = op.names.index(name)
        argument = op.arguments[position]
        if argument.kind != "Tensor":
            return Save(name, PLAIN, position, -1)
        return Save(name, TENSORS if argument.is_list else TENSOR, position, guard)
    if name in op.output_names:
        return Save(name, OUTPUT, op.output_names.index(name), -1)
    for suffix, kind in SUFFIXES.items():
        if name.removesuffix(suffix) in op.names:
            return Save(name, kind, op.names.index(name.removesuffix(suffix)), -1)
    size_of = SIZE_OF.fullmatch(name)
    if size_of is not None and size_of[1] in op.names:
        kind = FROM_END - int(size_of[3]) if size_of[2] else ARGSIZE + int(size_of[3])
        return Save(name, kind, op.names.index(size_of[1]), -1)
    if size_of is not None and size_of[2] and size_of[1] in op.output_names:
        return Save(name, OUTPUT_SIZE + int(size_of[3]), op.output_names.index(size_of[1]), -1)
    return bad(op, name)


def bad(op: Op, name: str) -> Any:
    raise ValueError(
        f"{op.schema}: a formula names {name!r}, which is no argument, no output and none of "
        f"<argument>{', <argument>'.join(SUFFIXES)} and <argument>_sym_argsize_<n>, <argument>_sym_argsize_minus_<n>"
    )
