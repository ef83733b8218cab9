"""Quantiles and the trapezoidal rule against torch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, layouts, make, of, same

LAYOUTS = [name for name in layouts() if name != "expanded"]
INTERPOLATIONS = ["linear", "lower", "higher", "midpoint", "nearest", "cubic"]


@pytest.mark.parametrize("shape", LAYOUTS)
@pytest.mark.parametrize("dim", [None, 0, -1])
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_numbers(name: str, keepdim: bool, dim: int | None, shape: str) -> None:
    same(lambda lib, x: getattr(lib, name)(x, 0.3, dim, keepdim), layouts("float64")[shape])


@pytest.mark.parametrize("dim", [None, 0, -1])
@pytest.mark.parametrize("keepdim", [False, True])
def test_several(keepdim: bool, dim: int | None) -> None:
    q = of(0.1, 0.75, dtype="float64")
    same(lambda lib, x, q: x.quantile(q, dim, keepdim), make(3, 4, dtype="float64"), q)
    same(lambda lib, x, q: x.quantile(q[0], dim, keepdim), make(3, 4, dtype="float64"), q)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_interpolation(interpolation: str) -> None:
    for q in (0.0, 0.3, 0.5, 1.0):
        same(lambda lib, x, q=q: x.quantile(q, 0, interpolation=interpolation), make(4, 3, dtype="float64"))


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_nan(name: str) -> None:
    values = of(1.0, float("nan"), 2.0, float("nan"), 0.5)
    same(lambda lib, x: getattr(x, name)(0.6), values, second=False, forward=False)
    same(lambda lib, x: getattr(x, name)(0.6), values * float("nan"), second=False, forward=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: x.quantile(1.5),
        lambda lib, x: x.quantile(lib.tensor([0.5, 1.5])),
        lambda lib, x: x.quantile(lib.tensor([[0.5]])),
        lambda lib, x: x.quantile(lib.tensor(0.5, dtype=lib.float64)),
        lambda lib, x: x.quantile(0.5, 3),
        lambda lib, x: x[:, :0].quantile(0.5),
        lambda lib, x: x.long().quantile(0.5),
    ],
)
def test_errors(call: Any) -> None:
    same(call, make(2, 3), grad=False)


INTEGRALS: dict[str, Any] = {
    "trapezoid": lambda lib, x: lib.trapezoid(x),
    "trapezoid(dx, dim)": lambda lib, x: lib.trapezoid(x, dx=0.5, dim=0),
    "trapz": lambda lib, x: lib.trapz(x, dx=2.0),
    "trapezoid(x)": lambda lib, x: lib.trapezoid(x, x * 2),
    "trapezoid(x of one dimension)": lambda lib, x: lib.trapezoid(x, lib.arange(float(x.shape[-1]))),
    "cumulative": lambda lib, x: lib.cumulative_trapezoid(x),
    "cumulative(dx, dim)": lambda lib, x: lib.cumulative_trapezoid(x, dx=0.5, dim=0),
    "cumulative(x)": lambda lib, x: lib.cumulative_trapezoid(x, x * 2, dim=-1),
}


@pytest.mark.parametrize("shape", [name for name in layouts() if name != "0-d"])
@pytest.mark.parametrize("name", INTEGRALS)
def test_integrals(name: str, shape: str) -> None:
    same(INTEGRALS[name], layouts("float64")[shape])


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", ["trapezoid", "trapezoid(x)", "cumulative", "cumulative(x)"])
def test_integrals_of_every_dtype(name: str, dtype: str) -> None:
    same(INTEGRALS[name], make(3, 4, dtype=dtype), second=False, forward=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.trapezoid(x.sum()),
        lambda lib, x: lib.trapezoid(x, dim=2),
        lambda lib, x: lib.trapezoid(x, lib.ones(2)),
        lambda lib, x: lib.trapezoid(x, dx=1j),
        lambda lib, x: lib.cumulative_trapezoid(x, lib.ones(2)),
        lambda lib, x: lib.cumulative_trapezoid(x.sum()),
    ],
)
def test_integral_errors(call: Any) -> None:
    same(call, make(2, 3), grad=False)
