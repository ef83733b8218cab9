"""`gradcheck` and `gradgradcheck` beside torch's: verdicts, and what is said of wrong derivatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd

NUMBERS = [0.5, -1.25, 2.0]
FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "right": lambda lib, x: x.sin() * x,
    "several": lambda lib, x: (x.exp(), x.sum(), x > 0)[:2],
    "linear": lambda lib, x: x * 2,
    "complex": lambda lib, x: x * (1 + 2j),
    "wrong": lambda lib, x: x * x.detach(),
    "cut off": lambda lib, x: x.detach(),
    "constant": lambda lib, x: lib.ones(2),
    "kink": lambda lib, x: lib.relu(x - 0.5),
    "truth": lambda lib, x: x > 0,
    "raises": lambda lib, x: x + lib.ones(2),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "forward": {"check_forward_ad": True},
    "only forward": {"check_forward_ad": True, "check_backward_ad": False},
    "fast": {"fast_mode": True},
    "fast forward": {"fast_mode": True, "check_forward_ad": True},
    "batched": {"check_batched_grad": True, "check_forward_ad": True, "check_batched_forward_grad": True},
    "verdict": {"raise_exception": False, "check_undefined_grad": False},
    "nothing": {"check_backward_ad": False},
    "batched without backward": {
        "check_backward_ad": False,
        "check_forward_ad": True,
        "check_batched_grad": True,
    },
}


def outcome(lib: Any, check: str, function: str, options: dict[str, Any], dtype: str = "float64") -> Any:
    x = lib.tensor(NUMBERS, dtype=getattr(lib, dtype), requires_grad=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = getattr(lib.autograd, check)(lambda x: FUNCTIONS[function](lib, x), (x,), **options)
        except Exception as error:
            result = type(error).__name__, str(error)
    told = [str(one.message) for one in caught if one.category is UserWarning]
    return result, [text for text in told if "jit" not in text and "ComplexHalf" not in text]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("options", OPTIONS)
def test_gradcheck(function: str, options: str) -> None:
    expected = outcome(torch, "gradcheck", function, OPTIONS[options])
    assert outcome(mini_autograd, "gradcheck", function, OPTIONS[options]) == expected


@pytest.mark.parametrize("function", ["right", "several", "linear", "complex", "wrong"])
@pytest.mark.parametrize(
    "options", [{}, {"check_fwd_over_rev": True}, {"fast_mode": True}, {"check_batched_grad": True}]
)
def test_gradgradcheck(function: str, options: dict[str, Any]) -> None:
    options = {"raise_exception": False, **options}  # texts would show random cotangents
    expected = outcome(torch, "gradgradcheck", function, options)
    assert outcome(mini_autograd, "gradgradcheck", function, options) == expected


def test_single_precision() -> None:
    options = {"eps": 1e-2, "atol": 1e-2}
    expected = outcome(torch, "gradcheck", "right", options, "float32")
    assert outcome(mini_autograd, "gradcheck", "right", options, "float32") == expected


@pytest.mark.parametrize("function", ["right", "wrong"])
def test_complex_input(function: str) -> None:
    options = {"check_forward_ad": True}
    expected = outcome(torch, "gradcheck", function, options, "complex128")
    assert outcome(mini_autograd, "gradcheck", function, options, "complex128") == expected
