"""Questions about tensors against torch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, layouts, make, of, same

Call = Callable[..., Any]


def test_type_and_size() -> None:
    for dtype in EVERY:
        for tensor in layouts(dtype).values():
            same(
                lambda lib, x: (
                    lib.numel(x),
                    lib.is_floating_point(x),
                    lib.is_signed(x),
                    lib.is_inference(x),
                ),
                tensor,
                grad=False,
            )


def test_result_type() -> None:
    for one, other in itertools.product(EVERY, EVERY):
        if "float16" in (one, other) and ("complex64" in (one, other) or "complex128" in (one, other)):
            continue  # a complex type of halves, which is not offered
        for ndim in (0, 1):
            x, y = make(2, dtype=one), make(*(2,) * ndim, dtype=other)
            same(lambda lib, x, y: str(lib.result_type(x, y)), x, y, grad=False)
    for number in (True, 2, 2.5):
        for dtype in EVERY:
            same(lambda lib, x, n=number: str(lib.result_type(x, n)), make(2, dtype=dtype), grad=False)
            same(lambda lib, x, n=number: str(lib.result_type(n, x)), make(2, dtype=dtype), grad=False)
    same(lambda lib: str(lib.result_type(1, 2.5)))


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.is_nonzero(x),
        lambda lib, x: lib.is_nonzero(x.sum()),
        lambda lib, x: (x.sum() * 0).is_nonzero(),
        lambda lib, x: lib.is_nonzero(x.narrow(0, 0, 0)),
        lambda lib, x: lib.is_same_size(x, x + 1),
        lambda lib, x: x.is_same_size(x.sum()),
        lambda lib, x: x.is_same_size(2),
        lambda lib, x: lib.is_floating_point(1),
        lambda lib, x: lib.result_type(x, "a"),
        lambda lib, x: (x.__div__(2), x.__rdiv__(2)),
        lambda lib, x: (x * 1).__idiv__(2),
    ],
)
def test_calls(call: Call) -> None:
    same(call, of(1, 2, 3), grad=False)
