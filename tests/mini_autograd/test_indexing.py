"""Elements picked, put, gathered, scattered and masked, against torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import make, of
from tests.mini_autograd.against_torch import same as compare

same = partial(compare, graphs=True)

MATRIX, CUBE, ROW, SCALAR, VECTOR, PAIR = make(2, 3), make(2, 3, 4), make(1, 3), make(), make(3), make(2)
I = of(0, 1, dtype="int64")  # noqa: E741 -- an index
FIRST, ZERO, FAR = of(0, dtype="int64"), torch.tensor(0), of(5, dtype="int64")
ALONG = torch.tensor([[0, 1, 0]])
TWICE = torch.tensor([[0, 0, 1], [0, 1, 1]])
POSITIVE = MATRIX > 0
ANY = torch.ones(2, 3, dtype=torch.bool)

GATHER = [
    (lambda lib, x, i: x.gather(0, i), MATRIX, ALONG),
    (lambda lib, x, i: lib.gather(x, -1, i), MATRIX, torch.tensor([[0, 1], [0, 2]])),
    (lambda lib, x, i: x.gather(1, i), MATRIX.t(), torch.tensor([[0, 1, 1, 0]])),
    (lambda lib, x, i: x.gather(0, i), SCALAR, torch.tensor([0, 0])),
    (lambda lib, x, i: x.gather(0, i), SCALAR, ZERO),
    (lambda lib, x, i: x.gather(0, i), MATRIX, ALONG.int()),
    (lambda lib, x, i: x.gather(0, i), MATRIX, torch.zeros(0, dtype=torch.int64)),
    (lambda lib, x, i, y: x.scatter(0, i, y), MATRIX, ALONG, ROW),
    (lambda lib, x, i, y: lib.scatter(x, 1, i, y), MATRIX, TWICE, make(3, 4)),
    (lambda lib, x, i: x.scatter(0, i, 2.5), MATRIX.t(), torch.tensor([[0, 1]])),
    (lambda lib, x, i: x.scatter(0, i, value=2), SCALAR, ZERO),
    (lambda lib, x, i, y: (x * 1).scatter_(0, i, y), MATRIX, ALONG, ROW),
    (lambda lib, x, i: (x * 1).scatter_(0, i, 1), MATRIX, ALONG),
    (lambda lib, x, i, y: x.scatter_add(1, i, y), MATRIX, TWICE, make(2, 3, seed=1)),
    (lambda lib, x, i, y: (x * 1).scatter_add_(0, i, y), MATRIX, ALONG, ROW),
    (lambda lib, x, i, y: lib.take_along_dim(x, i, 0), MATRIX, ALONG, ROW),
    (lambda lib, x, i: lib.take_along_dim(x, i, 1), MATRIX, torch.tensor([[0], [1]])),
    (lambda lib, x, i: x.take_along_dim(i), MATRIX, torch.tensor([0, 5])),
    (lambda lib, x, i: lib.take_along_dim(x, i, 0), MATRIX, torch.tensor([[0], [1], [0]])),
]

SLICES = [
    (lambda lib, x, i: x.index_select(0, i), MATRIX, I),
    (lambda lib, x, i: lib.index_select(x, -1, i), MATRIX, ZERO),
    (lambda lib, x, i: x.index_select(0, i), MATRIX.t(), torch.tensor([2, 0, 2])),
    (lambda lib, x, i: x.index_select(0, i), SCALAR, FIRST),
    (lambda lib, x, i: x.index_select(1, i), CUBE.permute(2, 0, 1), I.int()),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, I, make(2, 3, seed=1)),
    (
        lambda lib, x, i, y: x.index_add(0, i, y, alpha=2.5),
        MATRIX,
        of(1, 1, dtype="int64"),
        make(2, 3, seed=1),
    ),
    (lambda lib, x, i, y: lib.index_add(x, 1, i, y), MATRIX, I, make(2, 2)),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, ZERO, ROW),
    (lambda lib, x, i, y: x.index_add(0, i, y), SCALAR, FIRST, make(seed=1)),
    (lambda lib, x, i, y: (x * 1).index_add_(0, i, y), MATRIX, I, make(2, 3, seed=1)),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, I, make(2, 3, seed=1)),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX.t(), FIRST, make(1, 2)),
    (lambda lib, x, i, y: x.index_copy(0, i, y), VECTOR, FIRST, SCALAR),
    (lambda lib, x, i, y: (x * 1).index_copy_(0, i, y), MATRIX, ZERO, ROW),
    (lambda lib, x, i: x.index_fill(0, i, 2.5), MATRIX.t(), I),
    (lambda lib, x, i: x.index_fill(1, i, 2), MATRIX, of(-1, dtype="int64")),
    (lambda lib, x, i, y: x.index_fill(0, i, y), MATRIX, of(0, 0, dtype="int64"), SCALAR),
    (lambda lib, x, i, y: (x * 1).index_fill_(0, i, y), MATRIX, ZERO, SCALAR),
    (lambda lib, x, i: x.index_fill(0, i, 3), SCALAR, FIRST),
    (lambda lib, x, i: x.take(i), MATRIX, torch.tensor([[0, 5], [-1, 2]])),
    (lambda lib, x, i: lib.take(x, i), MATRIX.t(), I),
    (lambda lib, x, i: x.take(i), SCALAR, ZERO),
    (lambda lib, x, i: x.take(i), make(0), torch.zeros(0, dtype=torch.int64)),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, I, PAIR),
    (lambda lib, x, i, y: x.put(i, y, accumulate=True), MATRIX.t(), of(1, 1, dtype="int64"), PAIR),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, torch.tensor([[0, -1]]), PAIR),
    (lambda lib, x, i, y: (x * 1).put_(i, y), MATRIX, I, PAIR),
]

MASKS = [
    (lambda lib, x, m: x.masked_fill(m, 2.5), MATRIX, POSITIVE),
    (lambda lib, x, m: lib.masked_fill(x, m, 2), MATRIX.t(), ANY.t()),
    (lambda lib, x, m, y: x.masked_fill(m, y), MATRIX, POSITIVE, SCALAR),
    (lambda lib, x, m, y: x.masked_fill(m, y), MATRIX, VECTOR > 0, make(dtype="float64")),
    (lambda lib, x, m: x.masked_fill(m, 1), VECTOR, ANY),
    (lambda lib, x, m: x.masked_fill(m, 1), SCALAR, ANY),
    (lambda lib, x, m, y: (x * 1).masked_fill_(m, y), MATRIX, VECTOR > 0, SCALAR),
    (lambda lib, x, m: (x * 1).masked_fill_(m, -1), MATRIX, POSITIVE),
    (lambda lib, x, m: x.masked_select(m), MATRIX, POSITIVE),
    (lambda lib, x, m: lib.masked_select(x, m), MATRIX, VECTOR > 0),
    (lambda lib, x, m: x.masked_select(m), VECTOR, ANY),
    (lambda lib, x, m: x.masked_select(m), SCALAR, torch.tensor(True)),
    (lambda lib, x, m: x.masked_select(m), MATRIX.t(), ANY.t()),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX, POSITIVE, make(2, 3, seed=1)),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX.t(), VECTOR[:2] > 9, CUBE),
    (lambda lib, x, m, y: x.masked_scatter(m, y), VECTOR, ANY, CUBE),
    (lambda lib, x, m, y: (x * 1).masked_scatter_(m, y), MATRIX, POSITIVE, CUBE),
    (lambda lib, x: lib.nonzero(x > 0), MATRIX),
    (lambda lib, x: x.nonzero(as_tuple=True), MATRIX),
    (lambda lib, x: lib.nonzero(x), SCALAR),
    (lambda lib, x: lib.nonzero(x, as_tuple=True), SCALAR),
    (lambda lib, x: x.nonzero(), make(0, 3)),
    (lambda lib, x: lib.argwhere(x), CUBE),
    (lambda lib, x: lib.nonzero_static(x > 0, size=2), MATRIX),
    (lambda lib, x: lib.nonzero_static(x > 0, size=9, fill_value=7), MATRIX),
]

PUTS = [
    (lambda lib, x, i, y: x.index_put((i,), y), MATRIX, I, VECTOR),
    (lambda lib, x, i, y: x.index_put((i, i), y), MATRIX, I, SCALAR),
    (
        lambda lib, x, i, y: x.index_put([i], y, accumulate=True),
        MATRIX.t(),
        of(1, 1, dtype="int64"),
        make(2, 2),
    ),
    (lambda lib, x, m, y: lib.index_put(x, (m,), y), MATRIX, POSITIVE, SCALAR),
    (lambda lib, x, i, y: (x * 1).index_put_((i,), y), MATRIX, I, VECTOR),
    (lambda lib, x, i, y: (x * 1).index_put_((i,), y, True), MATRIX, I.int(), make(1, 1, 3)),
]

ERRORS = [
    (lambda lib, x, i: x.gather(0, i), MATRIX, I),
    (lambda lib, x, i: x.gather(0, i), MATRIX, torch.tensor([[0, 1, 5]])),
    (lambda lib, x, i: x.gather(0, i), MATRIX, torch.tensor([[0, 1, 0, 0]])),
    (lambda lib, x, i: x.gather(0, i), MATRIX, torch.tensor([[-1, 1, 0]])),
    (lambda lib, x, i: x.gather(3, i), MATRIX, ALONG),
    (lambda lib, x, i: x.gather(0, i), MATRIX, ROW),
    (lambda lib, x, i: x.scatter(0, i, 2.0, reduce="foo"), MATRIX, ALONG),
    (lambda lib, x, i: x.scatter(0, i, 2.0), MATRIX, torch.tensor([[0, 1, 5]])),
    (lambda lib, x, i: x.scatter(0, i, 2.0), MATRIX, torch.tensor([[0, 1, 0, 0]])),
    (lambda lib, x, i: x.scatter(0, i, 1j), MATRIX, ALONG),
    (lambda lib, x, i, y: x.scatter(0, i, y), MATRIX, ALONG, make(1, 3, dtype="float64")),
    (lambda lib, x, i, y: x.scatter(0, i, y), MATRIX, torch.tensor([[0, 1, 0], [0, 0, 0]]), ROW),
    (lambda lib, x, i, y: x.scatter(0, i, y), MATRIX, ROW, ROW),
    (lambda lib, x, i, y: x.scatter(0, i, y), MATRIX, ALONG, SCALAR),
    (lambda lib, x, i, y: x.scatter_add(0, i, y), MATRIX, torch.tensor([[0, 1, 5]]), ROW),
    (lambda lib, x, i, y: x.scatter_reduce(0, i, y, "foo"), MATRIX, ALONG, ROW),
    (lambda lib, x, i, y: x.scatter(0, i, y, reduce="add").sum().backward(), MATRIX, ALONG, ROW),
    (lambda lib, x, i: x.index_select(0, i), MATRIX, torch.tensor([[0]])),
    (lambda lib, x, i: x.index_select(0, i), MATRIX, FAR),
    (lambda lib, x, i: x.index_select(0, i), MATRIX, of(0)),
    (lambda lib, x, i: x.index_select(0, i), SCALAR, I),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, ZERO, VECTOR),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, I, ROW),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, FAR, ROW),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, FIRST, make(1, 3, dtype="float64")),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, of(0), ROW),
    (lambda lib, x, i, y: x.index_add(1, i, y), MATRIX, I, make(3, 2)),
    (lambda lib, x, i, y: x.index_add(0, i, y), MATRIX, torch.tensor([[0]]), ROW),
    (lambda lib, x, i, y: x.index_reduce(0, i, y, "foo"), MATRIX, I, MATRIX),
    (lambda lib, x, i, y: x.index_reduce(0, i, y, "prod"), MATRIX, FAR, ROW),
    (lambda lib, x, i, y: x.index_reduce(0, i, y, "prod"), MATRIX, I, make(2, 2)),
    (lambda lib, x, i, y: x.index_reduce(0, i, y, "prod"), MATRIX, I, ROW),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, FIRST, VECTOR),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, FAR, ROW),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, I, ROW),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, FIRST, make(1, 2)),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, FIRST, make(1, 3, dtype="float64")),
    (lambda lib, x, i, y: x.index_copy(0, i, y), MATRIX, of(0), ROW),
    (lambda lib, x, i, y: x.index_fill(0, i, y), MATRIX, I, VECTOR),
    (lambda lib, x, i: x.index_fill(0, i, 2.0), MATRIX, FAR),
    (lambda lib, x, i: x.index_fill(0, i, 1j), MATRIX, I),
    (lambda lib, x, i: x.index_fill(0, i, 1), MATRIX, torch.tensor([[0]])),
    (lambda lib, x, i: x.index_fill(0, i, 1), MATRIX, of(0)),
    (lambda lib, x, m, y: x.masked_fill(m, y), MATRIX, ANY, VECTOR),
    (lambda lib, x, m: x.masked_fill(m, 2.0), MATRIX, torch.ones(2, 3, 4, dtype=torch.bool)),
    (lambda lib, x, m: x.masked_fill(m, 2.0), MATRIX, ANY.byte()),
    (lambda lib, x, m: x.masked_fill(m, 2.0), MATRIX, ANY.long()),
    (lambda lib, x, m: x.masked_fill(m, 2j), MATRIX, ANY),
    (lambda lib, x, m: (x * 1).masked_fill_(m, 2), MATRIX, torch.ones(2, 2, 3, dtype=torch.bool)),
    (lambda lib, x, m: x.masked_select(m), MATRIX, ANY.byte()),
    (lambda lib, x, m: x.masked_select(m), MATRIX, torch.ones(4, dtype=torch.bool)),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX, ANY, VECTOR),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX, ANY, make(2, 3, dtype="float64")),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX, ANY.byte(), MATRIX),
    (lambda lib, x, m, y: x.masked_scatter(m, y), MATRIX, torch.ones(4, dtype=torch.bool), CUBE),
    (lambda lib, x, i: x.take(i), MATRIX, of(6, dtype="int64")),
    (lambda lib, x, i: x.take(i), MATRIX, of(0)),
    (lambda lib, x, i: x.take(i), make(0), I),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, I, VECTOR),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, of(6, 0, dtype="int64"), PAIR),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, I.int(), PAIR),
    (lambda lib, x, i, y: x.put(i, y), MATRIX, I, make(2, dtype="float64")),
    (lambda lib, x, i: lib.take_along_dim(x, i, 0), MATRIX, I),
    (lambda lib, x, i: lib.take_along_dim(x, i, 0), MATRIX, ROW),
    (lambda lib, x, i: lib.take_along_dim(x, i, 0), MATRIX, torch.tensor([[0, 1]])),
    (lambda lib, x, i: lib.take_along_dim(x, i, 0), SCALAR, ZERO),
    (lambda lib, x, i, y: x.index_put((i,), y), MATRIX, I, make(4)),
    (lambda lib, x, i, y: x.index_put((i,), y), MATRIX, I, make(3, dtype="float64")),
    (lambda lib, x, i, y: x.index_put((i, i, i), y), MATRIX, I, VECTOR),
    (lambda lib, x, i, y: x.index_put((i,), y), MATRIX, FAR, VECTOR),
    (lambda lib, x, i, y: x.index_put((i,), y), MATRIX, of(0), VECTOR),
]


def line(value: Any) -> str | None:
    return f"line {value.__code__.co_firstlineno}" if callable(value) else None


@pytest.mark.parametrize("case", [*GATHER, *SLICES, *MASKS, *PUTS, *ERRORS], ids=lambda case: line(case[0]))
def test_indexing(case: tuple) -> None:
    same(*case)


TIES = make(2, 3, low=-1, high=1).round()


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("values", ["random", "ties", "zeros"])
def test_scatter_reduce(reduce: str, include_self: bool, values: str) -> None:
    self, src = {
        "random": (make(2, 3), make(2, 3, seed=1)),
        "ties": (TIES, make(2, 3, low=-1, high=1, seed=1).round()),
        "zeros": (make(2, 3), torch.zeros(2, 3)),
    }[values]
    second = not (reduce == "prod" and values != "random")
    same(
        lambda lib, x, i, y: x.scatter_reduce(1, i, y, reduce, include_self=include_self),
        self,
        torch.tensor([[0, 0, 1], [1, 1, 1]]),
        src,
        second=second,
    )


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("reduce", ["prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("values", ["random", "ties"])
def test_index_reduce(reduce: str, include_self: bool, values: str) -> None:
    self, source = (make(2, 3), make(3, 3, seed=1)) if values == "random" else (TIES, TIES[[0, 1, 0]])
    same(
        lambda lib, x, i, y: x.index_reduce(0, i, y, reduce, include_self=include_self),
        self,
        torch.tensor([1, 0, 1]),
        source,
        second=values == "random",
        forward=False,
    )


DTYPES = ["float64", "float16", "bfloat16", "complex64", "int32", "uint8", "bool"]
CALLS = [
    lambda lib, x: x.gather(0, lib.zeros(1, 3, dtype=lib.int64)),
    lambda lib, x: x.scatter(0, lib.zeros(2, 3, dtype=lib.int64), x),
    lambda lib, x: x.scatter_add(0, lib.zeros(2, 3, dtype=lib.int64), x),
    lambda lib, x: x.index_select(0, lib.zeros(3, dtype=lib.int64)),
    lambda lib, x: x.index_add(0, lib.zeros(2, dtype=lib.int64), x),
    lambda lib, x: x.index_put((lib.zeros(2, dtype=lib.int64),), x, accumulate=True),
    lambda lib, x: x.masked_fill(lib.ones(3, dtype=lib.bool), 1),
    lambda lib, x: x.masked_select(lib.ones(3, dtype=lib.bool)),
    lambda lib, x: x.take(lib.zeros(3, dtype=lib.int64)),
    lambda lib, x: lib.nonzero(x),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("call", CALLS, ids=line)
def test_indexing_of_dtype(call: Callable[..., Any], dtype: str) -> None:
    same(call, make(2, 3, dtype=dtype))
