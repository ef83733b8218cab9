"""Losses of two tensors against torch: sizes, dtypes, reductions, derivatives, warnings, errors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, layouts, make, of, pairs, same

Call = Callable[..., Any]
REDUCTIONS = ("none", "mean", "sum")
NAMES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
# Sums are taken in another order than in torch, and some come out near 0.
LOOSE = {"ulp": 16, "grad_ulp": 1024}


def loss(name: str, reduction: str = "mean", **options: Any) -> Call:
    def call(lib: Any, input: Any, target: Any) -> Any:
        return getattr(lib.nn.functional, name)(input, target, reduction=reduction, **options)

    return call


@pytest.mark.parametrize("shape", pairs())
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_layouts(name: str, reduction: str, shape: str) -> None:
    forward = shape not in ("expanded", "scalar left", "scalar right", "row", "column", "outer")
    same(loss(name, reduction), *pairs("float64")[shape], forward=forward, **LOOSE)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", [*NAMES, "kl_div"])
def test_dtypes(name: str, dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    # Of two types, the parts of a divergence are rounded to different ones.
    others = (dtype,) if name == "kl_div" else (dtype, "float32")
    for reduction, other in itertools.product(REDUCTIONS, others):
        one, two = make(3, 4, dtype=dtype), make(3, 4, dtype=other, seed=1, low=0.1)
        same(loss(name, reduction), one, two, second=exact and dtype == other, **LOOSE)
        same(loss(name, reduction), two, one, grad=False, ulp=16)


@pytest.mark.parametrize("options", [{"beta": 0.5}, {"beta": 0}, {"beta": 0.0}, {"beta": -1.0}, {"beta": 3}])
def test_beta(options: dict) -> None:
    for reduction in REDUCTIONS:
        same(loss("smooth_l1_loss", reduction, **options), make(3, 4), make(3, 4, seed=1), **LOOSE)


@pytest.mark.parametrize("delta", [0.5, 2, 0.0, -1.0])
def test_delta(delta: float) -> None:
    for reduction in REDUCTIONS:
        same(loss("huber_loss", reduction, delta=delta), make(3, 4), make(3, 4, seed=1), **LOOSE)


@pytest.mark.parametrize("name", NAMES)
def test_kinks_and_special_values(name: str) -> None:
    inf, nan = math.inf, math.nan
    left = of(0.0, 1.0, -1.0, 0.5, inf, -inf, nan, 1.0, inf, 2.0)
    right = of(0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, nan, inf, inf)
    for reduction in REDUCTIONS:
        same(loss(name, reduction), left, right)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weight(name: str, reduction: str) -> None:
    def call(lib: Any, *args: Any) -> Any:
        return getattr(lib.nn.functional, name)(*args[:2], reduction=reduction, weight=args[2])

    one, two = make(3, 4, dtype="float64"), make(3, 4, dtype="float64", seed=1)
    same(call, one, two, make(3, 4, dtype="float64", seed=2, low=0.5), **LOOSE)
    same(call, one, two, make(4, dtype="float64"))


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_many_elements(reduction: str, size: int) -> None:
    same(loss("mse_loss", reduction), make(size), make(size, seed=1), ulp=8)


@pytest.mark.parametrize("name", [*NAMES, "soft_margin_loss", "nll_loss", "binary_cross_entropy", "kl_div"])
@pytest.mark.parametrize(
    "options",
    [
        {"size_average": True},
        {"size_average": False},
        {"reduce": False},
        {"reduce": True, "size_average": False},
        {"reduction": "elementwise_mean"},
        {"reduction": "batchmean"},
        {"reduction": "foo"},
        {"reduction": None},
    ],
)
def test_reduction(name: str, options: dict) -> None:
    def call(lib: Any, input: Any, target: Any) -> Any:
        return getattr(lib.nn.functional, name)(input, target, **options)

    target = make(3, dtype="int64", low=0) if name == "nll_loss" else make(3, 4, seed=1, low=0.1, high=0.9)
    same(call, make(3, 4, low=0.1, high=0.9), target.abs(), grad=False)


@pytest.mark.parametrize("name", NAMES)
def test_arguments(name: str) -> None:
    for one, two in ((make(3, 4), 1.0), (1.0, make(3, 4)), (make(3, 4), make(3, 2)), (make(2), make(3))):
        same(loss(name), one, two, grad=False)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "int64", "bool", "complex64"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_soft_margin(reduction: str, dtype: str) -> None:
    def call(lib: Any, input: Any) -> Any:
        target = lib.tensor([[1.0, -1.0, 1.0, -1.0]] * 3)
        return lib.nn.functional.soft_margin_loss(input, target, reduction=reduction)

    same(call, make(3, 4, dtype=dtype), second=dtype != "bfloat16", **LOOSE)
    same(call, make(4, 3, dtype=dtype).t(), second=dtype != "bfloat16", **LOOSE)


def test_soft_margin_has_no_gradient_for_its_target() -> None:
    same(loss("soft_margin_loss"), make(3), make(3))


@pytest.mark.parametrize("name", ["mse_loss", "smooth_l1_loss", "huber_loss", "l1_loss"])
def test_layouts_without_gradient(name: str) -> None:
    for case in layouts():
        same(loss(name), layouts()[case], layouts()[case], grad=False)
