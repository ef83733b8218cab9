"""Softmax and its logarithm against torch: dimensions, dtypes, special values, derivatives, warnings."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import COMPLEX, EVERY, layouts, make, of, same

Call = Callable[..., Any]
# The gradients are differences of sums that are added up in another order in torch.
SUMS = {"grad_ulp": 128}
NAMES = ("softmax", "log_softmax")


def functional(name: str, dim: int, dtype: str | None = None) -> Call:
    if dtype is None:
        return lambda lib, x: getattr(lib.nn.functional, name)(x, dim)
    return lambda lib, x: getattr(lib.nn.functional, name)(x, dim, dtype=getattr(lib, dtype))


@pytest.mark.parametrize("shape", layouts())
@pytest.mark.parametrize("dim", [0, -1])
@pytest.mark.parametrize("name", NAMES)
def test_layouts(name: str, dim: int, shape: str) -> None:
    forward = shape != "expanded"  # torch makes no dual tensor of one whose elements overlap
    same(lambda lib, x: getattr(lib, name)(x, dim), layouts("float64")[shape], forward=forward, **SUMS)


@pytest.mark.parametrize("dim", [1, -2, 2, 5])
@pytest.mark.parametrize("name", NAMES)
def test_dimensions(name: str, dim: int) -> None:
    same(lambda lib, x: getattr(x, name)(dim), make(2, 3, 4, dtype="float64"), **SUMS)
    same(lambda lib, x: getattr(x, name)(dim), make(2, 1, 1), grad=False)
    same(lambda lib, x: getattr(lib, name)(x, dim), make(), grad=False)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", [*NAMES, "softmin"])
def test_dtypes(name: str, dtype: str) -> None:
    x = make(3, 4, dtype=dtype)
    second, forward = dtype not in ("float16", "bfloat16"), dtype not in COMPLEX
    for dim in (0, 1):
        same(functional(name, dim), x, second=second, **SUMS)
        same(functional(name, dim, "float64"), x, forward=forward, **SUMS)
    same(functional(name, 1, "int64"), x, grad=False)


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name: str) -> None:
    inf, nan = math.inf, math.nan
    for values in (
        (-inf, -inf),
        (inf, 1.0),
        (-inf, 1.0),
        (nan, 1.0),
        (inf, -inf),
        (1e30, -1e30),
        (88.0, -88.0),
    ):
        same(lambda lib, x: getattr(lib, name)(x, 0), of(*values), second=False, forward=False)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (2, 1, 2, 2)])
@pytest.mark.parametrize("name", [*NAMES, "softmin"])
def test_dimension_left_out(name: str, shape: tuple) -> None:
    same(lambda lib, x: getattr(lib.nn.functional, name)(x), make(*shape), **SUMS)


@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_gradient_as_an_op(name: str, dim: int) -> None:
    def call(lib: Any, g: Any, y: Any) -> Any:
        return getattr(lib, f"_{name}_backward_data")(g, y, dim, y.dtype)

    same(call, make(3, 4, dtype="float64"), make(3, 4, dtype="float64", seed=1), ulp=16, **SUMS)
    same(call, make(4, 3, dtype="float64").t(), make(3, 4, dtype="float64", seed=1), ulp=16, **SUMS)
    same(call, make(3, 0), make(3, 0))
    same(call, make(3, 4), make(3, 4, dtype="float64"), grad=False)


@pytest.mark.parametrize("name", NAMES)
def test_many_rows(name: str) -> None:
    same(lambda lib, x: getattr(lib, name)(x, -1), make(128, 50), second=False, ulp=8, **SUMS)
    same(lambda lib, x: getattr(lib, name)(x, 0), make(300, 7), second=False, ulp=8, **SUMS)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.softmax(x),
        lambda lib, x: lib.softmax(x, 1.5),
        lambda lib, x: x.log_softmax("a"),
        lambda lib, x: lib.softmax(x, dim=None),
        lambda lib, x: lib._softmax(x, 1, True),
        lambda lib, x: lib.nn.functional.softmax(x, "a"),
        lambda lib, x: lib.nn.functional.softmax(3, 1),
        lambda lib, x: lib.nn.functional.softmax(x, dim=1, dtype="a"),
        lambda lib, x: lib.softmax(x, 1, lib.float16),
        lambda lib, x: lib.softmax(input=x, dim=-2, dtype=None),
    ],
)
def test_arguments(call: Call) -> None:
    same(call, make(2, 3), grad=False)


def test_safe_softmax() -> None:
    def call(lib: Any, x: Any) -> Any:
        return lib._safe_softmax(x.view(2, 2), -1)

    inf = math.inf
    same(call, of(-inf, -inf, 0.5, -inf, dtype="float64"), forward=False)
    same(call, of(1.0, -2.0, 0.5, 3.0, dtype="float64"), **SUMS)
