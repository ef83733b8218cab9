"""The compiled loops over rows of normalizations against their twins: the same bits."""

import itertools
from importlib import import_module

import numpy as np
import pytest

from mini_autograd.kernels import host
from mini_autograd.kernels.host import modules
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import batch_norm, lines

pytestmark = pytest.mark.skipif(not modules(), reason="nothing is compiled here")


def assert_alike(ours, twin, *args):
    with np.errstate(all="ignore"):
        results, wanted = ours(*args), twin(*args)
    for one, other in zip(*map(as_tuple, (results, wanted)), strict=True):
        if other is None:
            assert one is None
            continue
        np.testing.assert_array_equal(one, other, strict=True)
        assert one.strides == other.strides
        assert (np.signbit(one) == np.signbit(other))[~np.isnan(other)].all()


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def matrices(dtype):
    """Rows of many lengths, of other layouts, with special values."""
    rng = np.random.default_rng(1)
    for shape in ((3, 1), (4, 7), (2, 128), (3, 129), (2, 1000), (1, 4097), (0, 3), (3, 0)):
        yield rng.standard_normal(shape).astype(dtype)
    yield -np.zeros((3, 2), dtype)
    yield rng.standard_normal((6, 300)).astype(dtype)[:, ::2]
    yield rng.standard_normal((6, 300)).astype(dtype).T
    for special in (np.nan, np.inf, 1e30):
        array = rng.standard_normal((4, 40)).astype(dtype)
        array[1, 3] = array[2, :] = special
        yield array


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_rows_are_summed_and_made_as_by_their_twins(dtype):
    loops = import_module(f"{host.__name__}.lines")
    rng = np.random.default_rng(2)
    for rows in matrices(np.float32 if dtype is np.float16 else dtype):
        others = rng.standard_normal(rows.shape).astype(rows.dtype)
        one, two, three, four = rng.standard_normal((4, len(rows)))
        assert_alike(loops.sums, lines.sums, rows)
        assert_alike(loops.squares, lines.squares, rows, one)
        kind = np.dtype(dtype)
        for other in (others, others.astype(np.float64), others.copy("F")):
            assert_alike(loops.products, lines.products, rows, other, one)
            assert_alike(loops.blend, lines.blend, rows, other, one, two, three, kind)
            assert_alike(loops.project, lines.project, rows, other, one, two, three, four, kind)
        for factor_kind, term in itertools.product((np.float32, np.float64), (None, two)):
            term = None if term is None else term.astype(factor_kind)
            assert_alike(loops.affine, lines.affine, rows, one.astype(factor_kind), term, kind)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("shape", [(4, 6), (3, 4, 5), (2, 4, 3, 50), (1, 2, 1), (0, 4, 2)])
def test_normalizations_are_their_twins(shape, dtype):
    rng = np.random.default_rng(3)
    count, channels = shape[:2]
    weight, bias = rng.standard_normal((2, channels)).astype(dtype)
    for given, training in itertools.product((None, weight), (True, False)):
        array, grad = rng.standard_normal((2, *shape)).astype(dtype)
        running = [np.abs(rng.standard_normal(channels)).astype(dtype) for _ in range(2)]
        args = (array, given, bias, *running, training, 0.0, 1e-5)
        assert_alike(kernel.native_batch_norm, batch_norm.native_batch_norm, *args)
        kept = batch_norm.native_batch_norm(*args)[1:] if array.size else (running[0], running[1])
        args = (grad, array, given, *running, *kept, training, 1e-5, (True, True, True))
        assert_alike(kernel.native_batch_norm_backward, batch_norm.native_batch_norm_backward, *args)
        sizes = (count, channels, array.size // max(count * channels, 1), 2)
        args = (array, given, bias, *sizes, 1e-5)
        assert_alike(kernel.native_group_norm, batch_norm.native_group_norm, *args)
        kept = batch_norm.native_group_norm(*args)[1:]
        args = (grad, array, *kept, given, *sizes, (True, True, True))
        assert_alike(kernel.native_group_norm_backward, batch_norm.native_group_norm_backward, *args)
