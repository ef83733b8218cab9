"""The compiled loops of poolings, padding and resampling against their twins."""

import itertools

import numpy as np
import pytest

from mini_autograd.kernels.host import modules
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import (
    convolution,
    grid,
    padding,
    pooling,
    resampling,
    taps,
    unpooling,
    windowed,
)
from tests.mini_autograd.twin import assert_alike, assert_several_alike, loops

pytestmark = pytest.mark.skipif(not modules(), reason="nothing is compiled here")


def images(dtype, sizes):
    """Arrays with a batch and channels: contiguous, channels last, spaced, turned around, with infinities and -0."""
    rng = np.random.default_rng(16)
    ndim = len(sizes) + 2
    whole = rng.standard_normal((2, 3, *sizes)).astype(dtype)
    last = np.ascontiguousarray(np.moveaxis(whole, 1, -1))
    special = whole.copy()
    special.reshape(-1)[::3], special.reshape(-1)[1::7] = -0.0, np.inf if dtype is not np.int64 else 2**60
    wide = rng.standard_normal((2, 3, *[2 * size for size in sizes])).astype(dtype)
    yield from (whole, np.moveaxis(last, -1, 1), special, whole[:1], whole[:, :1], whole[:0], whole[::-1])
    yield from (
        wide[(..., *[slice(None, None, 2)] * len(sizes))],
        np.broadcast_to(whole[:1, :1], whole.shape),
    )
    yield rng.standard_normal((2, 9, *sizes)).astype(dtype)
    if ndim == 4:
        yield whole[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.int64])
def test_taps_are_their_twins(dtype):
    rng = np.random.default_rng(17)
    places = rng.integers(-1, 5, (7, 3))
    kind = np.float64 if dtype is np.float64 else np.float32
    weights = rng.standard_normal((7, 3)).astype(kind)
    first = rng.integers(0, 5, (7, 1))
    sides = [(places, weights), (places[:, ::-1], weights), (places + 9, weights), (places[:0], weights[:0])]
    sides += [(first, None), (first + 9, None), (first - 5, None), (places, weights.astype(np.float64))]
    for array in images(dtype, (5, 5)):
        for dim, (at, by) in itertools.product((array.ndim - 1, array.ndim - 2), sides):
            assert_alike(loops("taps").read, taps.read, array, dim, at, by)
            grad = np.resize(array, (*array.shape[:dim], 7, *array.shape[dim + 1 :]))
            assert_alike(loops("taps").written, taps.written, grad, dim, 5, at, by)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["reflection_pad", "replication_pad"])
def test_padding_is_its_twins(name, dtype):
    for array, pad in itertools.product(images(dtype, (4, 5)), ((1, 2, 3, 0), (-1, 2, 0, -2), (0, 0, 0, 0))):
        result = getattr(padding, name)(array, pad)
        assert_alike(getattr(kernel, name), getattr(padding, name), array, pad)
        backward = f"{name}_backward"
        assert_alike(getattr(kernel, backward), getattr(padding, backward), result, array, pad)


