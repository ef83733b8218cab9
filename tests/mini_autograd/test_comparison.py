"""Comparisons, logic, bits and where against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, of, same
from tests.mini_autograd.elementwise import check_dtypes, check_layouts, check_promotion, check_special

Call = Callable[..., Any]

# fmt: off
UNARY: dict[str, Call] = {
    "x == 1":        lambda lib, x: x == 1,
    "x != 0.5":      lambda lib, x: x != 0.5,
    "x < 0.5":       lambda lib, x: x < 0.5,
    "2 > x":         lambda lib, x: x < 2,
    "ge":            lambda lib, x: lib.ge(x, 0.25),
    "isnan":         lambda lib, x: lib.isnan(x),
    "isinf":         lambda lib, x: x.isinf(),
    "isfinite":      lambda lib, x: x.isfinite(),
    "isposinf":      lambda lib, x: lib.isposinf(x),
    "isneginf":      lambda lib, x: x.isneginf(),
    "isreal":        lambda lib, x: x.isreal(),
    "signbit":       lambda lib, x: lib.signbit(x),
    "logical_not":   lambda lib, x: x.logical_not(),
    "~x":            lambda lib, x: ~x,
    "bitwise_not":   lambda lib, x: x.bitwise_not(),
    "x & 1":         lambda lib, x: x & 1,
    "2 | x":         lambda lib, x: 2 | x,
    "True ^ x":      lambda lib, x: True ^ x,
    "x << 1":        lambda lib, x: x << 1,
    "x >> 9":        lambda lib, x: x >> 9,
    "1 << x":        lambda lib, x: 1 << x,
    "where 2":       lambda lib, x: lib.where(x == x, x, 2),
    "2.5 where":     lambda lib, x: lib.where(x == x, 2.5, x),
    "x.where":       lambda lib, x: x.where(x == x, 1),
    "condition":     lambda lib, x: lib.where(x, x, x),
    "eq_":           lambda lib, x: x.clone().eq_(1),
    "ne_":           lambda lib, x: x.clone().ne_(0.5),
    "logical_not_":  lambda lib, x: x.clone().logical_not_(),
}
BINARY: dict[str, Call] = {
    "eq":            lambda lib, x, y: x == y,
    "ne":            lambda lib, x, y: lib.not_equal(x, y),
    "lt":            lambda lib, x, y: x < y,
    "le":            lambda lib, x, y: lib.less_equal(x, y),
    "gt":            lambda lib, x, y: x.greater(y),
    "ge":            lambda lib, x, y: x >= y,
    "isclose":       lambda lib, x, y: lib.isclose(x, y, rtol=0.3),
    "equal_nan":     lambda lib, x, y: x.isclose(y, equal_nan=True, rtol=0, atol=0),
    "allclose":      lambda lib, x, y: lib.allclose(x, y, atol=4),
    "equal":         lambda lib, x, y: lib.equal(x, y),
    "equal itself":  lambda lib, x, y: x.equal(x),
    "logical_and":   lambda lib, x, y: lib.logical_and(x, y),
    "logical_or":    lambda lib, x, y: x.logical_or(y),
    "logical_xor":   lambda lib, x, y: lib.logical_xor(x, y),
    "and":           lambda lib, x, y: x & y,
    "or":            lambda lib, x, y: x | y,
    "xor":           lambda lib, x, y: x ^ y,
    "<<":            lambda lib, x, y: x << y,
    ">>":            lambda lib, x, y: x >> y,
    "where":         lambda lib, x, y: lib.where(x == x, x, y),
    "x.where":       lambda lib, x, y: x.where(y == y, y),
}
IN_PLACE: dict[str, Call] = {
    "eq_":           lambda lib, x, y: x.clone().eq_(y),
    "lt_":           lambda lib, x, y: x.clone().lt_(y),
    "greater_":      lambda lib, x, y: x.clone().greater_(y),
    "logical_and_":  lambda lib, x, y: x.clone().logical_and_(y),
}
# fmt: on


@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str) -> None:
    check_layouts(UNARY[name], 1)
    check_dtypes(UNARY[name], 1)
    check_special(UNARY[name], 1)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str) -> None:
    check_layouts(BINARY[name], 2)
    check_dtypes(BINARY[name], 2)
    check_special(BINARY[name], 2)


@pytest.mark.parametrize("name", BINARY)
def test_promotion(name: str) -> None:
    check_promotion(BINARY[name])


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    check_layouts(IN_PLACE[name], 2)
    check_dtypes(IN_PLACE[name], 2)


def test_half_types_compare_as_they_are() -> None:
    for dtype in ("float16", "bfloat16"):
        same(lambda lib, x: (x == 0.9, x < 0.9001, x >= 0.90012345), of(0.9, 0.9004, 1.1, dtype=dtype))


def test_shifts_past_the_last_bit() -> None:
    for dtype in ("uint8", "int8", "int16", "int64"):
        bits = of(1, 5, 120, *([] if dtype == "uint8" else [-5]), dtype=dtype)
        for shift in (0, 3, 7, 8, 15, 63, 64, 70, -1):
            same(lambda lib, x, shift=shift: (x << shift, x >> shift), bits)


def test_numbers_for_both_choices() -> None:
    mask = make(2, 3, dtype="bool")
    for one, other in ((1, 2), (1.5, 2), (True, 2), (1j, 2), (True, False)):
        same(lambda lib, m, one=one, other=other: lib.where(m, one, other), mask)


def test_where_alone_finds_places() -> None:
    for mask in (make(2, 3, dtype="bool"), make(dtype="bool"), make(0, dtype="bool"), make(4, dtype="int64")):
        same(lambda lib, m: lib.where(m), mask)


def test_where_broadcasts_its_condition() -> None:
    same(lambda lib, m, x, y: lib.where(m, x, y), make(2, 1, dtype="bool"), make(3), make(4, 1, 1))
    same(lambda lib, m, x, y: lib.where(m, x, y), make(2, dtype="bool"), make(3), make(3))


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, i: x.isclose(i),
        lambda lib, x, i: x.isclose(x, rtol=-1),
        lambda lib, x, i: x.isclose(x, atol=-0.5),
        lambda lib, x, i: lib.eq(x, "a"),
        lambda lib, x, i: lib.eq(2, x),
        lambda lib, x, i: x == None,  # noqa: E711
        lambda lib, x, i: x != "a",
        lambda lib, x, i: x < None,
        lambda lib, x, i: i & 1.5,
        lambda lib, x, i: i << 1.5,
        lambda lib, x, i: i.bitwise_and_(1).bitwise_or_(2),
        lambda lib, x, i: x.eq_(x),
    ],
)
def test_errors(call: Call) -> None:
    same(call, make(2, 3), make(2, 3, dtype="int64"))
