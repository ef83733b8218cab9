"""Layer normalization, root mean squares and unit vectors against torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, make, of, same

Call = Callable[..., Any]
CASES: list[tuple[Any, tuple]] = [
    (lambda: make(3, 4, dtype="float64"), (4,)),
    (lambda: make(3, 4, dtype="float64"), (3, 4)),
    (lambda: make(4, dtype="float64"), (4,)),
    (lambda: make(2, 3, 4, dtype="float64"), (3, 4)),
    (lambda: make(2, 3, 4, dtype="float64"), (4,)),
    (lambda: make(2, 3, 4, dtype="float64").permute(2, 0, 1), (2, 3)),
    (lambda: make(4, 3, dtype="float64").t(), (4,)),
    (lambda: make(3, 1, dtype="float64"), (1,)),
    (lambda: make(0, 4, dtype="float64"), (4,)),
    (lambda: make(3, 0, dtype="float64"), (0,)),
]
# Gradients are small differences of sums taken in another order.
LOOSE = {"ulp": 1 << 10, "grad_ulp": 1 << 14}


def layer_norm(shape: tuple, **options: Any) -> Call:
    return lambda lib, x, weight, bias: lib.nn.functional.layer_norm(x, shape, weight, bias, **options)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("affine", ["neither", "weight", "bias", "both"])
def test_layer_norm(affine: str, case: tuple) -> None:
    input, shape = case
    weight = make(*shape, dtype="float64", low=0.5, seed=1) if affine in ("weight", "both") else None
    bias = make(*shape, dtype="float64", seed=2) if affine in ("bias", "both") else None
    # Of rows of one element, the gradient of the weight is 0 but for rounding.
    grad = shape != (1,) or weight is None
    same(layer_norm(shape), input(), weight, bias, grad=grad, **LOOSE)
    same(layer_norm(list(shape), eps=0.1), input(), weight, bias, grad=grad, **LOOSE)


@pytest.mark.parametrize("case", CASES)
def test_native_layer_norm(case: tuple) -> None:
    input, shape = case
    same(lambda lib, x: lib.native_layer_norm(x, shape, None, None, 1e-5), input(), **LOOSE)


@pytest.mark.parametrize("dtype", EVERY)
def test_dtypes(dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    options: dict[str, Any] = {"ulp": 1 << 10, "grad_ulp": 1 << 12} if exact else {"ulp": 2, "grad_ulp": 32}
    weight, bias = make(4, dtype=dtype, low=0.5, seed=1), make(4, dtype=dtype, seed=2)
    x = make(3, 4, dtype=dtype)
    same(layer_norm((4,)), x, None, None, second=exact, forward=exact, **options)
    same(layer_norm((4,)), x, weight, bias, second=exact, forward=exact, **options)
    single, other = make(4, low=0.5, seed=1), make(4, seed=2)
    # torch rounds the gradients of float32 weights to the half type of the input.
    mixed = {"grad_ulp": 1 << 16} if dtype == "float16" else {"grad_ulp": 1 << 19}
    same(layer_norm((4,)), x, single, other, second=False, forward=False, **(options | mixed))
    same(lambda lib, x, w: lib.native_layer_norm(x, (4,), w, None, 1e-5), x, single, grad=False, ulp=1 << 10)
    same(layer_norm((4,)), x, weight, other, grad=False, ulp=32)
    same(layer_norm((4,)), make(3, 4), weight, bias, grad=False, ulp=32)


def test_partial_gradients() -> None:
    call: dict[str, Call] = {
        "weight": lambda lib, w: lib.layer_norm(lib.tensor([[1.0, 2.0, 4.0]]), (3,), w),
        "bias": lambda lib, b: lib.layer_norm(lib.tensor([[1.0, 2.0, 4.0]]), (3,), None, b),
        "input": lambda lib, x: lib.layer_norm(x, (3,), lib.tensor([1.0, 2.0, 4.0])),
    }
    for one in call.values():
        same(one, of(0.5, 1.5, -1.0), **LOOSE)


def test_gradient_accumulates_over_many_rows() -> None:
    weight, bias = make(16, low=0.5), make(16, low=8, high=9)
    same(layer_norm((16,)), make(500, 16, low=1, high=3), weight, bias, second=False, grad_ulp=256)


@pytest.mark.parametrize("eps", [0.0, 1e-5, -10.0])
def test_special_values(eps: float) -> None:
    inf, nan = math.inf, math.nan
    for values in ((0.0, 0.0), (1.0, nan), (inf, 1.0), (1e20, -1e20), (1e-30, 0.0)):
        same(layer_norm((2,), eps=eps), of(*values), None, None, second=False, forward=False)


BAD: list[Call] = [
    lambda lib, x: lib.nn.functional.layer_norm(x, 4),
    lambda lib, x: lib.nn.functional.layer_norm(x, (5,)),
    lambda lib, x: lib.nn.functional.layer_norm(x, ()),
    lambda lib, x: lib.nn.functional.layer_norm(x, (2, 3, 4)),
    lambda lib, x: lib.nn.functional.layer_norm(x.sum(), ()),
    lambda lib, x: lib.nn.functional.layer_norm(x, (4,), lib.ones(3)),
    lambda lib, x: lib.nn.functional.layer_norm(x, (4,), None, lib.ones(1, 4)),
    lambda lib, x: lib.nn.functional.layer_norm(x, (4,), 1),
    lambda lib, x: lib.nn.functional.layer_norm(x, (4,), eps="a"),
    lambda lib, x: lib.nn.functional.layer_norm(1, (4,)),
    lambda lib, x: lib.nn.functional.layer_norm(x, "a"),
    lambda lib, x: lib.layer_norm(x, [4], lib.ones(4), lib.ones(4), 1e-3, False),
    lambda lib, x: lib.native_layer_norm(x, [4], None, None),
    lambda lib, x: lib.nn.functional.rms_norm(x, (5,)),
    lambda lib, x: lib.nn.functional.rms_norm(x, ()),
    lambda lib, x: lib.nn.functional.rms_norm(x, (4,), lib.ones(3)),
    lambda lib, x: lib.nn.functional.rms_norm(x, (4,), lib.ones(4).double()),
]


@pytest.mark.parametrize("call", BAD)
def test_arguments(call: Call) -> None:
    same(call, make(3, 4), grad=False, ulp=256)


@pytest.mark.parametrize("case", [case for case in CASES if 0 not in case[1]])
@pytest.mark.parametrize("eps", [None, 0.1])
def test_root_mean_square(eps: float | None, case: tuple) -> None:
    input, shape = case
    same(lambda lib, x: lib.nn.functional.rms_norm(x, shape, eps=eps), input(), **LOOSE)
    weight = make(*shape, dtype="float64", low=0.5, seed=1)
    same(lambda lib, x, w: lib.nn.functional.rms_norm(x, shape, w, eps), input(), weight, **LOOSE)


@pytest.mark.parametrize("dtype", EVERY)
def test_root_mean_square_dtypes(dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    options: dict[str, Any] = {"ulp": 32, "grad_ulp": 1 << 12} if exact else {"ulp": 2, "grad_ulp": 32}
    x = make(3, 4, dtype=dtype)
    same(lambda lib, x: lib.rms_norm(x, (4,)), x, second=exact, forward=exact, **options)
    same(
        lambda lib, x, w: lib.rms_norm(x, (4,), w),
        x,
        make(4, low=0.5),
        second=False,
        forward=False,
        **options,
    )


@pytest.mark.parametrize("p", [1, 2.0, 3.0, math.inf, 0])
@pytest.mark.parametrize("dim", [0, 1, -1, (0, 1)])
def test_normalize(dim: Any, p: float) -> None:
    call: Call = lambda lib, x: lib.nn.functional.normalize(x, p, dim)  # noqa: E731
    same(call, make(3, 4, dtype="float64"), second=p != math.inf, **LOOSE)
    same(call, make(3, 4, dtype="float64") * 0, second=False, forward=False)


@pytest.mark.parametrize("dtype", EVERY)
def test_normalize_dtypes(dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    same(
        lambda lib, x: lib.nn.functional.normalize(x, eps=0.5), make(3, 4, dtype=dtype), second=exact, **LOOSE
    )


def test_normalize_writes_to_out() -> None:
    def call(lib: Any, x: Any, out: Any) -> Any:
        return lib.nn.functional.normalize(x, out=out)

    same(call, make(3, 4), make(3, 4, seed=1), grad=False)
    same(call, make(3, 4), make(3, 4, seed=1))
    same(lambda lib, x: lib.nn.functional.normalize(x), make(3))
