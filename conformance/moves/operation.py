"""Moves that call an op of the vocabulary: into a new tensor, or in place."""

from __future__ import annotations

import functools
from typing import Any

import torch

from ..choice import Weighted
from ..guidance import feature
from ..hazard import confuses
from ..reading import is_tensor, memory_of
from ..state import CLASS_OF, Invalid, State
from ..statements import Op, Output, Ref, Statement
from ..vocabulary import ROWS, Row

TRIES = 6


@functools.cache
def rows_for(available: Any, in_place: bool) -> Weighted[tuple[Row, list[str]]] | None:
    """Weighted rows with the names of them that the subject has."""
    found = []
    for row in ROWS:
        names = row.in_place() if in_place else row.pure()
        names = [name for name in names if available(name)]
        if names:
            found.append((row.weight, (row, names)))
    return Weighted(found) if found else None


def drawn_row(state: State, in_place: bool) -> tuple[Row, str]:
    """A row, and one of the names it is written by; Invalid when the subject has none at all."""
    options = rows_for(state.available, in_place)
    if options is None:
        raise Invalid("the subject has no such op")

    def draw() -> tuple[Row, str]:
        row, names = options.pick(state.choice)
        return row, state.choice.pick(names)

    return state.rarer(draw, lambda drawn: feature(drawn[1]))


def apply(state: State) -> None:
    """out = op(...)"""
    row, name = drawn_row(state, in_place=False)
    apply_row(state, row, name)


def apply_row(state: State, row: Row, name: str) -> Any:
    """Draw arguments for a row and append the call; what it returns."""

    def draw() -> Op:
        args, kwargs = row.pattern(state, row)
        return called(state, name, args, kwargs)

    return append_call(state, state.rarer(draw, state.feature))


def append_call(state: State, statement: Op) -> Any:
    """Append a call with a name for each tensor that it gives; what it returns."""
    return state.call(statement, lambda result: bound_names(state, result))


def bound_names(state: State, result: Any) -> Any:
    """Names for a result: one, or one for each tensor of a short sequence."""
    if isinstance(result, tuple | list) and 0 < len(result) <= 4 and all(map(is_tensor, result)):
        return tuple(Output(state.name()) for _ in result)
    return Output(state.name())


def called(state: State, name: str, args: list[Any], kwargs: dict[str, Any]) -> Op:
    """The call of a name; an operator takes its two operands, at times a number on the left."""
    if name.startswith("operator."):
        operands = args[:2]
        number = len(operands) == 2 and not isinstance(operands[1], Ref)
        if number and not name.startswith("operator.i") and state.choice.chance(0.4):
            operands.reverse()
        return Op(name, tuple(operands))
    return Op(name, tuple(args), kwargs)


# --- in place ---------------------------------------------------------------------------------------------


def writable(tensor: Any) -> bool:
    """Whether an in-place op on a tensor is expected to be allowed."""
    if torch.is_grad_enabled() and tensor.requires_grad:
        base = tensor._base if tensor._is_view() else tensor
        if tensor.is_leaf or (base is not None and base.is_leaf and base.requires_grad):
            return False
    if tensor.is_inference() and not torch.is_inference_mode_enabled():
        return False
    if confuses(tensor):
        return False
    return not any(
        stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape, strict=True)
    )


def apply_in_place(state: State) -> None:
    """x.op_(...), on a tensor that may be a view, have views, or be saved by a node"""
    row, name = drawn_row(state, in_place=True)
    for _ in range(TRIES):
        args, kwargs = row.pattern(state, row)
        target = state.env[args[0].name]
        statement = called(state, name, args, kwargs)
        if statement.args[0] == args[0] and writable(target) and fits(state, row, args, kwargs, target):
            state.attempt(statement)
            return
    raise Invalid("no tensor to write to")


def fits(state: State, row: Row, args: list[Any], kwargs: dict[str, Any], target: Any) -> bool:
    """Whether the result of the op, made apart, can be written into its target."""
    if not row.overlaps and any(_shares(state.env[one.name], target) for one in args[1:]):
        return False
    name = next((name for name in row.pure() if not name.startswith("operator.")), None)
    if name is None:
        return True
    with torch.no_grad():
        try:
            result = Op(name, tuple(args), kwargs).execute(torch, dict(state.env), [])
        except Exception as error:
            state.dropped.append((Op(name, tuple(args), kwargs), error))
            return False
    return result.shape == target.shape and torch.can_cast(result.dtype, target.dtype)


def _shares(operand: Any, target: Any) -> bool:
    return memory_of(operand) == memory_of(target)


def copy_in_place(state: State) -> None:
    """x.copy_(y), x.zero_(), x.fill_(number)"""
    name = state.existing(lambda tensor: writable(tensor) and tensor.numel() > 0)
    if name is None:
        raise Invalid("no tensor to write to")
    target = state.env[name]
    kind = state.choice.integer(0, 2)
    statement: Statement
    if kind == 0:
        statement = Op("Tensor.zero_", (Ref(name),))
    elif kind == 1:
        number = state.choice.integer(0, 3)
        statement = Op("Tensor.fill_", (Ref(name), number))
    else:
        source = state.existing(lambda tensor: _copies(tensor, target))
        if source is None or source == name:
            raise Invalid("nothing to copy")
        statement = Op("Tensor.copy_", (Ref(name), Ref(source)))
    if not state.available(statement.name):
        raise Invalid("the subject has no such op")
    state.attempt(statement)


def _copies(source: Any, target: Any) -> bool:
    if CLASS_OF.get(str(source.dtype).rpartition(".")[2]) == "c" and not target.is_complex():
        return False
    pairs = zip(reversed(source.shape), reversed(target.shape), strict=False)
    return source.ndim <= target.ndim and all(a in (b, 1) for a, b in pairs)


def resize_in_place(state: State) -> None:
    """x.t_(), x.unsqueeze_(0), x.squeeze_(), x.transpose_(0, 1)"""
    name = state.existing(lambda tensor: writable(tensor) and tensor.ndim < 4)
    if name is None:
        raise Invalid("no tensor to change")
    x, choice = state.env[name], state.choice
    options = [("squeeze_", ()), ("unsqueeze_", (choice.integer(0, x.ndim),))]
    if x.ndim <= 2:
        options.append(("t_", ()))
    if x.ndim >= 2:
        options.append(("transpose_", (0, 1)))
    method, args = choice.pick(options)
    if not state.available(f"Tensor.{method}"):
        raise Invalid("the subject has no such op")
    state.attempt(Op(f"Tensor.{method}", (Ref(name), *args)))
