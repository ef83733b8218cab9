"""Batch, instance and group normalization against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, same

Call = Callable[..., Any]
# Gradients are small differences of sums taken in another order.
LOOSE = {"ulp": 1 << 10, "grad_ulp": 1 << 16}
SHAPES = ((5, 3), (2, 3, 4), (2, 3, 2, 3))


def channels(seed: int) -> Any:
    return make(3, dtype="float64", low=0.5, seed=seed)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(shape: tuple, training: bool) -> None:
    def call(lib: Any, x: Any, w: Any, b: Any) -> Any:
        mean, variance = lib.zeros(3, dtype=lib.float64), lib.ones(3, dtype=lib.float64)
        y = lib.nn.functional.batch_norm(x, mean, variance, w, b, training)
        return y, mean, variance

    same(call, make(*shape, dtype="float64"), channels(1), channels(2), **LOOSE)


@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("own", [True, False])
def test_instance_norm(shape: tuple, own: bool) -> None:
    def call(lib: Any, x: Any, w: Any, b: Any) -> Any:
        mean, variance = lib.zeros(3, dtype=lib.float64), lib.ones(3, dtype=lib.float64)
        y = lib.nn.functional.instance_norm(x, mean, variance, w, b, use_input_stats=own)
        return y, mean, variance

    same(call, make(*shape, dtype="float64"), channels(1), channels(2), **LOOSE)


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 2, 3)])
def test_group_norm(shape: tuple, groups: int) -> None:
    call: Call = lambda lib, x, w, b: lib.nn.functional.group_norm(x, groups, w, b)  # noqa: E731
    same(call, make(*shape, dtype="float64"), channels(1), channels(2), **LOOSE)


def test_statistics_of_groups_have_gradients() -> None:
    call: Call = lambda lib, x: lib.native_group_norm(x, None, None, 2, 4, 3, 2, 1e-5)  # noqa: E731
    same(call, make(2, 4, 3, dtype="float64"), **LOOSE)
