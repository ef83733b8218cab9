"""Poolings against torch: windows, sizes, dtypes, memory formats, derivatives, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import make, of, same

Call = Callable[..., Any]
SUMS = {"ulp": 1 << 8, "grad_ulp": 1 << 8}
WINDOWS: list[dict[str, Any]] = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2},
    {"kernel_size": 3, "stride": 1, "padding": 1},
    {"kernel_size": 2, "stride": 3, "ceil_mode": True},
    {"kernel_size": 9},
    {"kernel_size": 2, "padding": 2},
    {"kernel_size": 2, "padding": -1},
    {"kernel_size": 2, "stride": 0},
    {"kernel_size": 0},
    {"kernel_size": (2,) * 4},
]
SPACES = (1, 2, 3)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Of several wrong indices torch names the last that one of its threads has found."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def picture(space: int, dtype: str = "float64", batch: bool = True) -> torch.Tensor:
    return make(*(2,) * batch, 3, *(6, 5, 4)[-space:], dtype=dtype)


def call(name: str, space: int, *args: Any, **options: Any) -> Call:
    return lambda lib, x: getattr(lib.nn.functional, f"{name}{space}d")(x, *args, **options)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("options", WINDOWS, ids=str)
def test_windows(space: int, options: dict[str, Any]) -> None:
    same(call("avg_pool", space, **options), picture(space), **SUMS)
    same(call("max_pool", space, **options), picture(space))
    same(call("max_pool", space, **options, return_indices=True), picture(space, batch=False))


@pytest.mark.parametrize("space", SPACES)
def test_dilation(space: int) -> None:
    same(call("max_pool", space, 2, 1, 1, 2, return_indices=True), picture(space))
    same(call("max_pool", space, 2, dilation=0), picture(space))


@pytest.mark.parametrize("options", [{"count_include_pad": False}, {"divisor_override": 5}], ids=str)
@pytest.mark.parametrize("space", [2, 3])
def test_what_a_mean_counts(space: int, options: dict[str, Any]) -> None:
    same(call("avg_pool", space, 3, 2, 1, **options), picture(space), **SUMS)
    same(call("avg_pool", space, 3, 2, 1, **options), picture(space).mul(8).long())


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("size", [1, 3, 7, 0, -1, ()], ids=str)
def test_adaptive(space: int, size: Any) -> None:
    same(call("adaptive_avg_pool", space, size), picture(space), **SUMS)
    same(call("adaptive_max_pool", space, size, return_indices=True), picture(space))
    same(call("adaptive_max_pool", space, size), picture(space, batch=False))


@pytest.mark.parametrize("name", ["max_pool", "adaptive_avg_pool", "avg_pool", "adaptive_max_pool"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int32", "int64", "bool", "complex64"])
@pytest.mark.parametrize("space", SPACES)
def test_dtypes(space: int, dtype: str, name: str) -> None:
    same(call(name, space, 2), picture(space, dtype), **SUMS)


def test_the_last_of_several_nan_is_the_largest() -> None:
    nan, inf = float("nan"), float("inf")
    x = of([[[1.0, nan, 2.0, nan], [nan, 0.0, -inf, -inf]]])
    same(call("max_pool", 1, 2, return_indices=True), x)
    same(call("max_pool", 1, 2, 2, 1, return_indices=True), x)


@pytest.mark.parametrize("name", ["max_pool", "adaptive_avg_pool", "avg_pool", "adaptive_max_pool"])
@pytest.mark.parametrize("size", [1, 2])
def test_channels_last(name: str, size: int) -> None:
    same(call(name, 2, size), picture(2).contiguous(memory_format=torch.channels_last), **SUMS)
    same(call(name, 3, size), picture(3).contiguous(memory_format=torch.channels_last_3d), **SUMS)


@pytest.mark.parametrize("p", [1, 2, 3.0, float("inf")])
@pytest.mark.parametrize("space", SPACES)
def test_norms(space: int, p: float) -> None:
    same(call("lp_pool", space, p, 2), picture(space), **SUMS)


@pytest.mark.parametrize("space", [2, 3])
def test_windows_at_random(space: int) -> None:
    def pooled(lib: Any, x: Any, samples: Any = None) -> Any:
        function = getattr(lib.nn.functional, f"fractional_max_pool{space}d")
        given = (
            lib.tensor([[[0.1, 0.9, 0.5][-space:]] * 3] * 2, dtype=x.dtype) if samples is None else samples
        )
        return function(x, 2, output_size=2, return_indices=True, _random_samples=given)

    same(pooled, picture(space))
    same(pooled, picture(space), torch.ones(2, 3, space, dtype=torch.float64))


@pytest.mark.parametrize("space", SPACES)
def test_back_to_where_the_maxima_were(space: int) -> None:
    def unpooled(lib: Any, x: Any, **options: Any) -> Any:
        functions = lib.nn.functional
        values, indices = getattr(functions, f"max_pool{space}d")(x, 2, return_indices=True)
        return getattr(functions, f"max_unpool{space}d")(values, indices, 2, **options)

    same(unpooled, picture(space))
    same(lambda lib, x: unpooled(lib, x, output_size=x.shape), picture(space))
    same(lambda lib, x: unpooled(lib, x, output_size=(9,) * space), picture(space))
