"""Losses of margins, of alignments and of embeddings against torch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, same

LOOSE = {"ulp": 1 << 8, "grad_ulp": 1 << 10}
REDUCTIONS = ("none", "mean", "sum")


def wide(*shape: int, seed: int = 0) -> Any:
    return make(*shape, dtype="float64", seed=seed)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("p", [1, 2])
def test_multi_margin_loss(p: int, reduction: str) -> None:
    def call(lib: Any, x: Any) -> Any:
        weight = lib.tensor([0.5, 1.0, 2.0, 0.25], dtype=lib.float64)
        loss = lib.nn.functional.multi_margin_loss
        return loss(x, lib.tensor([1, 0, 3]), p=p, weight=weight, reduction=reduction)

    same(call, wide(3, 4), second=False, forward=False, **LOOSE)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_multilabel_margin_loss(reduction: str) -> None:
    def call(lib: Any, x: Any) -> Any:
        target = lib.tensor([[1, 2, -1, 0], [3, -1, 1, 1], [-1, 0, 0, 0]])
        return lib.nn.functional.multilabel_margin_loss(x, target, reduction=reduction)

    same(call, wide(3, 4), second=False, forward=False, **LOOSE)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_pairs(reduction: str) -> None:
    def ranking(lib: Any, x: Any, y: Any) -> Any:
        target = lib.tensor([1.0, -1.0, 1.0, -1.0], dtype=lib.float64)
        return lib.nn.functional.margin_ranking_loss(x, y, target, 0.3, reduction=reduction)

    def cosine(lib: Any, x: Any, y: Any) -> Any:
        target = lib.tensor([1, -1, 1])
        return lib.nn.functional.cosine_embedding_loss(x, y, target, 0.1, reduction=reduction)

    same(ranking, wide(3, 4), wide(3, 4, seed=1), **LOOSE)
    same(cosine, wide(3, 4), wide(3, 4, seed=1), **LOOSE)


@pytest.mark.parametrize("swap", [False, True])
def test_triplet_margin_loss(swap: bool) -> None:
    def call(lib: Any, *three: Any) -> Any:
        return lib.nn.functional.triplet_margin_loss(*three, swap=swap)

    same(call, wide(3, 4), wide(3, 4, seed=1), wide(3, 4, seed=2), **LOOSE)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("rows", [True, False])
def test_ctc_loss(rows: bool, reduction: str) -> None:
    def call(lib: Any, x: Any) -> Any:
        target = lib.tensor([[1, 2, 3], [2, 2, 1]])
        target = target if rows else target.reshape(-1)
        logarithms = lib.nn.functional.log_softmax(x, 2)
        return lib.nn.functional.ctc_loss(logarithms, target, (7, 7), (3, 3), reduction=reduction)

    same(call, wide(7, 2, 4), second=False, forward=False, **LOOSE)


def test_ctc_loss_of_several_lengths() -> None:
    def call(lib: Any, x: Any) -> Any:
        leaf = x.detach().clone().requires_grad_()
        target = lib.tensor([1, 2, 3, 2])
        logarithms = lib.nn.functional.log_softmax(leaf, 2)
        loss = lib.nn.functional.ctc_loss(logarithms, target, (7, 5), (3, 1), reduction="sum")
        # Of what it keeps torch leaves unset what is beyond a length.
        return loss.detach(), lib.autograd.grad(loss, leaf)[0]

    same(call, wide(7, 2, 4), grad=False, ulp=1 << 10)


def test_ctc_loss_of_too_few_steps() -> None:
    def call(lib: Any, x: Any) -> Any:
        logarithms = lib.nn.functional.log_softmax(x, 2)
        target = lib.tensor([[1, 1, 1]])
        return lib.nn.functional.ctc_loss(logarithms, target, (2,), (3,), zero_infinity=True)

    same(call, wide(2, 1, 4), second=False, forward=False, **LOOSE)


@pytest.mark.parametrize("padding", [None, 1])
@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_embedding_bag(mode: str, padding: int | None) -> None:
    def call(lib: Any, table: Any) -> Any:
        indices, offsets = lib.tensor([1, 2, 3, 1, 5]), lib.tensor([0, 2, 2])
        return lib.nn.functional.embedding_bag(indices, table, offsets, mode=mode, padding_idx=padding)

    same(call, wide(6, 3), second=False, forward=False, **LOOSE)


def test_embedding_bag_of_weights() -> None:
    def call(lib: Any, table: Any, weights: Any) -> Any:
        indices = lib.tensor([1, 2, 3, 1, 5])
        offsets = lib.tensor([0, 2, 2])
        return lib.nn.functional.embedding_bag(
            indices, table, offsets, mode="sum", per_sample_weights=weights
        )

    same(call, wide(6, 3), wide(5, seed=1), second=False, forward=False, **LOOSE)


@pytest.mark.parametrize("scaled", [False, True])
def test_embedding(scaled: bool) -> None:
    def call(lib: Any, table: Any) -> Any:
        indices = lib.tensor([[1, 2], [1, 5]])
        return lib.nn.functional.embedding(indices, table, padding_idx=2, scale_grad_by_freq=scaled)

    same(call, wide(6, 3), second=not scaled, **LOOSE)


def test_embedding_shortens_rows() -> None:
    def call(lib: Any, table: Any) -> Any:
        held = table.detach().clone()
        return lib.nn.functional.embedding(lib.tensor([1, 2]), held, max_norm=0.5), held

    same(call, wide(6, 3), grad=False, ulp=4)


def test_one_hot() -> None:
    same(lambda lib, x: lib.nn.functional.one_hot(lib.tensor([[2, 0], [1, 1]])) + x, wide(2, 2, 3), ulp=1)
