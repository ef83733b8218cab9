"""Tensors joined, repeated, turned and cut to triangles, against torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import layouts, make, of
from tests.mini_autograd.against_torch import same as compare

same = partial(compare, graphs=True)

MATRIX, OTHER, CUBE, ROW = make(2, 3), make(2, 3, seed=1), make(2, 3, 4), make(1, 3)
SCALAR, VECTOR, PAIR, EMPTY, NONE = make(), make(3), make(2), make(0, 3), make(0)
CHANNELS = make(2, 4, 5, 3).permute(0, 3, 1, 2)

JOIN = [
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, ROW),
    (lambda lib, x, y: lib.cat([x, y], dim=-2), MATRIX, ROW),
    (lambda lib, x: lib.cat((x, x.detach()), 1), MATRIX),
    (lambda lib, x: lib.cat([x]), MATRIX.t()),
    (lambda lib, x, y: lib.cat([y, x, y], 1), MATRIX, NONE),
    (lambda lib, x: lib.cat([x, x]), NONE),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, make(2, 3, dtype="float64")),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, make(2, 3, dtype="int64")),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, make(2, 3, dtype="complex64")),
    (lambda lib, x: lib.cat([x, x], 1), CUBE.permute(2, 0, 1)),
    (lambda lib, x: lib.cat([x, x], 1), CHANNELS),
    (lambda lib, x, y: lib.concat([x, y], 1), MATRIX, OTHER),
    (lambda lib, x, y: lib.concatenate([x, y], axis=0), MATRIX, OTHER),
    (lambda lib, x, y: lib.stack([x, y]), MATRIX, OTHER),
    (lambda lib, x, y: lib.stack([x, y, x], -1), MATRIX, OTHER),
    (lambda lib, x, y: lib.stack((x, y), 1), SCALAR.expand(2), PAIR),
    (lambda lib, x, y: lib.stack([x, y]), MATRIX, make(2, 3, dtype="int32")),
    (lambda lib, x: lib.stack([x, x], 1), EMPTY),
    (lambda lib, x, y: lib.hstack([x, y]), MATRIX, OTHER),
    (lambda lib, x, y: lib.hstack([x, y]), SCALAR, VECTOR),
    (lambda lib, x, y: lib.vstack([x, y]), VECTOR, MATRIX),
    (lambda lib, x: lib.row_stack([x, x]), SCALAR),
    (lambda lib, x: lib.dstack([x, x]), MATRIX),
    (lambda lib, x: lib.dstack([x, x]), VECTOR),
    (lambda lib, x: lib.dstack([x, x]), CUBE),
    (lambda lib, x, y: lib.column_stack([x, y]), VECTOR, MATRIX.t()),
    (lambda lib, x: lib.column_stack([x, x]), SCALAR),
    (lambda lib, x, y, z: lib.block_diag(x, y, z), MATRIX, VECTOR, SCALAR),
    (lambda lib, x, y: lib.block_diag(x, y), EMPTY, MATRIX),
    (lambda lib, x, y: lib.block_diag(x, y), MATRIX, make(2, 3, dtype="float64")),
    (lambda lib: lib.block_diag(),),
    (lambda lib, x, y: lib.atleast_1d(x, y), SCALAR, MATRIX),
    (lambda lib, x: lib.atleast_2d(x), SCALAR),
    (lambda lib, x, y: lib.atleast_2d([x, y]), VECTOR, MATRIX),
    (lambda lib, x, y, z: lib.atleast_3d((x, y, z)), SCALAR, VECTOR, MATRIX),
    (lambda lib, x: lib.atleast_3d(x), CUBE),
    (lambda lib: lib.atleast_1d(),),
    (lambda lib, x, y: lib.meshgrid(x, y), VECTOR, PAIR),
    (lambda lib, x, y: lib.meshgrid([x, y], indexing="xy"), VECTOR, SCALAR),
    (lambda lib, x, y: lib.meshgrid(x, y, x, indexing="xy"), VECTOR, PAIR),
    (lambda lib, x: lib.meshgrid(x, indexing="xy"), VECTOR),
    (lambda lib, x, y: lib.cartesian_prod(x, y), VECTOR, PAIR),
    (lambda lib, x: lib.cartesian_prod(x), VECTOR),
    (lambda lib, x: lib.combinations(x), VECTOR),
    (lambda lib, x: lib.combinations(x, 3, True), VECTOR),
    (lambda lib, x: lib.combinations(x, r=1), VECTOR),
    (lambda lib, x: lib.combinations(x, 0), VECTOR),
    (lambda lib, x: lib.combinations(x, 5), VECTOR),
    (lambda lib, x, y: lib.kron(x, y), MATRIX, make(3, 4)),
    (lambda lib, x, y: x.kron(y), VECTOR, MATRIX.t()),
    (lambda lib, x, y: lib.kron(x, y), SCALAR, MATRIX),
    (lambda lib, x, y, z: lib.broadcast_tensors(x, y, z), MATRIX, ROW, SCALAR),
    (lambda lib, x: lib.broadcast_tensors(x, x), MATRIX),
    (lambda lib: lib.broadcast_tensors(),),
]

TURN = [
    (lambda lib, x: lib.flip(x, [0]), MATRIX),
    (lambda lib, x: x.flip(0, -1), MATRIX),
    (lambda lib, x: x.flip(()), MATRIX),
    (lambda lib, x: x.flip(0), SCALAR),
    (lambda lib, x: x.fliplr(), MATRIX),
    (lambda lib, x: lib.flipud(x), VECTOR),
    (lambda lib, x: x.roll(1), MATRIX),
    (lambda lib, x: x.roll(-1, -1), MATRIX),
    (lambda lib, x: lib.roll(x, [1, 2], [0, 1]), MATRIX),
    (lambda lib, x: x.roll((1, 2), (0, 0)), CUBE),
    (lambda lib, x: x.roll(7, 1), MATRIX.t()),
    (lambda lib, x: x.roll(1), SCALAR),
    (lambda lib, x: x.roll(1, 0), EMPTY),
    (lambda lib, x: x.rot90(), MATRIX),
    (lambda lib, x: lib.rot90(x, 2), MATRIX),
    (lambda lib, x: x.rot90(3, [1, 2]), CUBE),
    (lambda lib, x: x.rot90(-1, [-1, 0]), CUBE),
    (lambda lib, x: x.rot90(0), MATRIX),
    (lambda lib, x: x.rot90(1, (0, 1)), CUBE.permute(2, 0, 1)),
    (lambda lib, x: x.tile(2), MATRIX),
    (lambda lib, x: x.tile((2, 3)), MATRIX),
    (lambda lib, x: lib.tile(x, (2, 1, 1)), MATRIX),
    (lambda lib, x: x.tile(()), MATRIX),
    (lambda lib, x: x.repeat(2, 3), MATRIX),
    (lambda lib, x: x.repeat(1, 1), MATRIX),
    (lambda lib, x: x.repeat([2, 2, 3, 1]), MATRIX),
    (lambda lib, x: x.repeat(0, 1), MATRIX),
    (lambda lib, x: x.repeat(3), SCALAR),
    (lambda lib, x: x.repeat(()), SCALAR),
    (lambda lib, x: x.repeat(2, 1), MATRIX.t()),
    (lambda lib, x: x.repeat_interleave(2), MATRIX),
    (lambda lib, x: x.repeat_interleave(2, -1), MATRIX),
    (lambda lib, x: x.repeat_interleave(3), SCALAR),
    (lambda lib, x: x.repeat_interleave(0), MATRIX),
    (lambda lib, x: x.repeat_interleave(2, 0, output_size=4), MATRIX),
    (lambda lib, x, n: x.repeat_interleave(n, 1), MATRIX, of(1, 2, 0, dtype="int64")),
    (lambda lib, x, n: lib.repeat_interleave(x, n, dim=0, output_size=4), MATRIX, of(2, dtype="int32")),
    (lambda lib, x, n: x.repeat_interleave(n, 0), MATRIX, make(dtype="int64", low=2, high=2)),
    (lambda lib, n: lib.repeat_interleave(n), of(0, 2, 1, dtype="int64")),
    (lambda lib, x: x.tril(), MATRIX),
    (lambda lib, x: lib.triu(x, 1), MATRIX),
    (lambda lib, x: x.tril(-1), CUBE.transpose(1, 2)),
    (lambda lib, x: x.triu(-9), MATRIX),
    (lambda lib, x: x.tril(9), make(0, 3, 3)),
    (lambda lib, x: (x * 1).tril_(), MATRIX),
    (lambda lib, x: (x * 1).t().triu_(1), MATRIX),
    (lambda lib, x: lib.diag(x), VECTOR),
    (lambda lib, x: x.diag(-1), VECTOR),
    (lambda lib, x: x.diag(), MATRIX),
    (lambda lib, x: x.diag(5), MATRIX),
    (lambda lib, x: lib.diag_embed(x), CUBE),
    (lambda lib, x: x.diag_embed(-1, 0, 1), MATRIX),
    (lambda lib, x: x.diag_embed(1, dim1=0, dim2=2), MATRIX),
    (lambda lib, x: lib.diagflat(x, 1), MATRIX.t()),
    (lambda lib, x: lib.diagflat(x), SCALAR),
    (lambda lib, x: lib.trace(x), make(4, 3)),
    (lambda lib, x: x.trace(), make(2, 5).t()),
]

ERRORS = [
    (lambda lib: lib.cat([]),),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, make(2, 4)),
    (lambda lib, x, y: lib.cat([x, y], 1), MATRIX, make(3, 4)),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, VECTOR),
    (lambda lib, x, y: lib.cat([x, y]), MATRIX, SCALAR),
    (lambda lib, x, y: lib.cat([x, y], 0), make(2, 0), MATRIX),
    (lambda lib, x: lib.cat([x, x], 3), MATRIX),
    (lambda lib: lib.stack([]),),
    (lambda lib, x, y: lib.stack([x, y]), MATRIX, ROW),
    (lambda lib, x: lib.stack([x, x], 3), MATRIX),
    (lambda lib: lib.hstack([]),),
    (lambda lib, x, y: lib.hstack([x, y]), MATRIX, VECTOR),
    (lambda lib: lib.dstack([]),),
    (lambda lib: lib.column_stack([]),),
    (lambda lib, x, y: lib.column_stack([x, y]), SCALAR, VECTOR),
    (lambda lib, x: lib.block_diag(x), CUBE),
    (lambda lib, x: lib.block_diag([x]), MATRIX),
    (lambda lib: lib.meshgrid(),),
    (lambda lib, x, y: lib.meshgrid(x, y), VECTOR, make(3, dtype="int64")),
    (lambda lib, x: lib.meshgrid(x, indexing="zz"), VECTOR),
    (lambda lib, x: lib.cartesian_prod(x), MATRIX),
    (lambda lib: lib.cartesian_prod(),),
    (lambda lib, x: lib.combinations(x), MATRIX),
    (lambda lib, x: lib.combinations(x, -1), VECTOR),
    (lambda lib, x, y: lib.broadcast_tensors(x, y), MATRIX, CUBE),
    (lambda lib, x: lib.broadcast_tensors([x, x]), MATRIX),
    (lambda lib, x: x.flip([0, 0]), MATRIX),
    (lambda lib, x: x.flip(2), MATRIX),
    (lambda lib, x: x.fliplr(), VECTOR),
    (lambda lib, x: x.flipud(), SCALAR),
    (lambda lib, x: x.roll((1,), (0, 1)), MATRIX),
    (lambda lib, x: x.roll([1, 2]), MATRIX),
    (lambda lib, x: x.roll(()), MATRIX),
    (lambda lib, x: x.roll(1, 0), SCALAR),
    (lambda lib, x: x.roll(1, 2), MATRIX),
    (lambda lib, x: x.rot90(1, [0, 0]), MATRIX),
    (lambda lib, x: x.rot90(1, [0]), MATRIX),
    (lambda lib, x: x.rot90(1, [0, 2]), MATRIX),
    (lambda lib, x: x.rot90(1, [0, -2]), MATRIX),
    (lambda lib, x: x.rot90(), VECTOR),
    (lambda lib, x: x.repeat(2), MATRIX),
    (lambda lib, x: x.repeat(-1, 1), MATRIX),
    (lambda lib, x: x.repeat_interleave(-1), MATRIX),
    (lambda lib, x: x.repeat_interleave(2, 5), MATRIX),
    (lambda lib, x: x.repeat_interleave(3, 0), SCALAR),
    (lambda lib, x: x.repeat_interleave(2, 0, output_size=5), MATRIX),
    (lambda lib, x, n: x.repeat_interleave(n, 0), MATRIX, of(1, 2, 3, dtype="int64")),
    (lambda lib, x, n: x.repeat_interleave(n), MATRIX, of(1, 2, 3, dtype="int64")),
    (lambda lib, x, n: x.repeat_interleave(n, 0), MATRIX, of(-1, 1, dtype="int64")),
    (lambda lib, x, n: x.repeat_interleave(n, 0), MATRIX, of(1, 1)),
    (lambda lib, x, n: x.repeat_interleave(n, 0), MATRIX, make(1, 2, dtype="int64", low=1)),
    (lambda lib, x, n: x.repeat_interleave(n, 0, output_size=9), MATRIX, of(1, 2, dtype="int64")),
    (lambda lib, n: lib.repeat_interleave(n), make(1, 2, dtype="int64", low=1)),
    (lambda lib, x: x.tril(), VECTOR),
    (lambda lib, x: x.triu(), SCALAR),
    (lambda lib, x: x.diag(), CUBE),
    (lambda lib, x: x.diag_embed(0, 0, 0), MATRIX),
    (lambda lib, x: x.diag_embed(0, 5, 0), MATRIX),
    (lambda lib, x: x.diag_embed(), SCALAR),
    (lambda lib, x: x.trace(), VECTOR),
    (lambda lib, x: x.trace(), make(2, 2, dtype="bool")),
]


def line(value: Any) -> str | None:
    return f"line {value.__code__.co_firstlineno}" if callable(value) else None


@pytest.mark.parametrize("case", [*JOIN, *TURN, *ERRORS], ids=lambda case: line(case[0]))
def test_join(case: tuple) -> None:
    same(*case)


CALLS = [
    lambda lib, x: lib.cat([x, x], -1),
    lambda lib, x: lib.stack([x, x, x], 1),
    lambda lib, x: x.flip(0),
    lambda lib, x: x.roll(1, -1),
    lambda lib, x: x.rot90(),
    lambda lib, x: x.repeat((2,) * x.ndim),
    lambda lib, x: x.repeat_interleave(2, 0),
    lambda lib, x: x.tril(),
    lambda lib, x: lib.diag_embed(x),
    lambda lib, x: x.trace(),
    lambda lib, x: lib.block_diag(x, x),
]


@pytest.mark.parametrize("layout", layouts())
@pytest.mark.parametrize("call", CALLS, ids=line)
def test_join_of_layout(call: Callable[..., Any], layout: str) -> None:
    same(call, layouts()[layout], forward=layout != "expanded")


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "complex64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("call", CALLS, ids=line)
def test_join_of_dtype(call: Callable[..., Any], dtype: str) -> None:
    same(call, make(3, 3, dtype=dtype))


@pytest.mark.parametrize("shape", [(1, 2, 1, 1), (2, 1, 2, 2), (2, 2, 2, 2), (1, 2, 2, 1), (0, 2, 1, 1)])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (0, 2, 3, 1)])
def test_channels_last(shape: tuple[int, ...], order: tuple[int, ...]) -> None:
    """What has its channels last in memory has them there when it is joined."""

    def strides(lib: Any) -> list:
        one = lib.ones([shape[order.index(dim)] for dim in range(4)]).permute(order)
        joined = [lib.cat([one, one], dim) for dim in range(4)] + [lib.cat([one, lib.ones(shape)])]
        stacked = [lib.stack(several, dim) for dim in range(5) for several in ([one], [one, one])]
        return [tensor.stride() for tensor in joined + stacked]

    assert strides(mini_autograd) == strides(torch)
