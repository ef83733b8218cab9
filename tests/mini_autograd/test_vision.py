"""Resampling, sampling by a grid, margins and columns against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import make, same

SUMS = {"ulp": 1 << 13, "grad_ulp": 1 << 13}
MODES = [
    ("nearest", 1), ("nearest", 2), ("nearest", 3), ("nearest-exact", 1), ("nearest-exact", 2),
    ("nearest-exact", 3), ("linear", 1), ("bilinear", 2), ("trilinear", 3), ("bicubic", 2), ("area", 2), ("foo", 2),
    ("linear", 2),
]  # fmt: skip
SIZES: list[dict[str, Any]] = [{"size": 3}, {"size": 7}, {"scale_factor": 2}, {"scale_factor": 1.7}, {}]


def picture(space: int, dtype: str = "float64") -> torch.Tensor:
    return make(2, 4, *(3, 4, 5)[-space:], dtype=dtype, low=0.1)


def call(name: str, *args: Any, **options: Any) -> Callable[..., Any]:
    return lambda lib, *tensors: getattr(lib.nn.functional, name)(*tensors, *args, **options)


@pytest.mark.parametrize("options", SIZES, ids=str)
@pytest.mark.parametrize(("mode", "space"), MODES)
def test_interpolation(mode: str, space: int, options: dict[str, Any]) -> None:
    same(call("interpolate", mode=mode, **options), picture(space), **SUMS)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("align", [None, False, True])
def test_interpolation_without_aliases(mode: str, align: bool | None) -> None:
    same(call("interpolate", (2, 7), mode=mode, align_corners=align, antialias=True), picture(2), **SUMS)
    same(call("interpolate", (2, 7), mode=mode, align_corners=align), picture(2), **SUMS)


def test_a_size_that_doubles_takes_every_element_twice() -> None:
    same(call("interpolate", scale_factor=2.3), make(1, 2, 2, 3))
    same(call("interpolate", scale_factor=2.3), make(1, 2, 2))


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize(
    ("mode", "space"), [("bilinear", 2), ("nearest", 2), ("bicubic", 2), ("bilinear", 3)]
)
@pytest.mark.parametrize("align", [False, True])
def test_sampling(mode: str, space: int, padding: str, align: bool) -> None:
    grid = make(2, *(2,) * space, space, seed=3)
    same(call("grid_sample", mode, padding, align), picture(space), grid, **SUMS)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular", "constant", "foo"])
@pytest.mark.parametrize("pad", [(1, 2), (0, -1, 2, 1), (1, 1, 0, 2, 1, 0), (7, 7), (1,)], ids=str)
def test_margins(mode: str, pad: tuple[int, ...]) -> None:
    for space in (1, 2, 3):
        same(call("pad", pad, mode), picture(space), **SUMS)


def test_shuffles() -> None:
    same(call("pixel_shuffle", 2), picture(2))
    same(call("pixel_shuffle", 3), picture(2))
    same(call("pixel_unshuffle", 2), make(1, 2, 4, 6))
    same(call("channel_shuffle", 2), picture(2))
    same(call("pixel_shuffle", 1), picture(2))


@pytest.mark.parametrize(
    "options", [{}, {"padding": 1, "stride": 2}, {"dilation": 2}, {"stride": 0}], ids=str
)
def test_columns(options: dict[str, Any]) -> None:
    same(call("unfold", 2, **options), picture(2))
    same(call("fold", (4, 5), 2), make(2, 8, 12), **SUMS)
    same(call("fold", (4, 5), 2, **options), make(2, 8, 6), **SUMS)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf"), -1.0])
def test_distances(p: float) -> None:
    one, other = make(4, 3), make(5, 3, seed=1)
    same(lambda lib, x, y: lib.cdist(x, y, p), one, other, **SUMS)
    same(call("pdist", p), one, **SUMS)
    if p >= 0:
        same(call("pairwise_distance", p), one, make(4, 3, seed=2), **SUMS)


def test_distances_by_a_product() -> None:
    mode = "use_mm_for_euclid_dist"
    same(
        lambda lib, x, y: lib.cdist(x, y, compute_mode=mode),
        make(4, 3),
        make(2, 5, 3, seed=1),
        ulp=1 << 16,
        grad_ulp=1 << 16,
    )


@pytest.mark.parametrize("dim", [0, 1, 2])
def test_cosine_similarity(dim: int) -> None:
    same(call("cosine_similarity", dim), make(4, 3), make(4, 3, seed=1), **SUMS)


@pytest.mark.parametrize("space", [2, 3])
def test_an_infinite_gradient_of_a_sample_outside_reaches_no_element(space: int) -> None:
    def gradients(lib: Any) -> list[Any]:
        image = lib.ones(1, 1, *[3] * space, requires_grad=True)
        places = (
            lib.tensor([[0.0] * space, [9.0] * space]).view(1, 2, *[1] * (space - 1), space).requires_grad_()
        )
        sample = lib.nn.functional.grid_sample(image, places, align_corners=False)
        infinite = lib.tensor([1.0, float("inf")]).view(sample.shape)
        found = lib.autograd.grad(sample, (image, places), infinite)
        return [repr(one.tolist()) for one in found]

    assert gradients(mini_autograd) == gradients(torch)
