"""Convolution beside numpy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mini_autograd.kernels.shared import convolution as twin
from tests.mini_autograd.cuda.twin import KINDS, agree, drawn, ours, required, sent


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


def check(kind, shape, outputs, kernel, steps):
    """All three products."""
    wide = np.float32 if kind.itemsize == 2 else kind
    out = twin.result_size(shape[2:], kernel, steps)
    x, weight = drawn(shape, kind), drawn((outputs, shape[1] // steps.groups, *kernel), kind, 1)
    grad = drawn((shape[0], outputs, *out), kind, 2)
    tolerance = KINDS[kind]
    for name, given_, rest in (
        ("correlate", (x, weight), (steps, out)),
        ("spread", (grad, weight), (shape, steps)),
        ("weight_gradient", (x, grad), (weight.shape, steps)),
    ):
        args = (*given_, *rest)
        expected = getattr(twin, name)(
            *[one.astype(wide) if isinstance(one, np.ndarray) else one for one in args]
        )
        got = ours(name, "convolution")(*sent(list(given_)), *rest)
        agree(got, expected.astype(kind), tolerance)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_products(data):
    kind = data.draw(st.sampled_from(list(KINDS)))
    spatial = data.draw(st.integers(1, 3))
    each = lambda low, high: tuple(data.draw(st.integers(low, high)) for _ in range(spatial))  # noqa: E731
    groups = data.draw(st.integers(1, 2))
    shape = (data.draw(st.integers(1, 2)), groups * data.draw(st.integers(1, 2)), *each(4, 6))
    steps = twin.Steps(each(1, 2), each(0, 1), each(1, 2), groups)
    check(kind, shape, groups * 2, each(1, 2), steps)


def test_more_than_a_tile_and_a_depth_in_parts():
    steps = twin.Steps((1, 1), (1, 1), (1, 1), 1)
    check(np.dtype(np.float32), (3, 5, 14, 14), 66, (3, 3), steps)
