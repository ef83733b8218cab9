"""Linear maps against torch: one graph for each kind of input and bias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, make, same

Call = Callable[..., Any]
INPUTS: dict[str, Call] = {
    "2-d": lambda x: x(3, 4),
    "2-d transposed": lambda x: x(4, 3).t(),
    "2-d strided": lambda x: x(6, 4)[::2],
    "1-d": lambda x: x(4),
    "1-d strided": lambda x: x(8)[::2],
    "3-d": lambda x: x(2, 3, 4),
    "3-d strided": lambda x: x(2, 6, 4)[:, ::2],
    "3-d transposed": lambda x: x(3, 2, 4).transpose(0, 1),
    "4-d": lambda x: x(2, 2, 3, 4),
    "4-d transposed": lambda x: x(2, 3, 2, 4).transpose(0, 1),
    "no rows": lambda x: x(0, 4),
    "no rows 3-d": lambda x: x(2, 0, 4),
}
BIASES = [None, (5,), (1,), (1, 5), (3, 5)]
BAD = [
    ((3, 3), (5, 4), (5,)),
    ((3, 3), (5, 4), None),
    ((2, 3, 3), (5, 4), (5,)),
    ((3,), (5, 4), (5,)),
    ((3, 4), (5, 4), (4,)),
    ((3, 4), (2, 5, 4), None),
    ((3, 4), (4,), (3,)),
    ((3, 4), (4,), None),
    ((4,), (4,), None),
    ((), (5, 4), None),
    ((3, 4), (), None),
    ((3, 4), (5, 4), ()),
    ((2, 3, 4), (5, 4), ()),
]


def double(*shape: int) -> Any:
    return make(*shape, dtype="float64", low=0.1)


@pytest.mark.parametrize("bias", BIASES, ids=str)
@pytest.mark.parametrize("name", INPUTS)
def test_graph_and_derivatives(name: str, bias: tuple | None) -> None:
    given = None if bias is None else make(*bias, dtype="float64", low=0.1, seed=2)
    same(
        linear, INPUTS[name](double), make(5, 4, dtype="float64", low=0.1, seed=1), given, grad_ulp=64, ulp=16
    )


def linear(lib: Any, input: Any, weight: Any, bias: Any) -> Any:
    return lib.nn.functional.linear(input, weight, bias)


@pytest.mark.parametrize("shapes", BAD, ids=str)
def test_shapes(shapes: tuple) -> None:
    input, weight, bias = shapes
    positive = {"low": 0.1}
    given = None if bias is None else make(*bias, **positive)
    same(linear, make(*input, **positive), make(*weight, **positive), given)


@pytest.mark.parametrize("dtype", EVERY)
def test_dtypes(dtype: str) -> None:
    second = dtype not in ("float16", "bfloat16")
    one = make(3, 4, dtype=dtype, low=0.1)
    two, three = make(5, 4, dtype=dtype, low=0.1, seed=1), make(5, dtype=dtype, low=0.1, seed=2)
    same(linear, one, two, three, second=second, forward=second, ulp=64, grad_ulp=64)
    same(linear, one, two, None, second=second, forward=second, ulp=64, grad_ulp=64)
    same(linear, one, make(5, 4, low=0.1), None, grad=False)
    if not dtype.startswith("complex"):
        same(linear, make(3, 4, low=0.1), make(5, 4, low=0.1), three, grad=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, w: lib.nn.functional.linear(x),
        lambda lib, x, w: lib.nn.functional.linear(x, 2),
        lambda lib, x, w: lib.nn.functional.linear(3, w),
        lambda lib, x, w: lib.nn.functional.linear(x, w, bias=2),
        lambda lib, x, w: lib.nn.functional.linear(input=x, weight=w, bias=None),
    ],
)
def test_arguments(call: Call) -> None:
    same(call, make(3, 4, low=0.1), make(5, 4, low=0.1), grad=False)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)], ids=str)
def test_bilinear(shape: tuple) -> None:
    def call(lib: Any, one: Any, two: Any, weight: Any, bias: Any) -> Any:
        return lib.nn.functional.bilinear(one, two, weight, bias)

    args = (double(*shape, 4), double(*shape, 2))
    weight, bias = double(5, 4, 2), double(5)
    same(call, *args, weight, bias, grad_ulp=64, ulp=16)
    same(call, *args, weight, None, grad_ulp=64, ulp=16)
