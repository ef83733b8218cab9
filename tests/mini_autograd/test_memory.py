"""Copies, casts, writes and changes of layout in place, against torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, layouts, make, of
from tests.mini_autograd.against_torch import same as compare

same = partial(compare, graphs=True)

MATRIX, CUBE, SCALAR, VECTOR, ROW = make(2, 3), make(2, 3, 4), make(), make(3), make(1, 3)
IMAGES = make(2, 3, 4, 5)
COMPLEX = make(2, 3, dtype="complex64")

COPIES = [
    (lambda lib, x: x.clone(), MATRIX),
    (lambda lib, x: lib.clone(x, memory_format=lib.contiguous_format), MATRIX.t()),
    (lambda lib, x: x.clone(memory_format=lib.preserve_format), MATRIX.t()),
    (lambda lib, x: x.clone(memory_format=lib.channels_last), IMAGES),
    (lambda lib, x: x.permute(2, 0, 1)[:, :, ::2].clone(), CUBE),
    (lambda lib, x: x.expand(5, 2, 3, 4).permute(3, 0, 1, 2).clone(), CUBE),
    (lambda lib, x: x.contiguous(), MATRIX),
    (lambda lib, x: x.t().contiguous(), MATRIX),
    (lambda lib, x: x.contiguous(memory_format=lib.channels_last), IMAGES),
    (
        lambda lib, x: x.to(memory_format=lib.channels_last).contiguous(memory_format=lib.channels_last),
        IMAGES,
    ),
    (lambda lib, x: x.detach(), MATRIX),
    (lambda lib, x: (x * 1).detach_(), MATRIX),
    (lambda lib, x: x.to(lib.float64), MATRIX.t()),
    (lambda lib, x: x.to(lib.float32), MATRIX),
    (lambda lib, x: x.to(lib.int64), MATRIX),
    (lambda lib, x: x.to("cpu"), MATRIX),
    (lambda lib, x: x.to("cpu", lib.float64), MATRIX),
    (lambda lib, x: x.to(device="cpu", dtype=lib.float64), MATRIX),
    (lambda lib, x: x.to(lib.device("cpu")), MATRIX),
    (lambda lib, x, y: x.to(y), MATRIX, make(dtype="float64")),
    (lambda lib, x: x.to(lib.float32, copy=True), MATRIX),
    (lambda lib, x: x.to(lib.float64, True, True), MATRIX),
    (lambda lib, x: x.to(memory_format=lib.channels_last), IMAGES),
    (lambda lib, x: x.t().to(lib.float64, memory_format=lib.contiguous_format), MATRIX),
    (lambda lib, x: x.t().to(memory_format=lib.contiguous_format), MATRIX),
    (lambda lib, x: x.to(lib.complex64), MATRIX),
    (lambda lib, x: x.to(lib.float32), COMPLEX),
    (lambda lib, x: x.to(lib.bool), COMPLEX),
    (lambda lib, x: x.to(float), MATRIX),
    (lambda lib, x: x.to(), MATRIX),
    (lambda lib, x: x.to(None), MATRIX),
    (lambda lib, x: x.type(lib.float64), MATRIX),
    (lambda lib, x: x.type("torch.IntTensor"), MATRIX),
    (lambda lib, x: x.type(), MATRIX),
    (lambda lib, x: x.bfloat16().type(), MATRIX),
    (lambda lib, x, y: x.type_as(y), MATRIX, make(dtype="float64")),
    (lambda lib, x: x.type_as(x), MATRIX),
    (lambda lib, x: (x.float(), x.double(), x.half(), x.bfloat16(), x.cfloat(), x.cdouble()), MATRIX),
    (lambda lib, x: (x.int(), x.long(), x.short(), x.char(), x.byte(), x.bool()), MATRIX),
    (lambda lib, x: x.cpu(), MATRIX),
]

WRITES = [
    (lambda lib, x, y: (x * 1).copy_(y), MATRIX, VECTOR),
    (lambda lib, x, y: (x * 1).copy_(y.detach()), MATRIX, VECTOR),
    (lambda lib, x, y: (x.detach() * 1).copy_(y), MATRIX, VECTOR),
    (lambda lib, x, y: (x * 1).copy_(y), MATRIX, make(2, 3, dtype="float64")),
    (lambda lib, x, y: (x * 1).copy_(y), MATRIX, COMPLEX),
    (lambda lib, x, y: lib.zeros(2, 3, dtype=lib.int64).copy_(x), MATRIX, VECTOR),
    (lambda lib, x: (x * 1).copy_(3), MATRIX),
    (lambda lib, x, y: (x * 1)[:, 1:].copy_(y), MATRIX, SCALAR),
    (lambda lib, x: (x * 1).fill_(2.5), MATRIX),
    (lambda lib, x, y: (x * 1).fill_(y), MATRIX.t(), SCALAR),
    (lambda lib, x: (x * 1).fill_(lib.ones((), dtype=lib.int64)), MATRIX),
    (lambda lib, x: lib.fill(x, 2), MATRIX.t()),
    (lambda lib, x, y: lib.fill(x, y), MATRIX, SCALAR),
    (lambda lib, x: (x * 1)[0].fill_(2), MATRIX),
    (lambda lib, x: (x * 1).zero_(), MATRIX),
    (lambda lib, x: lib.zero_(x * 1), MATRIX),
    (lambda lib, x: (x * 1)[1:].zero_(), MATRIX),
    (lambda lib, x: (x * 1).fill_diagonal_(3), MATRIX),
    (lambda lib, x: (x * 1).fill_diagonal_(3, wrap=True), make(7, 3)),
]

LAYOUTS = [
    (lambda lib, x: (x * 1).squeeze_(), ROW),
    (lambda lib, x: (x * 1).squeeze_(0), ROW),
    (lambda lib, x: (x * 1).squeeze_((0, 1)), ROW),
    (lambda lib, x: (x * 1).unsqueeze_(-1), MATRIX),
    (lambda lib, x: (x * 1).transpose_(0, 1), MATRIX),
    (lambda lib, x: (x * 1).t_(), MATRIX),
    (lambda lib, x: (x * 1).swapaxes_(0, 1), MATRIX),
    (lambda lib, x: (x * 1).swapdims_(0, -1), CUBE),
    (lambda lib, x: (x * 1).as_strided_((2, 2), (1, 1), 1), MATRIX),
    (lambda lib, x: (x * 1)[0].unsqueeze_(0), MATRIX),
    (lambda lib, x: (x * 1)[0].unsqueeze_(0).mul_(2), MATRIX),
    (lambda lib, x: x.detach().t_(), MATRIX),
    (lambda lib, x: x.detach().unsqueeze_(0).add_(1), MATRIX),
]

ERRORS = [
    (lambda lib, x, y: (x * 1).copy_(y), MATRIX, make(4)),
    (lambda lib, x, y: (x * 1).copy_(y), VECTOR, MATRIX),
    (lambda lib, x, y: (x * 1).copy_(y), MATRIX, make(1, 2, 3)),
    (lambda lib, x, y: (x * 1).copy_(y), SCALAR, VECTOR),
    (lambda lib, x, y: (x * 1).fill_(y), MATRIX, VECTOR),
    (lambda lib, x: (x * 1).fill_(1j), MATRIX),
    (lambda lib, x: (x * 1).fill_(1e300), MATRIX),
    (lambda lib, x: x.fill_(2), MATRIX),
    (lambda lib, x, y: x.copy_(y), MATRIX, VECTOR),
    (lambda lib, x: x.zero_(), MATRIX),
    (lambda lib, x: x.view(-1).zero_(), MATRIX),
    (lambda lib, x: x.unsqueeze_(0), MATRIX),
    (lambda lib, x: x.view(-1).unsqueeze_(0), MATRIX),
    (lambda lib, x: (x * 1).unbind()[0].unsqueeze_(0), MATRIX),
    (lambda lib, x: (x * 1).unsqueeze_(5), MATRIX),
    (lambda lib, x: (x * 1).t_(), CUBE),
    (lambda lib, x: (x * 1).fill_diagonal_(1), CUBE),
    (lambda lib, x: (x * 1).fill_diagonal_(1), SCALAR),
    (lambda lib, x: x.view(-1).detach_(), MATRIX),
    (lambda lib, x: x.clone(memory_format=lib.channels_last), MATRIX),
    (lambda lib, x, y: x.to(other=y), MATRIX, VECTOR),
    (lambda lib, x: x.type("foo"), MATRIX),
    (lambda lib, x: x.type(3), MATRIX),
]


def line(value: Any) -> str | None:
    return f"line {value.__code__.co_firstlineno}" if callable(value) else None


@pytest.mark.parametrize("case", [*COPIES, *WRITES, *LAYOUTS, *ERRORS], ids=lambda case: line(case[0]))
def test_memory(case: tuple) -> None:
    same(*case)


PLAIN = [
    (lambda lib, x: x.expand(2, 3).fill_(1), VECTOR),
    (lambda lib, x: x.expand(2, 3).zero_(), VECTOR),
    (lambda lib, x, y: x.expand(2, 3).copy_(y), VECTOR, MATRIX),
    (lambda lib, x: x.fill_(2.7), make(2, 3, dtype="int32")),
    (lambda lib, x: x.fill_(300), make(2, 3, dtype="uint8")),
    (lambda lib, x: x.fill_(-1), make(2, 3, dtype="uint8")),
    (lambda lib, x: x.fill_(2), make(2, 3, dtype="bool")),
    (lambda lib, x: x.fill_(1e6), make(2, 3, dtype="float16")),
    (lambda lib, x: x.t_(), make(2, 3)),
    (lambda lib, x: x.copy_(x.t()), make(3, 3)),
    (lambda lib, x: x[1:].copy_(x[:-1]), make(4, 3)),
    (lambda lib, x: x[:-1].copy_(x[1:]), make(4, 3)),
]


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: line(case[0]))
def test_memory_without_graph(case: tuple) -> None:
    same(*case, grad=False)


EXTREMES = {
    "float32": of(1.5, -1.5, 300.0, -1.0, 1e10, -1e10, float("nan"), float("inf")),
    "float64": of(2.0**-26 * 3, 65519.9999, 1e300, -0.0, 3e9, float("nan"), dtype="float64"),
    "int64": of(300, -1, 2**40, -(2**40), 2**53 + 1, dtype="int64"),
    "complex64": of(1 + 1j, 0j, -2.5j, dtype="complex64"),
    "bool": of(True, False, dtype="bool"),
    "bfloat16": of(1.5, -300.0, float("inf"), dtype="bfloat16"),
}


@pytest.mark.parametrize("to", EVERY)
@pytest.mark.parametrize("source", EXTREMES)
def test_cast(source: str, to: str) -> None:
    same(lambda lib, x: x.to(getattr(lib, to)), EXTREMES[source], forward=False)


@pytest.mark.parametrize("layout", layouts())
@pytest.mark.parametrize("call", [
    lambda lib, x: x.clone(),
    lambda lib, x: x.contiguous(),
    lambda lib, x: x.to(lib.float64),
    lambda lib, x: lib.fill(x, 2),
    lambda lib, x: (x * 1).copy_(x),
], ids=line)  # fmt: skip
def test_memory_of_layout(call: Callable[..., Any], layout: str) -> None:
    same(call, layouts()[layout], forward=layout != "expanded")
