"""What every elementwise op is put to: shapes, strides, dtypes and pairs of them, special values."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch

from tests.mini_autograd.against_torch import COMPLEX, EVERY, FLOATING, layouts, make, of, pairs, same

INF, NAN = float("inf"), float("nan")
SPECIAL = (-INF, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0, INF, NAN)
SPECIAL_COMPLEX = (0j, 1 + 0j, -1j, complex(-2, 0.5), complex(0.25, -3), complex(-1, -0.0), complex(0.0, 2))


def check_layouts(call: Callable[..., Any], count: int, dtype: str = "float64", **options: Any) -> None:
    """Every kind of shape and stride, with first and second derivatives and forward mode."""
    bounds = {name: options.pop(name) for name in ("low", "high") if name in options}
    if count == 1:
        cases: dict[str, tuple] = {name: (one,) for name, one in layouts(dtype, **bounds).items()}
    else:
        cases = pairs(dtype, **bounds)
    for name, args in cases.items():
        more = [make(*args[0].shape, dtype=dtype, seed=9, **bounds) for _ in range(count - 2)]
        # torch makes no dual tensor of one whose elements overlap.
        forward = {"forward": False} if name == "expanded" else {}
        with naming(name):
            same(call, *args, *more, **(options | forward))


def check_dtypes(call: Callable[..., Any], count: int, **options: Any) -> None:
    """Every dtype, with derivatives where it has them."""
    bounds = {name: options.pop(name) for name in ("low", "high") if name in options}
    for dtype in EVERY:
        args = [make(2, 3, dtype=dtype, seed=seed, **bounds) for seed in range(count)]
        with naming(dtype):
            same(call, *args, **({"second": dtype not in ("float16", "bfloat16")} | options))


def check_promotion(call: Callable[..., Any], **bounds: float) -> None:
    """Every pair of dtypes, of a tensor with dimensions and of a 0-d one."""
    for one, two in itertools.product(EVERY, EVERY):
        left = make(2, 3, dtype=one, **bounds)
        for right in (make(2, 3, dtype=two, seed=1, **bounds), make(dtype=two, seed=2, **bounds)):
            if {one, two} & {"float16"} and {one, two} & set(COMPLEX):
                continue  # torch computes in a complex type of halves, which is not offered
            with naming(f"{one} {two} {right.ndim}-d"):
                same(call, left, right, grad=False)
                same(call, right, left, grad=False)


def check_special(call: Callable[..., Any], count: int, **options: Any) -> None:
    """Zeros of both signs, infinities and NaN in every combination."""
    columns = list(zip(*itertools.product(SPECIAL, repeat=count), strict=True))
    same(call, *[of(*column) for column in columns], **({"second": False} | options))


def check_special_complex(call: Callable[..., Any], count: int, **options: Any) -> None:
    """Complex numbers on the axes and in every quadrant."""
    columns = list(zip(*itertools.product(SPECIAL_COMPLEX, repeat=count), strict=True))
    same(call, *[of(*column, dtype="complex128") for column in columns], **({"second": False} | options))


class naming:
    """Puts what was being tried in front of the message of what went wrong."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, AssertionError):
            error.args = (f"[{self.name}] {error}", *error.args[1:])


__all__ = [
    "COMPLEX",
    "FLOATING",
    "check_dtypes",
    "check_layouts",
    "check_promotion",
    "check_special",
    "torch",
]
