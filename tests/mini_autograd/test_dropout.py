"""Dropout against torch, with the random numbers of the same seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, same

Call = Callable[..., Any]
NAMES = ("dropout", "alpha_dropout", "feature_alpha_dropout", "dropout1d", "dropout2d", "dropout3d")


def seeded(name: str, p: Any, training: bool = True, inplace: bool = False) -> Call:
    def call(lib: Any, x: Any) -> Any:
        lib.manual_seed(5)
        return getattr(lib.nn.functional, name)(x * 1 if inplace else x, p, training, inplace)

    return call


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("p", [0, 0.25, 0.5, 1.0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_probabilities(name: str, p: float, inplace: bool) -> None:
    same(seeded(name, p, True, inplace), make(2, 3, 4, dtype="float64"), ulp=8)
    same(seeded(name, p, False, inplace), make(2, 3, 4, dtype="float64"))
    same(seeded(name, p, True, inplace), make(2, 3, 4))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 3), (4, 3, 2, 2), (2, 2, 1, 2, 3)])
@pytest.mark.parametrize("name", NAMES)
def test_shapes(name: str, shape: tuple) -> None:
    same(seeded(name, 0.5), make(*shape), ulp=8)


@pytest.mark.parametrize("name", NAMES)
def test_layouts(name: str) -> None:
    same(seeded(name, 0.5), make(4, 3, 2).permute(1, 0, 2), ulp=8)
    same(seeded(name, 0.5), make(2, 3, 1).expand(2, 3, 4), forward=False, ulp=8)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int64", "bool", "complex64"])
@pytest.mark.parametrize("name", ["dropout", "dropout1d"])
def test_dtypes(name: str, dtype: str) -> None:
    for p in (0.5, 0.0, 1.0):
        same(seeded(name, p), make(2, 3, 4, dtype=dtype), second=False)
    same(seeded(name, 0.5, True, True), make(2, 3, 4, dtype=dtype), second=False)


@pytest.mark.parametrize("name", NAMES)
def test_no_probability(name: str) -> None:
    for p in (-0.1, 1.5, 2):
        same(seeded(name, p), make(2, 3, 4))


@pytest.mark.parametrize("name", ["dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"])
def test_functions(name: str) -> None:
    def call(lib: Any, x: Any, p: Any, in_place: bool) -> Any:
        lib.manual_seed(9)
        return getattr(lib, f"{name}_" if in_place else name)(x, p, True)

    for p in (0.5, 1.5):
        same(call, make(2, 3), p, False, ulp=8)
        same(call, make(2, 3), p, True, grad=False, ulp=8)
        same(call, make(2, 3), p, True, ulp=8)
    same(call, make(3), 0.5, False, ulp=8)
