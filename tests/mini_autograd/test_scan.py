"""Running sums, products and extrema, and differences, against torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import COMPLEX, EVERY, layouts, make, of, same

CALLS: dict[str, Any] = {
    "cumsum(0)": lambda lib, x: x.cumsum(0),
    "cumsum(-1)": lambda lib, x: lib.cumsum(x, -1),
    "cumprod(-1)": lambda lib, x: x.cumprod(-1),
    "cummax(0)": lambda lib, x: x.cummax(0),
    "cummin(-1)": lambda lib, x: lib.cummin(x, -1),
    "logcumsumexp(-1)": lambda lib, x: x.logcumsumexp(-1),
}
DIFFERENCES: dict[str, Any] = {
    "diff()": lambda lib, x: x.diff(),
    "diff(2, 0)": lambda lib, x: lib.diff(x, 2, 0),
    "diff(n=0)": lambda lib, x: x.diff(n=0),
    "diff(n=9)": lambda lib, x: x.diff(n=9),
    "diff(prepend, append)": lambda lib, x: x.diff(prepend=x, append=x * 2),
}


@pytest.mark.parametrize("shape", list(layouts()))
@pytest.mark.parametrize("name", [*CALLS, *DIFFERENCES])
def test_derivatives(name: str, shape: str) -> None:
    same((CALLS | DIFFERENCES)[name], layouts("float64")[shape], grad_ulp=32)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", [*CALLS, *DIFFERENCES])
def test_dtypes(name: str, dtype: str) -> None:
    ulp = {"float16": 2, "bfloat16": 2}.get(dtype, 4)
    same((CALLS | DIFFERENCES)[name], make(3, 4, dtype=dtype), second=False, forward=False, ulp=ulp)


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", ["cumsum(0)", "cumprod(-1)", "logcumsumexp(-1)", "diff()"])
def test_complex(name: str, dtype: str) -> None:
    same((CALLS | DIFFERENCES)[name], make(3, 4, dtype=dtype), grad_ulp=64)


@pytest.mark.parametrize("values", [(0.0, 2.0, 3.0), (2.0, 0.0, 3.0), (2.0, 0.0, 0.0, 3.0), (0.0,)])
def test_products_with_zeros(values: tuple) -> None:
    same(CALLS["cumprod(-1)"], of(*values, dtype="float64"), second=False)


@pytest.mark.parametrize(
    "values",
    [
        (1.0, 1.0, 0.5, 2.0, 2.0),
        (1.0, float("nan"), 2.0, float("nan")),
        (float("nan"), 2.0),
        (float("inf"), 1.0, -float("inf")),
        (-float("inf"), -float("inf"), 1.0),
    ],
)
@pytest.mark.parametrize("name", CALLS)
def test_ties_and_special_values(name: str, values: tuple) -> None:
    same(CALLS[name], of(*values, dtype="float64"), second=False, forward=False)


@pytest.mark.parametrize("name", ["cumsum_", "cumprod_"])
def test_in_place(name: str) -> None:
    same(lambda lib, x: getattr(x * 2, name)(0), make(3, 4, dtype="float64"))


@pytest.mark.parametrize("dtype", ["float64", "int64", "int16"])
@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_dtype_argument(name: str, dtype: str) -> None:
    same(
        lambda lib, x: getattr(x, name)(0, dtype=getattr(lib, dtype)), make(3, 4), second=False, forward=False
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: x.cumsum(2),
        lambda lib, x: x.cumsum(),
        lambda lib, x: x.cumprod(-3),
        lambda lib, x: x.cummax(2),
        lambda lib, x: x.sum().cummax(1),
        lambda lib, x: x.diff(n=-1),
        lambda lib, x: x.sum().diff(),
        lambda lib, x: x.diff(prepend=x.sum()),
        lambda lib, x: x.diff(prepend=x.t()),
    ],
)
def test_errors(call: Any) -> None:
    same(call, make(2, 3), grad=False)


def test_a_running_sum_of_many_is_as_accurate_as_torch() -> None:
    x = torch.rand(1 << 15, generator=torch.Generator().manual_seed(0))
    same(CALLS["cumsum(0)"], x, grad=False, ulp=1)
