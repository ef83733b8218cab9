"""Products of vectors, matrices and batches, linear maps and einsum, against torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
import torch

from mini_autograd.graph.operations import F
from tests.mini_autograd.against_torch import make as random_tensor
from tests.mini_autograd.against_torch import same as compare

same = partial(compare, graphs=True)


def make(*shape: int, dtype: str = "float32", seed: int = 0) -> torch.Tensor:
    """Positive numbers: where sums do not cancel, another order of summation shows in the last places only."""
    whole = dtype in ("int32", "int64", "uint8", "bool")
    return random_tensor(*shape, dtype=dtype, low=0 if whole else 0.5, high=3 if whole else 1.5, seed=seed)


A, B, C, V, S = make(2, 3), make(3, 4), make(2, 3, 4), make(3), make()
CT = make(2, 4, 3)
SQUARE, OTHER = make(3, 3), make(3, 3, seed=1)


def linear(lib: Any, *args: Any) -> Any:
    return torch.nn.functional.linear(*args) if lib is torch else F.linear(*args)


PRODUCTS = [
    (lambda lib, a, b: a.mm(b), A, B),
    (lambda lib, a, b: lib.mm(a, b.detach()), A, B),
    (lambda lib, a, b: lib.mm(a.detach(), b), A, B),
    (lambda lib, a: a.t().mm(a), A),
    (lambda lib, a, b: lib.mm(a, b), B.t(), A.t()),
    (lambda lib, a, b: lib.mm(a, b), make(6, 4)[::2, ::2], make(2, 5)),
    (lambda lib, a, b: lib.mm(a, b), make(0, 3), B),
    (lambda lib, a, b: lib.mm(a, b), make(2, 0), make(0, 3)),
    (lambda lib, a, b: lib.mm(a, b), make(2, 1), make(1, 3)),
    (lambda lib, a, v: a.mv(v), A, V),
    (lambda lib, a, v: lib.mv(a, v), make(3, 2).t(), V),
    (lambda lib, a, v: lib.mv(a, v), make(2, 0), make(0)),
    (lambda lib, c, d: c.bmm(d), C, CT),
    (lambda lib, c, d: lib.bmm(c, d), C.transpose(0, 1), C.permute(1, 2, 0)),
    (lambda lib, c, d: lib.bmm(c, d), make(0, 2, 3), make(0, 3, 4)),
    (lambda lib, c, d: lib.bmm(c, d), make(2, 2, 0), make(2, 0, 4)),
    (lambda lib, v, w: v.dot(w), V, make(3, seed=1)),
    (lambda lib, v, w: lib.dot(v, w), B[:, 1], V),
    (lambda lib, v, w: lib.vdot(v, w), make(3, dtype="complex64"), make(3, dtype="complex64", seed=1)),
    (lambda lib, v, w: lib.dot(v, w), make(3, dtype="complex64"), make(3, dtype="complex64", seed=1)),
    (lambda lib, v, w: lib.outer(v, w), V, make(2)),
    (lambda lib, v, w: v.ger(w), V, make(2)),
    (lambda lib, v, w: lib.inner(v, w), V, make(3, seed=1)),
    (lambda lib, v, w: lib.inner(v, w), A, V),
    (lambda lib, v, w: v.inner(w), C, B.t()[:3, :].t().contiguous()),
    (lambda lib, v, w: lib.inner(v, w), S, A),
    (lambda lib, a, b: lib.cross(a, b, dim=1), A, make(2, 3, seed=1)),
    (lambda lib, a, b: a.cross(b), SQUARE, OTHER),
    (lambda lib, a, b: lib.cross(a, b, dim=-2), (C * 8).round(), (make(2, 3, 1) * 8).round()),
]

SUMS = [
    (lambda lib, s, a, b: lib.addmm(s, a, b), S, A, B),
    (lambda lib, s, a, b: lib.addmm(s, a, b, beta=2, alpha=3), make(4), A, B),
    (lambda lib, s, a, b: lib.addmm(s, a, b, beta=0), make(2, 4), A, B),
    (lambda lib, s, a, b: s.addmm(b.t(), a.t(), alpha=0.5), make(4, 2).t().t(), A, B),
    (lambda lib, s, a, b: (s * 1).addmm_(a, b, beta=0.5), make(2, 4), A, B),
    (lambda lib, s, a, v: lib.addmv(s, a, v), make(2), A, V),
    (lambda lib, s, a, v: s.addmv(a, v, beta=2, alpha=3), S, A, V),
    (lambda lib, s, a, v: (s * 1).addmv_(a, v), make(2), A, V),
    (lambda lib, s, v, w: lib.addr(s, v, w), SQUARE, V, make(3, seed=1)),
    (lambda lib, s, v, w: s.addr(v, w, beta=2, alpha=3), S, V, make(2)),
    (lambda lib, s, v, w: (s * 1).addr_(v, w), make(3, 2), V, make(2)),
    (lambda lib, s, c, d: lib.addbmm(s, c, d), SQUARE, C, CT),
    (lambda lib, s, c, d: s.addbmm(c, d, beta=2, alpha=0.5), S, C, CT),
    (lambda lib, s, c, d: lib.addbmm(s, c, d, beta=2), SQUARE, make(0, 3, 4), make(0, 4, 3)),
    (lambda lib, s, c, d: lib.baddbmm(s, c, d), make(2, 3, 3), C, CT),
    (lambda lib, s, c, d: s.baddbmm(c, d, beta=2, alpha=0.5), V, C, CT),
    (lambda lib, s, c, d: (s * 1).baddbmm_(c, d), make(2, 3, 3), C, CT),
    (lambda lib, s, a, b: lib.addmm(s, a, b, beta=0), torch.full((2, 4), float("nan")), A, B),
]

ERRORS = [
    (lambda lib, a: a.mm(a), A),
    (lambda lib, a, v: a.mm(v), A, V),
    (lambda lib, a, v: v.mm(a), A, V),
    (lambda lib, a, b: a.mm(b), A, make(3, 4, dtype="float64")),
    (lambda lib, a, b: a.mm(b), A, make(4, 3, dtype="int64")),
    (lambda lib, a, b: a.mm(b), A, make(3, 3, dtype="int64")),
    (lambda lib, a: a.mm(a), make(2, 2, dtype="bool")),
    (lambda lib, a, b: a.mv(b), A, B),
    (lambda lib, a, v: a.mv(v), A, make(2)),
    (lambda lib, a, v: a.mv(v), A, make(3, dtype="float64")),
    (lambda lib, c, a: c.bmm(a), C, A),
    (lambda lib, c, a: a.bmm(c), C, A),
    (lambda lib, c: c.bmm(c), C),
    (lambda lib, c, d: c.bmm(d), C, make(2, 4, 3, dtype="float64")),
    (lambda lib, s, a, b: lib.addmm(s, a, b), V, A, B),
    (lambda lib, s, a, b: lib.addmm(s, a, b), C, A, B),
    (lambda lib, s, a: lib.addmm(s, a, a), make(2, 4), A),
    (lambda lib, s, v, a: lib.addmm(s, v, a), make(2, 4), V, A),
    (lambda lib, s, a, b: lib.addmm(s, a, b), make(2, 4, dtype="float64"), A, B),
    (lambda lib, s, a, b: (s * 1).addmm_(a, b), make(4), A, B),
    (lambda lib, s, a, v: lib.addmv(s, a, v), V, A, V),
    (lambda lib, s, a, v: lib.addmv(s, a, v), A, A, V),
    (lambda lib, s, v: lib.addr(s, v, v), make(2, 2), V),
    (lambda lib, s, a, v: lib.addr(s, a, v), A, A, V),
    (lambda lib, s, c: lib.addbmm(s, c, c), SQUARE, C),
    (lambda lib, s, c, d: lib.addbmm(s, c, d), SQUARE, C[:1], CT),
    (lambda lib, s, c, d: lib.addbmm(s, c, d), make(4), C, CT),
    (lambda lib, s, c: lib.baddbmm(s, c, c), make(2, 3, 3), C),
    (lambda lib, s, c, d: lib.baddbmm(s, c, d), make(4), C, CT),
    (lambda lib, v, a: v.dot(a), V, A),
    (lambda lib, v: v.dot(v[:2]), V),
    (lambda lib, v, w: v.dot(w), V, make(3, dtype="float64")),
    (lambda lib, a, b: lib.inner(a, b), A, B),
    (lambda lib, v, a: lib.outer(v, a), V, A),
    (lambda lib, a: lib.cross(a, a, dim=0), A),
    (lambda lib, a, v: lib.cross(a, v, dim=1), A, V),
    (lambda lib, a: lib.cross(a, a), make(2, 2)),
    (lambda lib, s, a: lib.matmul(s, a), S, A),
    (lambda lib, c, v: lib.matmul(c, v), C, V),
    (lambda lib, v, a: lib.matmul(v, a), V, A),
    (lambda lib, c, d: lib.matmul(c, d), C, make(3, 4, 5)),
    (lambda lib, a: a @ 3, A),
]


def line(value: Any) -> str | None:
    return f"line {value.__code__.co_firstlineno}" if callable(value) else None


@pytest.mark.parametrize("case", [*PRODUCTS, *SUMS, *ERRORS], ids=lambda case: line(case[0]))
def test_product(case: tuple) -> None:
    same(*case)


SHAPES = {
    "vector": make(4),
    "matrix": make(4, 4),
    "turned": make(4, 4, seed=1).t(),
    "stack": make(2, 4, 4),
    "one": make(1, 4, 4),
    "turned stack": make(4, 2, 4).transpose(0, 1),
    "stack of stacks": make(3, 2, 4, 4),
    "broadcast": make(3, 1, 4, 4),
    "empty": make(0, 4, 4),
}


@pytest.mark.parametrize(("left", "right"), list(product(SHAPES, SHAPES)))
def test_matmul(left: str, right: str) -> None:
    one, two = SHAPES[left], SHAPES[right]
    if {left, right} <= {"empty", "stack", "turned stack", "stack of stacks", "broadcast"} and left != right:
        second = "empty" not in (left, right)
    else:
        second = True
    same(lambda lib, x, y: x @ y, one, two, second=second)
    same(lambda lib, x, y: lib.matmul(x.detach(), y), one, two, second=False, forward=False)
    same(lambda lib, x, y: lib.matmul(x, y.detach()), one, two, second=False, forward=False)


LINEAR = [
    (A, make(5, 3)),
    (A, make(5, 3), make(5)),
    (V, make(5, 3), make(5)),
    (V, make(5, 3)),
    (V, make(5, 3), make(1, 5)),
    (V, make(5, 3), S),
    (C, make(5, 4), make(5)),
    (C, make(5, 4)),
    (C, make(5, 4), make(1)),
    (C, make(5, 4), S),
    (C, make(1, 4), S),
    (C, make(5, 4), make(3, 5)),
    (C, make(5, 4), make(1, 1)),
    (C.transpose(0, 1), make(5, 4), make(5)),
    (make(2, 2, 2, 4), make(5, 4), make(5)),
    (V, V),
    (A, V),
    (A.t(), make(5, 2), make(2, 5).t()[:, :1].t().expand(3, 5)),
    (A, V, S),
    (V, make(5, 3), make(4)),
    (A, make(5, 4)),
    (S, make(5, 3)),
    (A, C),
    (V, make(5, 3), make(2, 5)),
]


@pytest.mark.parametrize("case", LINEAR, ids=range(len(LINEAR)))
def test_linear(case: tuple) -> None:
    forward = not any(0 in one.stride() and one.numel() > 1 for one in case)
    same(linear, *case, forward=forward)


TENSORDOT = [
    (lambda lib, a, b: lib.tensordot(a, b, 1), A, B),
    (lambda lib, a, b: lib.tensordot(a, b, ([1], [0])), A, B),
    (lambda lib, c: lib.tensordot(c, c, ([1, 2], [1, 2])), C),
    (lambda lib, a: lib.tensordot(a, a, 0), A),
    (lambda lib, a: lib.tensordot(a, a, 2), A),
    (lambda lib, a: lib.tensordot(a, a, ([1, 0], [1, 0])), A),
    (lambda lib, v, a: lib.tensordot(v, a, ([0], [1])), V, A),
    (lambda lib, a, e: lib.tensordot(a, e, ([0], [0])), A, make(1, 3)),
    (lambda lib, a, e: lib.tensordot(e, a, ([0], [0])), A, make(1, 3)),
    (lambda lib, s: lib.tensordot(s, s, 0), S),
    (lambda lib, a, b: lib.tensordot(a, b, ([1], [1])), A, B),
    (lambda lib, a, b: lib.tensordot(a, b, ([1, 0], [0])), A, B),
    (lambda lib, a, b: lib.tensordot(a, b, -1), A, B),
    (lambda lib, a, b: lib.tensordot(a, b, 5), A, B),
    (lambda lib, a, b: lib.tensordot(a, b, 1), A, make(3, 4, dtype="float64")),
    (lambda lib, a, b: lib.chain_matmul(a, b), A, B),
    (lambda lib, a, b: lib.chain_matmul(a, b, b.t(), b), A, B),
    (lambda lib, a, b: lib.chain_matmul(b, b.t(), b, b.t()), A, B),
    (lambda lib, a: lib.chain_matmul(a), A),
    (lambda lib, v: lib.chain_matmul(v, v), V),
    (lambda lib, a: lib.chain_matmul(a, a), A),
    (lambda lib, x, y, w: lib.bilinear(x, y, w, None), A, A, make(4, 3, 3)),
    (lambda lib, x, y, w, b: lib.bilinear(x, y, w, b), C, make(2, 3, 5), make(2, 4, 5), make(2)),
    (lambda lib, x, y, w: lib.bilinear(x, y, w, None), V, V, make(4, 3, 3)),
    (lambda lib, x, y, w: lib.bilinear(x, y, w, None), A, A, make(4, 3, 2)),
    (lambda lib, x, y, w: lib.bilinear(x, y, w, None), A, C, make(4, 3, 3)),
    (lambda lib, x, y, w, b: lib.bilinear(x, y, w, b), A, A, make(4, 3, 3), V),
]


@pytest.mark.parametrize("case", TENSORDOT, ids=lambda case: line(case[0]))
def test_contraction(case: tuple) -> None:
    same(*case)


EINSUM = [
    ("ij,jk->ik", A, B),
    ("ij,jk", A, B),
    ("ij->ji", A),
    ("ij->", A),
    ("ij->i", A),
    ("iJ", A),
    ("...", A),
    (" ij -> j i ", A),
    ("", S),
    ("i,i", V, V),
    ("i,j->ij", V, V),
    ("i,j->", V, V),
    ("i,->i", V, S),
    (",", S, S),
    ("ij,->ij", A, S),
    ("ii->i", SQUARE),
    ("ii", SQUARE),
    ("iji->j", make(2, 3, 2)),
    ("iii->i", make(2, 2, 2)),
    ("bij,bjk->bik", C, CT),
    ("bij,bjk->ik", C, CT),
    ("...ij,...jk->...ik", C, CT),
    ("...ij,...jk", make(5, 1, 2, 3), make(4, 3, 2)),
    ("ij...,jk...->ik...", make(2, 3, 5), B),
    ("j...i->", C),
    ("i...->...", A),
    ("...i->i", A),
    ("...,...", A, V),
    ("i...,i...->i", A, make(2)),
    ("b...a,a->b", C, make(4)),
    ("ij,ij->ij", make(1, 3), A),
    ("ij,ij", A, A),
    ("ij,ij,ij->j", A, A, A),
    ("ij,kj,lj->ikl", A, A, A),
    ("i,i,i->i", V, V, V),
    ("ij,jk,kl->il", A, B, make(4, 2)),
    ("i,ij,j->", make(2), A, V),
    ("bn,anm,bm->ba", A, make(5, 3, 4), make(2, 4)),
    ("ij,k->i", A, make(4)),
    ("ij,jk", A, make(1, 4)),
    ("ij,jk->", A, B),
    ("ij,jk->...", A, B),
    ("ij,j", A, V),
    ("ij,i->j", A, make(2)),
    ("ijk,jil->kl", C, make(3, 2, 5)),
    ("ab,bc->ac", A.t(), A),
    ("ij,jk->ki", A, B),
    ("ij,jk->ki", A, make(3, 1)),
    ("ij,jk->ki", make(1, 3), B),
    ("ijb,jkb->kbi", C.transpose(1, 2), make(4, 5, 3)),
    ("jil,jk->kil", C, make(2, 5)),
    ("ijl,jkm->kilm", C, make(3, 2, 5)),
    ("ij,jk->ii", A, B),
    ("i->", A),
    ("ij", A, V),
    ("ij,", A),
    ("......", A),
    (".i", A),
    ("i..j", A),
    ("ij->i->", A),
    ("ij->.", A),
    ("i->...i...", V),
    ("ij-i", A),
    ("i1->i", A),
    ("ii", A),
    ("ij->k", A),
    ("i...j", V),
    ("ij,kj->ik", A, B),
    ("...i,...i", A, make(4, 3)),
    ("ij,jk->iz", A, B),
]


@pytest.mark.parametrize("case", EINSUM, ids=lambda case: case[0] or "empty")
def test_einsum(case: tuple) -> None:
    same(lambda lib, *operands: lib.einsum(case[0], *operands), *case[1:])


SUBLISTS = [
    (lambda lib, a, b: lib.einsum(a, [0, 1], b, [1, 2], [0, 2]), A, B),
    (lambda lib, a, b: lib.einsum(a, [0, 1], b, [1, 2]), A, B),
    (lambda lib, a: lib.einsum(a, [0, ...]), A),
    (lambda lib, a: lib.einsum(a, [0, 26], [26, 0]), A),
    (lambda lib, a, b: lib.einsum("ij,jk", [a, b]), A, B),
    (lambda lib, a: lib.einsum(a, [0, 52]), A),
    (lambda lib: lib.einsum("i"),),
    (lambda lib: lib.einsum("i", []),),
    (lambda lib: lib.einsum("ij", None),),
]


@pytest.mark.parametrize("case", SUBLISTS, ids=lambda case: line(case[0]))
def test_einsum_of_sublists(case: tuple) -> None:
    same(*case)


CALLS = [
    lambda lib, x: x.mm(x),
    lambda lib, x: x @ x[0],
    lambda lib, x: lib.dot(x[0], x[1]),
    lambda lib, x: lib.bmm(x[None], x[None]),
    lambda lib, x: lib.addmm(x, x, x, beta=2, alpha=3),
    lambda lib, x: lib.addr(x, x[0], x[1]),
    lambda lib, x: lib.outer(x[0], x[1]),
    lambda lib, x: lib.einsum("ij,jk->ik", x, x),
    lambda lib, x: lib.cross(x, x.t(), dim=0),
]


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "complex64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("call", CALLS, ids=line)
def test_product_of_dtype(call: Callable[..., Any], dtype: str) -> None:
    same(call, make(3, 3, dtype=dtype))
