"""`testing.assert_close` beside torch's: verdicts and texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.testing

import mini_autograd

NAN, INF = float("nan"), float("inf")
PAIRS: dict[str, Callable[[Any, Any], tuple]] = {
    "equal": lambda lib, x: (x, x),
    "near": lambda lib, x: (x, x + 1e-9),
    "far": lambda lib, x: (x, x + 1),
    "one element": lambda lib, x: (lib.eye(2), lib.tensor([[1.0, 0.0], [0.0, 3.0]])),
    "shape": lambda lib, x: (x, x[:2]),
    "dtype": lambda lib, x: (x, x.double()),
    "halves": lambda lib, x: (x.half(), x.half() + 0.01),
    "bfloat16": lambda lib, x: (x.bfloat16(), x.bfloat16() * 1.5),
    "integers": lambda lib, x: (lib.tensor([1, 2]), lib.tensor([1, 3])),
    "bytes": lambda lib, x: (lib.tensor([1, 2]).byte(), lib.tensor([3, 2]).byte()),
    "truth": lambda lib, x: (lib.tensor([True, False]), lib.tensor([True, True])),
    "complex": lambda lib, x: (lib.tensor([1 + 1j]), lib.tensor([1 + 2j])),
    "no dimensions": lambda lib, x: (lib.tensor(1.0), lib.tensor(2.0)),
    "no elements": lambda lib, x: (x[:0], x[:0]),
    "nan": lambda lib, x: (lib.tensor([NAN]), lib.tensor([NAN])),
    "infinite": lambda lib, x: (lib.tensor([INF]), lib.tensor([1.0])),
    "beside zero": lambda lib, x: (lib.tensor([0.0, 1.0]), lib.tensor([0.0, 0.0])),
    "strides": lambda lib, x: (lib.ones(2, 3), lib.ones(3, 2).t()),
    "floats": lambda lib, x: (1.0, 2.0),
    "near floats": lambda lib, x: (1.0, 1.0 + 1e-9),
    "nan floats": lambda lib, x: (NAN, NAN),
    "ints": lambda lib, x: (1, 2),
    "int and float": lambda lib, x: (1, 1.0),
    "complex numbers": lambda lib, x: (1 + 1j, 1 + 2j),
    "bools": lambda lib, x: (True, False),
    "nothing": lambda lib, x: (None, None),
    "nothing and something": lambda lib, x: (None, 1),
    "texts": lambda lib, x: ("a", "a"),
    "tensor and number": lambda lib, x: (x, 1.0),
    "tensor and list": lambda lib, x: (x, [1.0, 2.0, 3.0]),
    "lists": lambda lib, x: ([1, 2], [1, 3]),
    "lengths": lambda lib, x: ([1, 2], [1]),
    "list and tuple": lambda lib, x: ([x], (x,)),
    "nested": lambda lib, x: ({"a": [x, x]}, {"a": [x, x + 1]}),
    "keys": lambda lib, x: ({"a": x}, {"b": x}),
    "value before structure": lambda lib, x: ([x, [1]], [x + 1, [1, 2]]),
    "value before type": lambda lib, x: ([x, "a"], [x + 1, "a"]),
}
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"check_dtype": False},
    {"check_stride": True},
    {"equal_nan": True},
    {"rtol": 0.5, "atol": 0.5},
    {"rtol": 0, "atol": 0},
    {"rtol": 0.1},
    {"msg": "mine"},
    {"msg": "mine: {}".format},
)


def outcome(lib: Any, pair: str, options: dict[str, Any]) -> Any:
    try:
        return lib.testing.assert_close(*PAIRS[pair](lib, lib.tensor([1.0, 2.0, 3.0])), **options)
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("pair", PAIRS)
def test_assert_close(pair: str) -> None:
    for options in OPTIONS:
        assert outcome(mini_autograd, pair, options) == outcome(torch, pair, options)
