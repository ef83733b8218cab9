"""``tensor[index]`` and ``tensor[index] = value`` against torch: chains of views, copies, writes, errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from tests.mini_autograd.against_torch import make, of
from tests.mini_autograd.against_torch import same as compare

same = partial(compare, graphs=True)

MATRIX, CUBE, SCALAR, VECTOR, PAIR = make(2, 3), make(2, 3, 4), make(), make(3), make(2)
I = of(0, 1, dtype="int64")  # noqa: E741 -- an index
MASK = MATRIX > 0
FACE = CUBE[:, :, 0] > -9

GET = [
    lambda lib, a: a[0],
    lambda lib, a: a[-1],
    lambda lib, a: a[0:1],
    lambda lib, a: a[:],
    lambda lib, a: a[...],
    lambda lib, a: a[None],
    lambda lib, a: a[()],
    lambda lib, a: a[0, None],
    lambda lib, a: a[:, 1:],
    lambda lib, a: a[0, 1],
    lambda lib, a: a[0, ..., 1],
    lambda lib, a: a[:, :],
    lambda lib, a: a[:2, :3],
    lambda lib, a: a[:, 0:5],
    lambda lib, a: a[:, -3:],
    lambda lib, a: a[0:0],
    lambda lib, a: a[::2],
    lambda lib, a: a[5:],
    lambda lib, a: a[1:0],
    lambda lib, a: a[-5:-1],
    lambda lib, a: a[:, None, 0],
    lambda lib, a: a[None, None, ..., None],
    lambda lib, a: a[..., ...],
    lambda lib, a: a[[0, 1]],
    lambda lib, a: a[[0, 1], [1, 2]],
    lambda lib, a: a[((0, 1),)],
    lambda lib, a: a[[]],
    lambda lib, a: a[range(2)],
    lambda lib, a: a[[True, False]],
    lambda lib, a: a[True],
    lambda lib, a: a[False],
    lambda lib, a: a[True, 0],
    lambda lib, a: a[0, True],
    lambda lib, a: a[True, True],
    lambda lib, a: a[None, True],
    lambda lib, a: a[np.int64(1)],
    lambda lib, a: a[np.array([0, 1])],
    lambda lib, a: a[np.array([[0, 1], [1, 0]])],
    lambda lib, a: a[[0, slice(None)]],
    lambda lib, a: a[[[0, 1], [1, 2]]],
    lambda lib, a: a[lib.tensor(1)],
    lambda lib, a: a[lib.tensor(0) : lib.tensor(2)],
    lambda lib, a: a[lib.tensor(True)],
]

GET_WITH_TENSORS = [
    (lambda lib, a, i: a[i], MATRIX, I),
    (lambda lib, a, i: a[i, i], MATRIX, I),
    (lambda lib, a, i: a[:, i], MATRIX, I),
    (lambda lib, a, i: a[None, i], MATRIX, I),
    (lambda lib, a, i: a[0, i], MATRIX, I),
    (lambda lib, a, i: a[i, None, i], MATRIX, I),
    (lambda lib, a, i: a[i[:, None], i], MATRIX, I),
    (lambda lib, a, i: a[True, i], MATRIX, I),
    (lambda lib, a, i: a[i], MATRIX, I.int()),
    (lambda lib, a, i: a[i], MATRIX, I.byte()),
    (lambda lib, a, i: a[-i - 1], MATRIX, I),
    (lambda lib, a, i: a[[i, i]], MATRIX, I),
    (lambda lib, a, m: a[m], MATRIX, MASK),
    (lambda lib, a, m: a[None, m], MATRIX, MASK),
    (lambda lib, a, m: a[m], MATRIX.t(), MASK.t()),
    (lambda lib, a, m: a[m, 0], CUBE, FACE),
    (lambda lib, a, m: a[m, :2], CUBE, FACE),
    (lambda lib, a, m: a[m, None], CUBE, FACE),
    (lambda lib, a, m: a[:, m], CUBE, CUBE[0] > 0),
    (lambda lib, a, m: a[0, m], CUBE, CUBE[0] > 0),
    (lambda lib, a, m: a[m], CUBE, of(1, 0, dtype="int64").bool()),
    (lambda lib, a, i: a[0, :, i], CUBE, I),
    (lambda lib, a, i: a[i, :, 0], CUBE, I),
    (lambda lib, a, i: a[:, i, i], CUBE, I),
    (lambda lib, a, i: a[i, :, i], CUBE, I),
    (lambda lib, a, i: a[i, 0, i], CUBE, I),
    (lambda lib, a, i: a[i, :, :2], CUBE, I),
    (lambda lib, a, i: a[None, i, None, i], CUBE, I),
    (lambda lib, a, i: a[1, :, i], CUBE, torch.tensor([[0, 1], [1, 2]])),
    (lambda lib, a, i: a[i], CUBE.permute(2, 0, 1), I),
    (lambda lib, a, i: a[:, i], CUBE.permute(2, 0, 1), I),
    (lambda lib, a, i: a[:, :, i], CUBE.permute(2, 0, 1), I),
    (lambda lib, a, i: a[:, i], CUBE.permute(2, 0, 1), torch.tensor([[0, 1], [1, 0]])),
    (lambda lib, a, i: a[:, i], MATRIX, torch.tensor([[0, 1], [1, 2]]).t()),
    (lambda lib, a, i: a[i], CUBE, torch.zeros(2, 0, dtype=torch.int64)),
    (lambda lib, a, i: a[:, i], make(0, 3), I),
    (lambda lib, a, i: a[i][0], CUBE, I),
    (lambda lib, a: a[()], SCALAR),
    (lambda lib, a: a[...], SCALAR),
    (lambda lib, a: a[None], SCALAR),
    (lambda lib, a: a[True], SCALAR),
    (lambda lib, a: a[..., None], SCALAR),
]

GET_ERRORS = [
    (lambda lib, a: a[5], MATRIX),
    (lambda lib, a: a[0, 0, 0], MATRIX),
    (lambda lib, a: a[..., 0, 0, 0], MATRIX),
    (lambda lib, a: a[::-1], MATRIX),
    (lambda lib, a: a[::0], MATRIX),
    (lambda lib, a: a["x"], MATRIX),
    (lambda lib, a: a[1.0], MATRIX),
    (lambda lib, a: a[0.5:], MATRIX),
    (lambda lib, a: a[{0}], MATRIX),
    (lambda lib, a: a[np.float64(1)], MATRIX),
    (lambda lib, a: a[np.bool_(True)], MATRIX),
    (lambda lib, a: a[2**70], MATRIX),
    (lambda lib, a: a[lib.tensor(1.0)], MATRIX),
    (lambda lib, a, i: a[i + 5], MATRIX, I),
    (lambda lib, a, i: a[i], MATRIX, of(1, dtype="int16")),
    (lambda lib, a, m: a[m], MATRIX, torch.tensor([True])),
    (lambda lib, a, m: a[:, m], MATRIX, torch.zeros(2, dtype=torch.bool)),
    (lambda lib, a, m: a[m], MATRIX, torch.zeros(2, 3, 4, dtype=torch.bool)),
    (lambda lib, a, i, j: a[i, j], MATRIX, I, of(0, 1, 2, dtype="int64")),
    (lambda lib, a, i: a[i, i, i], MATRIX, I),
    (lambda lib, a, i: a[i], make(0, 3), I),
    (lambda lib, a: a[0], SCALAR),
    (lambda lib, a: a[:], SCALAR),
    (lambda lib, a: a[0,], SCALAR),
    (lambda lib, a: a[..., ..., 0], MATRIX),
    (lambda lib, a: a[..., 0, ..., 0], MATRIX),
    (lambda lib, a: a[..., ..., :], MATRIX),
    (lambda lib, a: a[..., ..., lib.tensor([True, False])], MATRIX),
    (lambda lib, a: (a * 1).__setitem__((..., ..., lib.tensor([True, False])), 1), MATRIX),
]


def line(value: Any) -> str | None:
    return f"line {value.__code__.co_firstlineno}" if callable(value) else None


@pytest.mark.parametrize("call", GET, ids=line)
def test_getitem(call: Callable[..., Any]) -> None:
    same(call, MATRIX)
    same(call, MATRIX, grad=False)


@pytest.mark.parametrize("case", [*GET_WITH_TENSORS, *GET_ERRORS], ids=lambda case: line(case[0]))
def test_getitem_with(case: tuple) -> None:
    same(*case)


def put(index: Callable[..., Any], value: Callable[..., Any]) -> Callable[..., Any]:
    def call(lib: Any, a: Any, *rest: Any) -> Any:
        b = a * 1
        b[index(lib, *rest)] = value(lib, *rest)
        return b

    return call


INDICES = {
    "int": lambda lib, v, s, i, m: 0,
    "negative": lambda lib, v, s, i, m: -1,
    "all": lambda lib, v, s, i, m: slice(None),
    "rows": lambda lib, v, s, i, m: slice(-2, None),
    "column": lambda lib, v, s, i, m: (slice(None), 1),
    "ellipsis": lambda lib, v, s, i, m: ...,
    "empty tuple": lambda lib, v, s, i, m: (),
    "none": lambda lib, v, s, i, m: None,
    "element": lambda lib, v, s, i, m: (0, 1),
    "tensor": lambda lib, v, s, i, m: i,
    "tensors": lambda lib, v, s, i, m: (i, i),
    "columns": lambda lib, v, s, i, m: (slice(None), i),
    "part of row": lambda lib, v, s, i, m: (0, i),
    "none, tensor": lambda lib, v, s, i, m: (None, i),
    "mask": lambda lib, v, s, i, m: m,
    "true": lambda lib, v, s, i, m: True,
    "false": lambda lib, v, s, i, m: False,
    "true, int": lambda lib, v, s, i, m: (True, 0),
    "list": lambda lib, v, s, i, m: [0, 1],
    "bytes": lambda lib, v, s, i, m: m.to(lib.uint8),
    "no mask": lambda lib, v, s, i, m: lib.zeros(2, 3, dtype=lib.bool),
    "no tensor": lambda lib, v, s, i, m: lib.zeros(0, dtype=lib.int64),
    "outside": lambda lib, v, s, i, m: 5,
    "float": lambda lib, v, s, i, m: 0.5,
}
VALUES = {
    "number": lambda lib, v, s, i, m: 1.5,
    "vector": lambda lib, v, s, i, m: v,
    "scalar": lambda lib, v, s, i, m: s,
    "row": lambda lib, v, s, i, m: v[None],
    "one": lambda lib, v, s, i, m: v[:1],
    "integers": lambda lib, v, s, i, m: lib.ones(3, dtype=lib.int64),
    "complex": lambda lib, v, s, i, m: 1j,
    "list": lambda lib, v, s, i, m: [1.0],
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("index", INDICES)
def test_setitem(index: str, value: str) -> None:
    call = put(INDICES[index], VALUES[value])
    same(call, MATRIX, VECTOR, SCALAR, I, MASK)
    same(call, MATRIX, VECTOR, SCALAR, I, MASK, grad=False)


def on_leaf(lib: Any, a: Any) -> Any:
    a[0] = 1
    return a


def on_integers(lib: Any, a: Any) -> Any:
    a[0] = 2.7
    a[:, 1] = True
    return a


def on_part_of_part(lib: Any, a: Any, v: Any) -> Any:
    b = a * 1
    b[0][1:] = v[1:]
    b.t()[2] *= 2
    return b


def test_setitem_on_other_tensors() -> None:
    same(on_leaf, MATRIX)
    same(on_leaf, MATRIX, grad=False)
    same(on_integers, make(2, 3, dtype="int64"))
    same(on_part_of_part, MATRIX, VECTOR)