@pytest.mark.parametrize("mode", ["nearest", "nearest_exact", "linear", "cubic", "linear_aa", "lanczos_aa"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_resampling_is_its_twins(dtype, mode):
    ours, twin = kernel.resampling(mode), resampling.resampling(mode)
    for array, size in itertools.product(images(dtype, (4, 5)), ((8, 3), (4, 5), (9, 10))):
        if array.ndim == 4:
            rest = (None, None) if mode.startswith("nearest") else (False, None, None)
            assert_alike(ours[0], twin[0], array, size, *rest)
            grad = np.resize(array, (*array.shape[:2], *size))
            assert_alike(ours[1], twin[1], grad, size, array.shape, *rest)


SLIDING = {
    1: [((3,), (2,), (1,), (1,), True), ((2,), (1,), (0,), (2,), False)],
    2: [((3, 2), (2, 1), (1, 1), (1, 1), False), ((2, 2), (2, 3), (1, 1), (2, 1), True)],
    3: [
        ((2, 3, 2), (2, 1, 2), (1, 1, 0), (1, 1, 1), True),
        ((1, 2, 1), (1, 1, 1), (0, 0, 0), (1, 2, 1), False),
    ],
}


def pooled(dtype, spatial):
    for array in images(dtype, (4, 5, 6)[-spatial:]):
        yield array
        low = np.array(array)
        low[...] = -np.inf if dtype is not np.int64 else np.iinfo(dtype).min
        yield low
        if dtype is not np.int64:
            yield np.where(np.arange(array.size).reshape(array.shape) % 5 == 0, np.nan, array)


@pytest.mark.parametrize("spatial", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_maxima_are_their_twins(dtype, spatial):
    for array in pooled(dtype, spatial):
        calls = [("max_pool", steps) for steps in SLIDING[spatial]]
        calls += [("adaptive_max_pool", [size]) for size in ((2,) * spatial, (7,) * spatial, (0,) * spatial)]
        for name, args in calls:
            ours, twin = getattr(kernel, name), getattr(pooling, name)
            assert_several_alike(ours, twin, array, *args)
            values, index = twin(array, *args)
            for back in (kernel.max_pool_backward, pooling.max_pool_backward):
                args = (values, array, (1,) * spatial, (), (), (), False, index)
                assert_alike(back, pooling.max_pool_backward, *args)


@pytest.mark.parametrize("spatial", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_means_are_their_twins(dtype, spatial):
    for array in pooled(dtype, spatial):
        for (*steps, _, ceil), rest in itertools.product(
            SLIDING[spatial], ((True, None), (False, None), (True, -3))
        ):
            assert_alike(kernel.avg_pool, pooling.avg_pool, array, *steps, ceil, *rest)
            with np.errstate(all="ignore"):
                grad = pooling.avg_pool(array, *steps, ceil, *rest)
            assert_alike(
                kernel.avg_pool_backward, pooling.avg_pool_backward, grad, array, *steps, ceil, *rest
            )
        if spatial > 1 and dtype is not np.int64:
            name = "adaptive_avg_pool3d" if spatial == 3 else "adaptive_avg_pool"
            back = f"adaptive_avg_pool{spatial}d_backward"
            for size in ((2,) * spatial, (7,) * spatial, (0,) * spatial):
                assert_alike(getattr(kernel, name), getattr(pooling, name), array, size)
                grad = np.resize(array, (*array.shape[:-spatial], *size))
                assert_alike(getattr(kernel, back), getattr(pooling, back), grad, array)


@pytest.mark.parametrize("spatial", [2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maxima_at_random_are_their_twins(dtype, spatial):
    name = f"fractional_max_pool{spatial}d"
    for array in pooled(dtype, spatial):
        samples = np.random.default_rng(18).random((*array.shape[:-spatial], spatial)).astype(dtype)
        args = (array, (2,) * spatial, (2, 3, 3)[:spatial], samples)
        assert_several_alike(getattr(kernel, name), getattr(unpooling, name), *args)


@pytest.mark.parametrize("wrong", [-1, -8, -9, 8, 2**40])
def test_an_index_out_of_its_row_is_its_twins(wrong):
    index = np.array([[0, 0, 7], [1, wrong, 1]])
    assert_alike(loops("pooling").added_at, windowed.added_at, np.ones((2, 3)), index, 8)
    assert_alike(loops("pooling").added_at, windowed.added_at, np.ones((2, 3)), index.astype(np.int32), 8)
    assert_alike(loops("pooling").added_at, windowed.added_at, np.ones((2, 3)), index[:, :2], 8)


STEPS = [((1,), (0,), (1,), 1), ((2,), (1,), (2,), 1), ((3,), (2,), (1,), 3), ((1,), (3,), (1,), 1)]


@pytest.mark.parametrize("kernel_size", [(3,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_convolution_is_its_twins(dtype, kernel_size):
    spatial = len(kernel_size)
    for array, (*moves, groups) in itertools.product(images(dtype, (4, 5, 7)[-spatial:]), STEPS):
        if array.ndim != spatial + 2 or array.shape[1] % groups:
            continue
        for transposed, more in ((False, (0,)), (True, (0,)), (True, tuple(size - 1 for size in moves[0]))):
            shape = (array.shape[1], 2) if transposed else (2 * groups, array.shape[1] // groups)
            weight = np.resize(np.arange(-3, 4), (*shape, *kernel_size)).astype(dtype)
            bias = np.resize(np.arange(5), shape[1] * groups if transposed else shape[0]).astype(dtype)
            rest = (*moves, transposed, more, groups)
            assert_alike(kernel.convolution, convolution.convolution, array, weight, bias, *rest)
            with np.errstate(all="ignore"):
                grad = np.resize(array, convolution.convolution(array, weight, None, *rest).shape)
            args = (grad, array, weight, None, *rest, (True, True, True))
            assert_several_alike(
                kernel.convolution_backward, convolution.convolution_backward, *args, count=3
            )


def test_convolution_in_parts_is_its_twins(monkeypatch):
    monkeypatch.setattr(convolution, "AT_ONCE", 100)
    monkeypatch.setattr(convolution, "ROWS", 5)
    test_convolution_is_its_twins(np.float64, (2, 3))


def of_one_nan(function):
    """Its arrays with NaNs of one sign: which operand's a product of two takes is the compiler's choice."""

    def run(*args):
        found = function(*args)
        several = found if isinstance(found, tuple) else (found,)
        return tuple(
            [None if one is None else np.where(np.isnan(one), one.dtype.type(np.nan), one) for one in several]
        )

    return run


def sampled(dtype, spatial):
    """Images with grids that reach outside, far away and nowhere."""
    rng = np.random.default_rng(19)
    for array, size in itertools.product(
        images(dtype, (4, 1, 6)[-spatial:]), ((3, 2, 4), (1, 1, 1), (5, 0, 2))
    ):
        if array.ndim == spatial + 2:
            places = (rng.standard_normal((len(array), *size[-spatial:], spatial)) * 1.2).astype(dtype)
            places.reshape(-1)[::9], places.reshape(-1)[1::13] = -1, 1
            yield array, places
            places = places.copy()
            places.reshape(-1)[::7], places.reshape(-1)[3::11] = np.nan, np.inf
            places.reshape(-1)[5::13] = 1e30
            yield array, places


@pytest.mark.parametrize("mode", [grid.BILINEAR, grid.NEAREST, grid.BICUBIC])
@pytest.mark.parametrize("spatial", [2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_are_their_twins(dtype, spatial, mode):
    if mode == grid.BICUBIC and spatial == 3:
        return
    for (array, places), padding_mode, align in itertools.product(
        sampled(dtype, spatial), range(3), (True, False)
    ):
        rest = (mode, padding_mode, align)
        assert_alike(
            lambda *args: kernel.grid_sampler(*args).strides,
            lambda *args: grid.grid_sampler(*args).strides,
            array,
            places,
            *rest,
        )
        assert_several_alike(
            of_one_nan(kernel.grid_sampler), of_one_nan(grid.grid_sampler), array, places, *rest, count=1
        )
        grad = np.resize(array if array.size else np.ones(1, dtype), (*array.shape[:2], *places.shape[1:-1]))
        for mask in ((True, True), (False, True)):
            args = (grad, array, places, *rest, mask)
            assert_several_alike(
                of_one_nan(kernel.grid_sampler_backward), of_one_nan(grid.grid_sampler_backward), *args
            )


def test_samples_of_many_channels_are_their_twins():
    rng = np.random.default_rng(20)
    array = rng.standard_normal((1, 40, 3, 3)).astype(np.float32)
    for size in ((1, 1), (1, 2)):
        places = rng.standard_normal((1, *size, 2)).astype(np.float32)
        grad = rng.standard_normal((1, 40, *size)).astype(np.float32)
        args = (grad, array, places, grid.BILINEAR, grid.ZEROS, False, (True, True))
        assert_several_alike(
            of_one_nan(kernel.grid_sampler_backward), of_one_nan(grid.grid_sampler_backward), *args
        )
