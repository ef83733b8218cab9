"""Norms and distances against torch."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import COMPLEX, EVERY, layouts, make, of, pairs, same

ORDERS = [0, 1, 2, 3, 1.5, 0.5, -1, math.inf, -math.inf]
LAYOUTS = [name for name in layouts() if "empty" not in name]


@pytest.mark.parametrize("shape", LAYOUTS)
@pytest.mark.parametrize("ord", ORDERS)
def test_all(ord: float, shape: str) -> None:
    same(lambda lib, x: x.norm(ord), layouts("float64", low=0.5)[shape], grad_ulp=64)


@pytest.mark.parametrize("shape", LAYOUTS)
@pytest.mark.parametrize("ord", ORDERS)
def test_along_a_dimension(ord: float, shape: str) -> None:
    same(lambda lib, x: lib.norm(x, ord, -1, True), layouts("float64", low=0.5)[shape], grad_ulp=64)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("ord", [0, 1, 2, 3, math.inf])
def test_dtypes(ord: float, dtype: str) -> None:
    ulp = {"float16": 2, "bfloat16": 2}.get(dtype, 4)
    same(lambda lib, x: x.norm(ord, 0), make(3, 4, dtype=dtype), second=False, forward=False, ulp=ulp)


@pytest.mark.parametrize("ord", [1, 2, 3, 1.5, math.inf])
@pytest.mark.parametrize("dtype", COMPLEX)
def test_complex(ord: float, dtype: str) -> None:
    same(lambda lib, x: x.norm(ord), make(5, dtype=dtype), second=ord not in (3, 1.5), grad_ulp=64)


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (0.0, -1.0, 1.0), (1.0, -1.0), (math.nan, -1.0, 0.0), (math.inf, 1.0)]
)
@pytest.mark.parametrize("ord", ORDERS)
def test_conventions(ord: float, values: tuple) -> None:
    same(lambda lib, x: x.norm(ord), of(*values, dtype="float64"), second=False, forward=False)


@pytest.mark.parametrize("ord", [2, 1, 0, -1, math.inf])
@pytest.mark.parametrize("dim", [None, 0, 1])
def test_nothing(ord: float, dim: int | None) -> None:
    same(lambda lib, x: lib.norm(x, ord, dim), make(2, 0), grad=False)


@pytest.mark.parametrize("name", list(pairs()))
@pytest.mark.parametrize("p", [2, 1, 0, 3, math.inf])
def test_dist(p: float, name: str) -> None:
    one, two = pairs("float64")[name]
    if one.numel():
        # A gradient summed over what was broadcast, and a tangent, are small sums of large terms.
        same(lambda lib, x, y: lib.dist(x, y, p), one, two, grad_ulp=1024)


@pytest.mark.parametrize("dtype", ["bool", "int64", "float16", "complex64"])
def test_dist_dtypes(dtype: str) -> None:
    same(
        lambda lib, x, y: lib.dist(x, y),
        make(3, dtype=dtype),
        make(3, dtype=dtype, seed=1),
        second=False,
        ulp=8,
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: x.norm("fro"),
        lambda lib, x: x.norm(2, (0, 1)),
        lambda lib, x: x.norm(p=2, dim=(0, 0)),
        lambda lib, x: lib.norm(x, 2, 3),
        lambda lib, x: x.norm(1j),
        lambda lib, x: x.norm(dtype=lib.float16),
        lambda lib, x: x.norm(dtype=lib.complex64),
    ],
)
def test_arguments(call: Any) -> None:
    same(call, make(2, 3))


@pytest.mark.parametrize(
    "call", [lambda lib, x: x.norm(dtype=lib.float64), lambda lib, x: x.norm(2, 0, True, lib.float64)]
)
def test_dtype_argument(call: Any) -> None:
    # torch leaves the tangent in the dtype of the argument, which is not that of the result.
    same(call, make(2, 3), second=False, forward=False)


def test_a_sum_of_many_squares_is_as_accurate_as_torch() -> None:
    x = torch.rand(1 << 16, generator=torch.Generator().manual_seed(0))
    exact = x.double().norm().item()
    ours = mini_autograd.from_numpy(x.numpy()).norm().item()
    assert abs(ours - exact) <= max(4 * abs(x.norm().item() - exact), 2e-7 * exact)
