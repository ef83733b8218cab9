"""Layer normalization row by row gives the bits of the functions that it stands in for, or leaves the call to them."""

import itertools

import numpy as np
import pytest

from mini_autograd.kernels import host
from mini_autograd.kernels.shared import normalization as shared

LOOPS = next((one for one in host.modules() if one.__name__.endswith(".norm")), None)
pytestmark = pytest.mark.skipif(LOOPS is None, reason="no compiled loops")
SHAPES = (((3,), 1), ((5, 1), 1), ((4, 7), 1), ((2, 3, 130), 1), ((2, 3, 5), 2), ((40, 300), 1), ((6, 4), 2))


def arrays(shape, kept, dtype, affine):
    draw = np.random.default_rng(len(shape) + kept)
    x, grad = (draw.standard_normal(shape).astype(dtype) for _ in range(2))
    weight, bias = (draw.standard_normal(shape[len(shape) - kept :]).astype(dtype) for _ in range(2))
    return x, grad, *((weight, bias) if affine else (None, None))


def same(one, other):
    assert (one is None) == (other is None)
    if one is not None:
        assert (one.dtype, one.shape, one.strides) == (other.dtype, other.shape, other.strides)
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "kept"), SHAPES)
def test_to_the_bit(shape, kept, dtype, affine):
    x, grad, weight, bias = arrays(shape, kept, dtype, affine)
    inner = shape[len(shape) - kept :]
    args = (x, inner, weight, bias, 1e-5)
    found, expected = LOOPS.native_layer_norm(*args), shared.native_layer_norm(*args)
    for one, other in zip(found, expected, strict=True):
        same(one, other)
    for mask in itertools.product((False, True), repeat=3):
        args = (grad, x, inner, expected[1], expected[2], weight, bias, mask)
        one, other = LOOPS.native_layer_norm_backward(*args), shared.native_layer_norm_backward(*args)
        for left, right in zip(one, other, strict=True):
            same(left, right)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 3e38])
@np.errstate(all="ignore")
def test_a_row_that_is_not_finite(value):
    x, grad, weight, bias = arrays((4, 9), 1, "float32", True)
    x[2, 3] = value
    args = (x, (9,), weight, bias, 1e-5)
    found, expected = LOOPS.native_layer_norm(*args), shared.native_layer_norm(*args)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    args = (grad, x, (9,), expected[1], expected[2], weight, bias, (True, True, True))
    one, other = LOOPS.native_layer_norm_backward(*args), shared.native_layer_norm_backward(*args)
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def test_what_is_not_contiguous_or_of_another_type():
    x, _, weight, bias = arrays((6, 8), 1, "float32", True)
    for given in (x.T.copy().T, x[:, ::-1], x.astype("float16"), x.astype("float64")):
        args = (given, (8,), weight, bias, 1e-5)
        for one, other in zip(LOOPS.native_layer_norm(*args), shared.native_layer_norm(*args), strict=True):
            same(one, other)
