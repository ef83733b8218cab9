"""Moves that apply custom Functions of the fixed set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..choice import Weighted
from ..hazard import confuses
from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Apply, Output, Ref, Statement
from .operation import writable


@dataclass(frozen=True, slots=True)
class Row:
    """How some Functions are used: a letter for each argument, and how many outputs they have.

    ``x``: a floating tensor, ``m``: one with dimensions, ``s``: one that can be sorted, ``w``: one that can be written
    to, ``v``: one that moreover keeps no gradient, ``y``: another like the first, ``n``: a small integer, ``l``: a
    list of two tensors, ``t``: a tuple with one.
    """

    arguments: str
    outputs: int
    names: tuple[str, ...]


ROWS = (
    Row(
        "x",
        1,
        (
            *("cube", "exponential", "kept_apart", "between", "on_itself", "looked_at_once", "written_later"),
            *("straight_through", "nothing_back", "spread_back", "wider_back", "whole_back", "by_vjp"),
            *("as_it_is", "as_it_is_and_saved", "pure_view", "detached", "with_history", "new_leaf"),
            *("constant", "part_of_fresh", "transposed", "in_a_list", "with_number", "dirty_result"),
            *("once", "another_in_backward", "another_in_forward", "pass_in_backward", "pass_in_forward"),
            *("derived", "hooked", "view_by_jvp", "as_it_is_by_jvp"),
        ),
    ),
    Row("x", 2, ("unfilled", "boxed", "as_it_is_twice", "same_twice", "constant_input", "constant_by_jvp")),
    Row("m", 1, ("part", "constant_part")),
    Row("m", 2, ("parts", "whole_and_part")),
    Row("s", 2, ("sorted_with_order",)),
    Row("x", 3, ("half_filled",)),
    Row("x", 4, ("filled",)),
    Row("xn", 1, ("scale", "with_names", "kept_apart")),
    Row("xn", 2, ("cube_by_jvp",)),
    Row(
        "xy",
        1,
        ("recomputed", "changes_gradient", "same_back", "once_of_several", "unfilled_by_jvp", "kept_apart"),
    ),
    Row("xy", 2, ("product", "product_by_jvp")),
    Row("xny", 1, ("with_names",)),
    Row("lty", 1, ("in_lists",)),
    Row(
        "w",
        1,
        (
            *("doubled_in_place", "doubled_in_place", "exponential_in_place", "in_place_without_gradient"),
            *("constant_in_place", "unmarked_in_place", "not_returned", "in_place_by_jvp"),
        ),
    ),
    Row("v", 2, ("in_place_and_more",)),
    Row("wy", 1, ("multiplied_in_place", "second_in_place")),
)
DUAL = (
    Row("x", 1, ("view_by_jvp", "as_it_is_by_jvp", "copy_for_view", "tangent_for_constant", "cube")),
    Row("x", 1, ("too_many_tangents", "tangent_of_wrong_shape", "as_it_is", "part_of_fresh")),
    Row("x", 2, ("constant_by_jvp",)),
    Row("xn", 2, ("cube_by_jvp",)),
    Row("xy", 2, ("product_by_jvp",)),
    Row("xy", 1, ("unfilled_by_jvp",)),
    Row("w", 1, ("in_place_by_jvp", "copy_for_in_place")),
)
MISTAKES = (
    Row(
        "x",
        1,
        (
            *("too_many_gradients", "gradient_of_wrong_shape", "gradient_that_is_none", "gradient_in_a_list"),
            *("complex_gradient", "fails_forward", "fails_backward", "saves_a_number", "saves_a_list"),
            *("saves_a_number_for_forward", "fills_by_number", "shares_storage", "saved_as_it_is"),
            *("without_backward", "without_forward", "with_two_backwards", "without_argument"),
            *("of_old_style", "instance", "instance_applied", "with_names", "product", "copy_for_view"),
        ),
    ),
    Row("x", 2, ("two_pure_views",)),
    Row(
        "xn",
        1,
        (
            *("too_few_gradients", "gradient_of_a_number", "marks_numbers", "kept_from_writing"),
            *("read_from_function", "cube", "straight_through"),
        ),
    ),
)
# Names under which arguments are given at times, some of them wrong.
KEYWORDS = {
    "scale": ("x", "factor"),
    "with_names": ("x", "factor", "y"),
    "product": ("x", "y"),
    "kept_apart": ("x", "y"),
    "cube": ("x", "y"),
    "straight_through": ("x", "n"),
}


def by_name(rows: tuple[Row, ...]) -> Weighted[tuple[str, Row]]:
    """Each name with its row, all as likely."""
    return Weighted((1, (name, row)) for row in rows for name in row.names)


EACH, EACH_DUAL, EACH_MISTAKE = by_name(ROWS), by_name(DUAL), by_name(MISTAKES)


def apply(state: State) -> None:
    """y = cube(torch, events).apply(x)"""
    state.need("autograd.Function")
    state.attempt(drawn(state, EACH))


def apply_dual(state: State) -> None:
    """The same with a Function that is about forward mode."""
    state.need("autograd.Function")
    state.attempt(drawn(state, EACH_DUAL))


def mistaken(state: State) -> Statement:
    """The same with a Function that is wrong, or wrongly called."""
    return drawn(state, EACH_MISTAKE)


def drawn(state: State, options: Weighted[tuple[str, Row]]) -> Apply:
    name, row = options.pick(state.choice)
    args: list[Any] = []
    for letter in row.arguments:
        args.append(ARGUMENTS[letter](state, args))
    kwargs = {}
    if name in KEYWORDS and state.choice.chance(0.3):
        given = KEYWORDS[name][: len(args)]
        first = state.choice.integer(0, len(given) - 1)
        kwargs = dict(zip(given[first:], args[first:], strict=True))
        args = args[:first]
        if state.choice.chance(0.2):
            kwargs[state.choice.pick(("x", "y", "ctx", "other"))] = 2
    outputs = tuple(Output(state.name()) for _ in range(row.outputs))
    return Apply(name, tuple(args), outputs if row.outputs > 1 else outputs[0], kwargs)


# --- arguments --------------------------------------------------------------------------------------------


def _tensor(low: int, high: int = 3) -> Callable[[State, list[Any]], Ref]:
    def argument(state: State, args: list[Any]) -> Ref:
        odd = state.choice.chance(0.05)
        if odd:
            return Ref(state.tensor("ficb", "small", (low, high)))
        return Ref(state.tensor("f", "small", (low, high), lambda one: not one.is_inference()))

    return argument


def _sortable(state: State, args: list[Any]) -> Ref:
    name = state.tensor("f", "small", (1, 2), lambda one: not one.is_inference())
    if len(set(state.env[name].flatten().tolist())) != state.env[name].numel():
        raise Invalid("ties, whose order torch leaves open")
    return Ref(name)


def _written(keeps_grad: bool) -> Callable[[State, list[Any]], Ref]:
    def argument(state: State, args: list[Any]) -> Ref:
        careless = state.choice.chance(0.15)

        def keep(one: Any) -> bool:
            if not one.is_floating_point() or confuses(one) or (one.retains_grad and not keeps_grad):
                return False
            return careless or (writable(one) and not one.is_inference())

        name = state.existing(keep)
        if name is None:
            raise Invalid("nothing to change in place")
        return Ref(name)

    return argument


def _like_first(state: State, args: list[Any]) -> Ref:
    first = args[0][0] if isinstance(args[0], list) else args[0]
    like = state.env[first.name]

    def keep(one: Any) -> bool:
        return one.shape == like.shape and one.dtype == like.dtype and not one.is_inference()

    name = state.existing(keep) if state.choice.chance(0.6) else None
    return Ref(name or state.leaf(tuple(like.shape), dtype_name(like.dtype), "small"))


def _pair(state: State, args: list[Any]) -> list[Ref]:
    first = _tensor(0)(state, args)
    return [first, _like_first(state, [first])]


ARGUMENTS: dict[str, Callable[[State, list[Any]], Any]] = {
    "x": _tensor(0),
    "m": _tensor(1),
    "s": _sortable,
    "w": _written(keeps_grad=True),
    "v": _written(keeps_grad=False),  # which torch 2.13 would look for at the wrong output, and crash
    "y": _like_first,
    "n": lambda state, args: state.choice.integer(0, 5),
    "l": _pair,
    "t": lambda state, args: ("name", _like_first(state, args)),
}
