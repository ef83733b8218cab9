"""Gathering, scattering and embeddings beside numpy's, and what becomes of an index out of range."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mini_autograd.kernels import settings as asked
from mini_autograd.kernels.cuda import fault
from tests.mini_autograd.cuda.twin import KINDS, agree, drawn, ours, required, same, sent


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


def places(shape, size, kind=np.int64, seed=5):
    return np.random.default_rng(seed).integers(0, size, shape).astype(kind)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_gather_and_scatter_add(data):
    kind = data.draw(st.sampled_from(list(KINDS)))
    shape = tuple(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)))
    dim = data.draw(st.integers(0, len(shape) - 1))
    x = drawn(shape, kind, order=data.draw(st.sampled_from("CF")))
    index = places(shape, shape[dim], data.draw(st.sampled_from([np.int64, np.int32])))
    same("gather", "scattering", x, dim, index)
    same("scatter_add", "scattering", x, dim, index, drawn(shape, kind, 1))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_sorted_sums_are_of_the_same_bits(kind, monkeypatch):
    monkeypatch.setattr(asked.SETTINGS, "deterministic", True)
    same("scatter_add", "scattering", drawn((5, 40), kind), 1, places((5, 40), 7), drawn((5, 40), kind, 1))


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("width", [4, 5, 40])
def test_embedding(kind, width):
    weight, indices = drawn((6, width), kind), places((3, 7), 6)
    same("embedding", "embedding", weight, indices, -1, False, False)
    grad = drawn((3, 7, width), kind, 1)
    for padding in (-1, 2):
        for by_frequency in (False, True):
            same("embedding_dense_backward", "embedding", grad, indices, 6, padding, by_frequency)


def test_index_out_of_range_is_clamped_and_told_at_the_next_check():
    x = drawn((4, 3), np.float32)
    index = np.array([[0, 9, 1]])
    agree(ours("gather", "scattering")(sent(x), 0, sent(index)), x[[[0, 3, 1]], [[0, 1, 2]]], 0)
    with pytest.raises(
        RuntimeError, match=r"device-side assert triggered\n.*index 9 is out of bounds for dimension 0"
    ):
        fault.check()
    fault.check()
    ours("embedding", "embedding")(sent(x), sent(np.array([-5])), -1, False, False)
    with pytest.raises(
        RuntimeError, match=r"embedding: index -5 is out of bounds for dimension 0 with size 4"
    ):
        fault.check()


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_slices_by_number(kind, dim):
    x, index = drawn((3, 4, 5), kind), places((6,), 3)
    same("index_select", "numbered", x, dim, index)
    source = drawn([6 if at == dim else size for at, size in enumerate(x.shape)], kind, 1)
    for alpha in (1, 0.5):
        same("index_add", "numbered", x, dim, index, source, alpha)


def test_nothing_to_pick_from_is_told():
    picked = ours("index_select", "numbered")(sent(drawn((0, 3), np.float32)), 0, sent(np.array([2])))
    assert picked.get().tolist() == [[0, 0, 0]]
    with pytest.raises(RuntimeError, match="index 2 is out of bounds for dimension 0 with size 0"):
        fault.check()


@pytest.mark.parametrize("deterministic", [False, True])
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_values_added_by_an_index(kind, dim, deterministic, monkeypatch):
    monkeypatch.setattr(asked.SETTINGS, "deterministic", deterministic)
    index = places((2, 3), 3) - 1
    shape = [3, 4, 5]
    x = drawn(shape, kind)
    shape[dim : dim + 1] = index.shape
    values = drawn(shape, kind, 1)
    target = sent(x)
    ours("add_at", "indexing")(target, (slice(None),) * dim + (sent(index), Ellipsis), sent(values))
    expected = x.astype(np.float64)
    np.add.at(expected, (slice(None),) * dim + (index, Ellipsis), values.astype(np.float64))
    agree(target, expected.astype(kind), KINDS[kind])
