"""Convolutions against torch: sizes, steps, groups, memory formats, derivatives, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import EVERY, make, same

Call = Callable[..., Any]
# Sums of many products, in another order than in torch.
SUMS = {"ulp": 1 << 8, "grad_ulp": 1 << 8}
STEPS = [
    {},
    {"stride": 2},
    {"stride": (2, 1)},
    {"padding": 1},
    {"padding": (1, 2)},
    {"padding": [1]},
    {"dilation": 2},
    {"dilation": (1, 2)},
    {"stride": 3, "padding": 2, "dilation": (2, 1)},
    {"padding": "same"},
    {"padding": "valid"},
    {"padding": "same", "dilation": 2},
]


@pytest.fixture(autouse=True)
def every_warning() -> Iterator[None]:
    """Warnings that are given once in a process, given every time."""
    mini_autograd.set_warn_always(True)
    yield
    mini_autograd.set_warn_always(False)


def given(*shapes: tuple, dtype: str = "float64") -> list[torch.Tensor]:
    return [make(*shape, dtype=dtype, seed=seed, low=0.1) for seed, shape in enumerate(shapes)]


def convolve(count: int, transposed: bool = False, **options: Any) -> Call:
    name = f"conv_transpose{count}d" if transposed else f"conv{count}d"
    return lambda lib, *args: getattr(lib.nn.functional, name)(*args, **options)


@pytest.mark.parametrize("options", STEPS, ids=str)
def test_steps(options: dict) -> None:
    same(convolve(2, **options), *given((2, 3, 6, 7), (4, 3, 3, 2), (4,)), **SUMS)
    same(convolve(2, **options), *given((2, 3, 6, 7), (4, 3, 2, 3)), **SUMS)


@pytest.mark.parametrize(
    "shapes", [((4, 6, 2, 2), (4,)), ((2, 3, 1, 1), (2,)), ((6, 1, 2, 1), None)], ids=str
)
def test_groups(shapes: tuple) -> None:
    weight, bias = shapes
    groups = 6 // weight[1]
    args = given((2, 6, 4, 4), weight, *([] if bias is None else [bias]))
    same(convolve(2, groups=groups), *args, **SUMS)
    same(convolve(2, groups=groups, stride=2, padding=1), *args, **SUMS)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_spatial_dimensions(count: int) -> None:
    size, kernel = (4, 5, 3)[:count], (2, 3, 1)[:count]
    args = given((2, 3, *size), (4, 3, *kernel), (4,))
    same(convolve(count), *args, **SUMS)
    same(convolve(count, stride=2, padding=1, dilation=1), *args, **SUMS)
    same(convolve(count), args[0][0], *args[1:], **SUMS)
    turned = given((2, 3, *size), (3, 4, *kernel), (4,))
    same(convolve(count, transposed=True), *turned, **SUMS)
    same(convolve(count, transposed=True, stride=2, padding=1, output_padding=1), *turned, **SUMS)
    same(convolve(count, transposed=True), turned[0][0], *turned[1:2], **SUMS)


@pytest.mark.parametrize(
    "options",
    [
        {"stride": 2},
        {"stride": 2, "output_padding": 1},
        {"padding": 1},
        {"dilation": 2, "padding": (1, 0)},
        {"groups": 2},
        {"groups": 2, "stride": (1, 2), "dilation": 2},
    ],
    ids=str,
)
def test_transposed(options: dict) -> None:
    same(convolve(2, transposed=True, **options), *given((2, 4, 3, 4), (4, 3, 2, 3)), **SUMS)


@pytest.mark.parametrize(
    "shapes",
    [
        ((0, 3, 4, 4), (2, 3, 2, 2), (2,)),
        ((2, 3, 4, 4), (2, 3, 4, 4), (2,)),
        ((1, 1, 1, 1), (1, 1, 1, 1), (1,)),
        ((2, 3, 4, 4), (2, 3, 1, 1), (2,)),
    ],
    ids=str,
)
def test_sizes(shapes: tuple) -> None:
    same(convolve(2), *given(*shapes), second=0 not in shapes[0], **SUMS)


@pytest.mark.parametrize("dtype", EVERY)
def test_dtypes(dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    sums = SUMS if exact else {"ulp": 4, "grad_ulp": 16}
    args = given((2, 3, 4, 4), (2, 3, 2, 2), (2,), dtype=dtype)
    for options in ({}, {"dilation": 2}, {"padding": 1}):
        same(convolve(2, **options), *args, second=exact, forward=exact, **sums)
    same(convolve(2), *args[:2], second=exact, forward=exact, **sums)
    turned = given((2, 3, 4, 4), (3, 2, 2, 2), dtype=dtype)
    same(convolve(2, transposed=True), *turned, second=exact, forward=exact, **sums)
    one, two, three = given((2, 3, 4, 4), (2, 3, 2, 2), (2,), dtype="float32")
    same(convolve(2), args[0], two, three, grad=False, **sums)
    same(convolve(2), one, two, args[2], grad=False, **sums)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layouts(dtype: str) -> None:
    one, two, three = given((2, 3, 4, 5), (2, 3, 2, 2), (2,), dtype=dtype)
    last = {"memory_format": torch.channels_last}
    same(convolve(2, padding=1), one.transpose(2, 3), two, three, **SUMS)
    same(convolve(2, padding=1), one[:, :, ::2], two, three, **SUMS)
    same(convolve(2, padding=1), one.to(**last), two, three, **SUMS)
    same(convolve(2, padding=1), one, two.to(**last), three, **SUMS)
    same(convolve(2, padding="same"), one.to(**last), two, three, **SUMS)
    same(convolve(2, transposed=True), one.to(**last), given((3, 2, 2, 2), dtype=dtype)[0], **SUMS)


def test_gradients_of_some() -> None:
    for place in range(3):

        def call(lib: Any, *args: Any, place: int = place) -> Any:
            kept = [one if at == place else one.detach() for at, one in enumerate(args)]
            return lib.nn.functional.conv2d(*kept, padding=1)

        same(call, *given((2, 3, 4, 4), (2, 3, 3, 3), (2,)), **SUMS)


BAD: list[Call] = [
    lambda n, x, w, b: n.conv2d(x, w, b, padding=-1),
    lambda n, x, w, b: n.conv2d(x, w, b, stride=0),
    lambda n, x, w, b: n.conv2d(x, w, b, dilation=0),
    lambda n, x, w, b: n.conv2d(x, w, b, dilation=-1),
    lambda n, x, w, b: n.conv2d(x, w, b, groups=0),
    lambda n, x, w, b: n.conv2d(x, w, b, groups=3),
    lambda n, x, w, b: n.conv2d(x, w, b, stride=(1, 1, 1)),
    lambda n, x, w, b: n.conv2d(x, w, b, padding=[1, 1, 1]),
    lambda n, x, w, b: n.conv2d(x, w, b, padding="foo"),
    lambda n, x, w, b: n.conv2d(x, w, b, padding="same", stride=2),
    lambda n, x, w, b: n.conv2d(x[:, :2], w, b),
    lambda n, x, w, b: n.conv2d(x[:, :, :1, :1], w, b),
    lambda n, x, w, b: n.conv2d(x, w, w[0, 0, 0]),
    lambda n, x, w, b: n.conv2d(x, w, b.view(1, 2)),
    lambda n, x, w, b: n.conv2d(x[0, 0], w, b),
    lambda n, x, w, b: n.conv2d(x, w[0], b),
    lambda n, x, w, b: n.conv2d(x, w[0, 0], b),
    lambda n, x, w, b: n.conv2d(x),
    lambda n, x, w, b: n.conv2d(x, 1),
    lambda n, x, w, b: n.conv2d(x, w, b, "a", 1),
    lambda n, x, w, b: n.conv2d(x, w, b, padding=1.5),
    lambda n, x, w, b: n.conv1d(x, w),
    lambda n, x, w, b: n.conv_transpose2d(x, w, b),
    lambda n, x, w, b: n.conv_transpose2d(x, w.transpose(0, 1), stride=2, output_padding=2),
]


@pytest.mark.parametrize("call", BAD)
def test_arguments(call: Call) -> None:
    same(lambda lib, *args: call(lib.nn.functional, *args), *given((2, 3, 4, 4), (2, 3, 2, 2), (2,)), **SUMS)


def test_margins() -> None:
    for pad in (
        (1, 2),
        (1, 2, 0, 1),
        (-1, 0),
        (-1, 1, 2, -2),
        (1,) * 6,
        (),
        (1,),
        (1,) * 8,
        (-3, -3),
        (-2, -2),
    ):
        for value in (0, 2.5):
            same(
                lambda lib, x, pad=pad, value=value: lib.constant_pad_nd(x, pad, value),
                make(2, 3, 4, dtype="float64"),
            )
    for dtype in EVERY:
        same(lambda lib, x: lib.constant_pad_nd(x, (1, 1), 1), make(2, 3, dtype=dtype))
    last = make(2, 3, 4, 4).to(memory_format=torch.channels_last)
    same(lambda lib, x: lib.constant_pad_nd(x, (1, 1)), last)
