"""Scaled dot product attention against torch: which op it takes, masks, gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import make, same

Call = Callable[..., Any]
SUMS = {"ulp": 64, "grad_ulp": 1 << 10}


def attention(lib: Any, query: Any, key: Any, value: Any, mask: Any = None, **options: Any) -> Any:
    return lib.nn.functional.scaled_dot_product_attention(query, key, value, mask, **options)


def with_options(**options: Any) -> Call:
    return lambda lib, *args: attention(lib, *args, **options)


def given(*shapes: tuple, dtype: str = "float64") -> list[torch.Tensor]:
    return [make(*shape, dtype=dtype, seed=seed, low=0.1) for seed, shape in enumerate(shapes)]


FOUR = ((2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8))
SHAPES = {
    "4-d": FOUR,
    "small heads": ((2, 3, 4, 1), (2, 3, 5, 1), (2, 3, 5, 1)),
    "odd heads": ((1, 1, 2, 7), (1, 1, 3, 7), (1, 1, 3, 7)),
    "other values": ((2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 6)),
    "3-d": ((3, 4, 8), (3, 5, 8), (3, 5, 8)),
    "2-d": ((4, 8), (5, 8), (5, 8)),
    "5-d": ((1, 2, 3, 4, 8), (1, 2, 3, 5, 8), (1, 2, 3, 5, 8)),
    "broadcast batch": ((2, 3, 4, 8), (1, 3, 5, 8), (2, 3, 5, 8)),
    "broadcast heads": ((2, 3, 4, 8), (2, 1, 5, 8), (2, 1, 5, 8)),
    "no queries": ((2, 3, 0, 8), (2, 3, 5, 8), (2, 3, 5, 8)),
    "no keys": ((2, 3, 4, 8), (2, 3, 0, 8), (2, 3, 0, 8)),
    "no batch": ((0, 3, 4, 8), (0, 3, 5, 8), (0, 3, 5, 8)),
}
BAD = {
    "dimensions": ((8,), (8,), (8,)),
    "keys": ((2, 3, 4, 8), (2, 3, 5, 7), (2, 3, 5, 8)),
    "heads": ((2, 6, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8)),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"scale": 0.3}], ids=str)
def test_shapes(options: dict, name: str) -> None:
    same(with_options(**options), *given(*SHAPES[name]), **SUMS)


@pytest.mark.parametrize("name", BAD)
def test_bad_shapes(name: str) -> None:
    same(attention, *given(*BAD[name]))


@pytest.mark.parametrize(
    "shape", [(4, 5), (1, 5), (4, 1), (2, 3, 4, 5), (2, 1, 1, 5), (3, 4, 5), (4, 4), (2, 2, 4, 5)]
)
def test_masks(shape: tuple) -> None:
    def by_truth(lib: Any, *args: Any) -> Any:
        return attention(lib, *args[:3], args[3] > 1.0)

    def by_number(lib: Any, *args: Any) -> Any:
        return attention(lib, *args[:3], args[3].detach())

    args = [*given(*FOUR), make(*shape, dtype="float64", seed=9)]
    same(by_truth, *args, **SUMS)
    same(by_number, *args, **SUMS)
    # What is added to all scores of a query makes no difference: its gradient is 0 but for rounding.
    same(attention, *args, grad=shape[-1] > 1, **SUMS)


@pytest.mark.parametrize("rank", [3, 4])
def test_masked_out(rank: int) -> None:
    def call(lib: Any, *args: Any) -> Any:
        allowed = lib.tensor([[False] * 5, [True] * 5, [False, True, False, True, False], [False] * 5])
        return attention(lib, *args, allowed)

    same(call, *given(*[shape[4 - rank :] for shape in FOUR]), **SUMS)


def test_both_masks() -> None:
    for shapes in (FOUR, SHAPES["3-d"]):
        same(
            lambda lib, *args: attention(lib, *args[:3], args[3].detach(), is_causal=True),
            *given(*shapes),
            make(4, 5, dtype="float64"),
            **SUMS,
        )


@pytest.mark.parametrize("shapes", [FOUR, SHAPES["3-d"]], ids=str)
def test_grouped_queries(shapes: tuple) -> None:
    grouped = with_options(enable_gqa=True)
    heads = -3
    wide = (*shapes[0][:heads], 6, *shapes[0][heads + 1 :])
    same(grouped, *given(wide, *shapes[1:]), **SUMS)
    same(grouped, *given(shapes[0], *shapes[1:]), **SUMS)
    odd = (*shapes[0][:heads], 5, *shapes[0][heads + 1 :])
    same(grouped, *given(odd, *shapes[1:]))


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int64", "complex64"])
@pytest.mark.parametrize("shapes", [FOUR, SHAPES["3-d"]], ids=str)
def test_dtypes(shapes: tuple, dtype: str) -> None:
    exact = dtype not in ("float16", "bfloat16")
    sums = SUMS if exact else {"ulp": 4, "grad_ulp": 32}
    same(attention, *given(*shapes, dtype=dtype), second=exact, forward=exact, **sums)
    for kind in (dtype, "float32", "float64", "int64"):
        mask = make(4, 5, dtype=kind, low=0)
        same(lambda lib, *args: attention(lib, *args), *given(*shapes, dtype=dtype), mask, grad=False, **sums)
    one, _, three = given(*shapes, dtype=dtype)
    same(attention, one, make(*shapes[1], dtype="float16" if dtype == "float64" else "float64"), three)


def test_layouts() -> None:
    one, two, three = (one.transpose(1, 2) for one in given((2, 4, 3, 8), (2, 5, 3, 8), (2, 5, 3, 8)))
    same(attention, one, two, three, **SUMS)
    four, five, six = given((2, 3, 8, 4), *FOUR[1:])
    same(attention, four.transpose(2, 3), five, six, **SUMS)
    same(attention, four[:, :1].transpose(2, 3).expand(2, 3, 4, 8), five, six, forward=False, **SUMS)


@pytest.mark.parametrize("p", [0.5, 1.0, 1.5])
def test_dropout(p: float) -> None:
    def call(lib: Any, *args: Any) -> Any:
        lib.manual_seed(3)
        return attention(lib, *args, dropout_p=p)

    same(call, *given(*FOUR), **SUMS)


def test_gradients_of_some() -> None:
    for place in range(3):

        def call(lib: Any, *args: Any, place: int = place) -> Any:
            kept = [one if at == place else one.detach() for at, one in enumerate(args)]
            return attention(lib, *kept)

        same(call, *given(*FOUR), **SUMS)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, q, k, v: lib.nn.functional.scaled_dot_product_attention(q, k),
        lambda lib, q, k, v: lib.nn.functional.scaled_dot_product_attention(1, k, v),
        lambda lib, q, k, v: lib._scaled_dot_product_flash_attention_for_cpu(q, k, v),
        lambda lib, q, k, v: lib._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.5),
        lambda lib, q, k, v: lib._scaled_dot_product_flash_attention_for_cpu(q[0], k, v),
        lambda lib, q, k, v: lib._scaled_dot_product_flash_attention_for_cpu(q, k, v[..., :4]),
        lambda lib, q, k, v: lib._scaled_dot_product_flash_attention_for_cpu(q, k, v.float()),
    ],
)
def test_arguments(call: Call) -> None:
    same(call, *given(*FOUR), grad=False, **SUMS)
