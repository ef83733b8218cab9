"""Softmax and reductions beside numpy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mini_autograd.cuda.twin import KINDS, drawn, required, same

SHAPES = [((3, 5), 1), ((2, 1025), 1), ((2, 2048), -1), ((3, 9, 5), 1), ((40, 33), 0)]


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(("shape", "dim"), SHAPES)
def test_softmax(shape, dim, kind):
    x, grad = drawn(shape, kind), drawn(shape, kind, 1)
    for name in ("softmax", "log_softmax"):
        output = same(name, "softmax", x, dim).get()
        same(f"{name}_backward_data", "softmax", grad, output, dim, None)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("width", [5, 1100])
def test_softmax_of_what_is_not_finite(width, value):
    x = drawn((2, width), np.float32)
    x[0, 3] = value
    x[1] = value
    same("softmax", "softmax", x, 1)
    same("log_softmax", "softmax", x, 1)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_reduction(data):
    kind = data.draw(st.sampled_from(list(KINDS)))
    shape = tuple(data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=4)))
    if np.prod(shape) > 20_000:
        shape = shape[:2]
    dims = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1)))
    x = drawn(shape, kind, order=data.draw(st.sampled_from("CF")))
    keepdim = data.draw(st.booleans())
    for name in ("sum", "mean", "amax", "amin"):
        same(name, "reduction", x, dims, keepdim)


@pytest.mark.parametrize(
    ("shape", "dims"), [((30_000,), (0,)), ((9_000, 3), (0,)), ((2, 10_001), (1,)), ((3, 700, 5), (0, 2))]
)
def test_long_reduction_is_split(shape, dims):
    same("sum", "reduction", drawn(shape, np.float32), dims, False)
    same("mean", "reduction", drawn(shape, np.float64), dims, False)


def test_product_and_all():
    same("prod", "reduction", drawn((7, 5), np.float64), 0, False)
    same("sum_all", "reduction", drawn((7, 5), np.float32))
    same("mean_all", "reduction", drawn((7, 5), np.float32).T)


def test_extrema_are_nan_where_an_element_is():
    x = drawn((3, 50), np.float32)
    x[1, 7] = np.nan
    same("amax", "reduction", x, (1,), False)
    same("amin", "reduction", x, (0,), False)
