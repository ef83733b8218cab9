"""Lists of arrays added to in one launch."""

import numpy as np
import pytest

from mini_autograd.kernels.cuda import accumulation, instance
from mini_autograd.kernels.cuda.emulated.counting import counted
from tests.mini_autograd.cuda.twin import KINDS, agree, drawn, ours, required, sent


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_axpy_of_a_list_is_one_launch(kind):
    shapes = [(3,), (0,), (2, 5), (5001,), (4, 4)]
    targets, sources = ([drawn(one, kind, seed + at) for at, one in enumerate(shapes)] for seed in (0, 9))
    moved, sources = sent(targets), sent(sources)
    with counted() as counts:
        accumulation.axpy(moved, sources, -0.5, 0.9)
    assert counts.launched == 1
    for to, source, result in zip(targets, sources, moved, strict=True):
        expected = 0.9 * to.astype(float) - 0.5 * source.get().astype(float)
        agree(result, expected.astype(kind), KINDS[kind])


def test_long_lists_are_several_launches():
    targets = sent([np.zeros(3, np.float32) for _ in range(300)])
    accumulation.axpy(targets, sent([np.full(3, at, np.float32) for at in range(300)]))
    assert [one.get().tolist() for one in targets] == [[at] * 3 for at in range(300)]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_add_into(kind):
    a, b = drawn((4, 5), kind), drawn((5, 4), kind, 1).T
    to = sent(a)
    ours("add_into", "filling")(to, sent(b))
    assert to.get().tobytes() == (a + b).tobytes()


def test_convolution_is_by_these_products():
    kernel = instance.current().module("convolution").convolution
    x, weight = drawn((1, 2, 5, 5), np.float32), drawn((3, 2, 2, 2), np.float32, 1)
    assert kernel(*sent([x, weight]), None, (1,), (0,), (1,), False, (0,), 1).get().shape == (1, 3, 4, 4)
