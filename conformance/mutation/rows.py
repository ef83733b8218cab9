"""Mutants by rule: for each common row the same things are wrong, where it has what can be."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

from . import row_change as change
from . import survey
from .library import part
from .mutant import Family, Mutant

Context = contextlib.AbstractContextManager[None]

# Rows that programs often differentiate, by the name of their schema.
ROWS = (
    "mul.Tensor", "add.Tensor", "sub.Tensor", "div.Tensor", "neg", "sin", "cos", "exp", "log", "tanh", "sqrt",
    "sigmoid", "relu", "abs", "pow.Tensor_Scalar", "sum", "sum.dim_IntList", "mean", "mean.dim", "logsumexp",
    "_softmax", "_log_softmax", "cumsum", "amax", "mm", "mv", "bmm", "dot", "addmm", "cat", "stack", "select.int",
    "slice.Tensor", "index.Tensor", "gather", "scatter_add", "index_select", "view", "permute", "transpose.int", "t",
    "expand", "unsqueeze", "squeeze", "split.Tensor", "unbind.int", "diagonal", "as_strided", "alias", "clone",
    "_conj", "view_as_real", "where.self", "masked_fill.Scalar", "clamp", "linalg_vector_norm",
    "convolution", "native_layer_norm", "nll_loss_forward", "expm1", "hypot", "addcmul", "sort",
)  # fmt: skip

# Their results have at most one dimension, and so lie in one way only.
FLAT = frozenset(("sum", "mean", "mv", "dot", "nll_loss_forward"))
# What tells one row from another least is put into every third only.
SOME = frozenset(ROWS[::3])


def row_mutants() -> Iterator[Mutant]:
    """All mutants by rule."""
    for name in ROWS:
        sources = (
            (wrong_derivatives(name), (survey.derived(name), survey.pushed(name))),
            (wrong_results(name), (survey.run(name),)),
            (wrong_tangents(name), (survey.pushed(name),)),
            (wrong_records(name), (survey.run(name),)),
        )
        for wrongs, places in sources:
            for what, family, put in wrongs:
                yield Mutant(f"{name}: {what}", family, put, places)


@cache
def rows() -> dict[str, list[Any]]:
    """Every row out of place, with the copies of it that functions and methods have, by the name of its schema."""
    declare = part("op.declare")
    found: dict[str, list[Any]] = {}
    tables = (declare.INTERNAL, declare.FUNCTIONS, declare.METHODS, declare.NN, declare.FFT, declare.SPECIAL)
    for row in (row for table in tables for packet in table.values() for row in packet.overloads):
        copies = found.setdefault(row.schema.full_name, [])
        if not row.in_place and row not in copies:
            copies.append(row)
    return found


@contextlib.contextmanager
def in_all(things: Sequence[Any], put: Callable[[Any], Context]) -> Iterator[None]:
    """All things, as a row and its copies, changed in one way."""
    with contextlib.ExitStack() as contexts:
        for one in things:
            contexts.enter_context(put(one))
        yield


Wrong = tuple[str, Family, Callable[[], Context]]


def wrong_derivatives(name: str) -> Iterator[Wrong]:
    """What is wrong with the gradients that a row gives: those of its first argument, or of its last."""
    formulas = change.formulas_of(rows()[name][0])
    if not formulas:
        return
    first, last = formulas[0], formulas[-1]
    for what, family, formula, how, rows_concerned in (
        ("gradient of another sign", Family.FACTOR, first, change.negated, ROWS),
        ("gradient doubled", Family.FACTOR, last, change.doubled, SOME),
        ("gradient averaged", Family.REDUCTION, first, change.averaged, SOME),
        ("gradient None", Family.NO_GRADIENT, last, change.none, ROWS),
        ("gradient zero", Family.NO_GRADIENT, first, change.zeroed, SOME),
        ("gradient without history", Family.DOUBLE, first, change.detached, ROWS),
    ):
        if name in rows_concerned:
            yield what, family, partial(change.on_gradients, formula, how)
    if any({"conj"} & set(one.function.__code__.co_names) for one in formulas):
        yield "nothing conjugated", Family.CONJUGATE, partial(in_all, formulas, change.unconjugated)
    yield from swapped_derivatives(name, formulas)


def swapped_derivatives(name: str, formulas: Sequence[Any]) -> Iterator[Wrong]:
    """Derivatives that are those of another argument, or take one value for another."""
    row = rows()[name][0]
    rowwise = part("op.row")
    if row.joint is None and len(formulas) > 1:
        other = (row.formulas[1], row.formulas[0], *row.formulas[2:])
        yield "derivatives swapped", Family.OPERAND, partial(swapped_formulas, name, other)
    kept = [slot + 1 for slot, save in enumerate(row.saves) if save.kind in (rowwise.TENSOR, rowwise.OUTPUT)]
    for formula in formulas:
        mine = [slot for slot in formula.slots if slot in kept]
        if len(mine) > 1:
            exchange = {mine[0]: mine[1], mine[1]: mine[0]}
            slots = tuple(exchange.get(slot, slot) for slot in formula.slots)
            yield "saved values swapped", Family.OPERAND, partial(change.with_fields, [formula], slots=slots)
            break
    for slot, save in enumerate(row.saves):
        if save.name == "dim" and save.kind == rowwise.PLAIN:
            used = [one for one in formulas if slot + 1 in one.slots]
            put = partial(change.on_value, used[0], slot + 1, change.other_dim)
            yield "gradient along another dim", Family.REDUCTION, put


def swapped_formulas(name: str, formulas: tuple) -> Context:
    return change.with_fields(rows()[name], formulas=formulas)


def wrong_results(name: str) -> Iterator[Wrong]:
    """What is wrong with the tensors that a row gives."""
    row = rows()[name][0]
    tensors = part("op.row")
    if row.alias >= 0:
        yield "a copy for a view", Family.LAYOUT, partial(in_all, rows()[name], not_a_view)
    else:
        if name in SOME:
            yield "values a little off", Family.FACTOR, in_each(name, change.on_result, change.off)
        kinds = change.widened if row.n_outputs == 1 else (change.widened, *(None,) * (row.n_outputs - 1))
        if row.result_dtype is None and row.rule != tensors.AS_IS:
            put = partial(change.with_fields, rows()[name], result_dtype=kinds)
            yield "result of another dtype", Family.DTYPE, put
        if row.elementwise:
            put = partial(change.with_fields, rows()[name], elementwise=0)
            yield "strides as the kernel has them", Family.LAYOUT, put
        elif name not in FLAT:
            yield "result laid out otherwise", Family.LAYOUT, in_each(name, change.on_result, change.turned)
    if "dim" in row.names and row.names.index("dim") not in row.tensors:
        put = partial(in_all, rows()[name], partial(along_another, position=row.names.index("dim")))
        yield "along another dim", Family.REDUCTION, put


def wrong_tangents(name: str) -> Iterator[Wrong]:
    """What is wrong with the tangents that a row gives."""
    if rows()[name][0].jvp is not None:
        yield "tangent dropped", Family.FORWARD, partial(change.with_fields, rows()[name], jvp="zero")
        if name in SOME:
            yield (
                "tangent of another sign",
                Family.FORWARD,
                partial(in_all, rows()[name], change.negated_tangents),
            )


def in_each(
    name: str, put: Callable[[Any, change.Change], Context], how: change.Change
) -> Callable[[], Context]:
    return partial(in_all, rows()[name], lambda row: put(row, how))


def along_another(row: Any, position: int) -> Context:
    return change.on_argument(row, position, change.other_dim)


@contextlib.contextmanager
def not_a_view(row: Any) -> Iterator[None]:
    """Elements, with a history, of their own."""
    if row.multi_view:
        with change.on_result(row, change.copied):
            yield
    else:
        with change.on_result(row, change.copied), change.with_fields([row], alias=-1):
            yield


def wrong_records(name: str) -> Iterator[Wrong]:
    """What is wrong with the node of a row."""
    row, everywhere = rows()[name][0], rows()[name]
    if name in SOME:
        yield (
            "node of another name",
            Family.GRAPH,
            partial(change.with_fields, everywhere, node_name="Backward"),
        )
        yield "not recorded", Family.FLAG, partial(change.with_fields, everywhere, differentiable=())
    shown = [save for save in row.saves if f"_saved_{save.name}" in vars(row.node_class)]
    if shown:
        gone = f"_saved_{shown[0].name}"
        yield f"no {gone}", Family.SAVED, partial(change.without, row.node_class, gone)
    guarded = [save for save in row.saves if save.guard >= 0]
    if guarded:
        put = partial(change.with_fields, guarded, guard=-1)
        yield "values saved that nothing needs", Family.SAVED, put
    if row.check is not None:
        yield "arguments not checked", Family.ERROR, partial(change.with_fields, everywhere, check=None)
