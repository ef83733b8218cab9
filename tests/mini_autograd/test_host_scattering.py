"""The compiled loops over places against their twins: the same elements, memory and errors."""

import itertools
import warnings
from importlib import import_module

import numpy as np
import pytest

from mini_autograd.kernels import host
from mini_autograd.kernels.host import modules
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import embedding, numbered, scattering

pytestmark = pytest.mark.skipif(not modules(), reason="nothing is compiled here")

SHAPES = [(7,), (1,), (4, 5), (20, 3), (3, 1), (2, 3, 4), (0, 3), (3, 0)]
TYPES = [np.float32, np.float64, np.int64, np.int32, np.float16, np.bool_, np.complex64, np.complex128]


def arrays(rng, shape, dtype):
    """Arrays of one shape that lie in memory in several ways."""
    whole = rng.integers(-3, 4, shape).astype(dtype)
    yield whole
    yield whole.copy("F")
    yield np.repeat(whole, 2, -1)[..., ::2]


def places_for(rng, shape, dim, kind=np.int64):
    """Places of elements, of fewer along each dimension, of other layouts; and some that are outside."""
    size = shape[dim]
    whole = rng.integers(0, max(size, 1), shape).astype(kind)
    yield from (whole, whole.copy("F"), np.repeat(whole, 2, -1)[..., ::2], whole[:1])
    yield np.concatenate([whole, whole], dim)
    yield np.broadcast_to(whole[:1], shape) if shape[0] else whole
    for wrong in (-1, size, 2**31 - 1):
        outside = whole.copy()
        outside.reshape(-1)[-1:] = wrong
        yield outside


def outcome(function, *args):
    """What a call gives, with the strides, or the error."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*args)
    except Exception as error:
        return type(error), str(error)
    return result.dtype, result.shape, result.strides, result.tobytes()


def assert_alike(name, module, *args):
    assert outcome(getattr(kernel, name), *args) == outcome(getattr(module, name), *args), (name, args)


def cases(dtype, kind=np.int64):
    rng = np.random.default_rng(1)
    for shape in SHAPES:
        for dim in {0, len(shape) - 1}:
            for table in arrays(rng, shape, dtype):
                for places in places_for(rng, shape, dim, kind):
                    yield rng, table, dim, places


@pytest.mark.parametrize("dtype", TYPES)
def test_elements_are_picked_and_put_as_by_their_twins(dtype):
    for rng, table, dim, places in cases(dtype):
        assert_alike("gather", scattering, table, dim, places)
        for values in (rng.integers(-3, 4, places.shape).astype(dtype), table):
            for name in ("scatter", "scatter_add"):
                assert_alike(name, scattering, table, dim, places, values)
        assert_alike("scatter", scattering, table, dim, places, 2)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "amax", "amin"])
def test_elements_are_reduced_as_by_their_twin(reduce, dtype):
    for (rng, table, dim, places), included in itertools.product(cases(dtype, np.int32), (True, False)):
        values = rng.integers(-3, 4, places.shape).astype(dtype)
        assert_alike("scatter_reduce", scattering, table, dim, places, values, reduce, included)


@pytest.mark.parametrize("dtype", TYPES)
def test_slices_are_picked_and_added_as_by_their_twins(dtype):
    rng = np.random.default_rng(2)
    for shape, kind in itertools.product(SHAPES, (np.int64, np.int32)):
        for dim, count in itertools.product({0, len(shape) - 1}, (0, 1, 6)):
            size = shape[dim]
            source_shape = (*shape[:dim], count, *shape[dim + 1 :])
            vectors = [rng.integers(0, max(size, 1), count).astype(kind)]
            vectors += [np.repeat(vectors[0], 2)[::2], np.where(np.arange(count) == 1, size, vectors[0])]
            for table, source, places in itertools.product(
                arrays(rng, shape, dtype), arrays(rng, source_shape, dtype), vectors
            ):
                assert_alike("index_select", numbered, table, dim, places)
                assert_alike("index_add", numbered, table, dim, places, source)
                for reduce in ("mean", "prod", "amax", "amin"):
                    assert_alike("index_reduce", numbered, table, dim, places, source, reduce, count == 6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduce", ["sum", "prod", "amax", "amin"])
def test_special_values_are_reduced_as_by_their_twin(reduce, dtype):
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0], dtype)
    for one, two in itertools.product(special, special):
        table, values = np.array([one], dtype), np.array([two, -0.0], dtype)
        assert_alike("scatter_reduce", scattering, table, 0, np.zeros(1, np.int64), values, reduce)
        assert_alike("scatter_reduce", scattering, table, 0, np.zeros(2, np.int64), values, reduce)


def test_loops_look_at_places_themselves():
    loops = import_module(f"{host.__name__}.scattering")
    table = np.zeros((2, 3))
    for places in (np.array([0, 2]), np.array([-1, 0]), np.full((2, 2), 3), np.full((1, 3), 2**40)):
        for dim in (0, 1):
            if places.max() < table.shape[dim] and places.min() >= 0:
                continue
            with pytest.raises(IndexError):
                loops.pick(table, dim, places)
            shape = list(table.shape)
            shape[dim] = len(places)
            values = np.ones(places.shape if places.ndim == 2 else shape)
            with pytest.raises(IndexError):
                loops.combine(np.add, table, dim, places, values)


def test_what_is_added_may_lie_in_the_same_memory():
    ours, twin = np.arange(10.0), np.arange(10.0)
    places = np.array([1, 2, 3])
    import_module(f"{host.__name__}.scattering").combine(np.add, ours[1:], 0, places, ours[:3])
    scattering.combine_at(np.add, twin[1:], 0, places, twin[:3])
    np.testing.assert_array_equal(ours, twin)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("padding", [-1, 2])
@pytest.mark.parametrize("frequent", [False, True])
def test_rows_of_a_table_are_added_up_as_by_their_twin(frequent, padding, dtype):
    rng = np.random.default_rng(3)
    for count, kind in itertools.product((0, 1, 30), (np.int64, np.int32)):
        indices, grad = rng.integers(0, 4, count).astype(kind), rng.standard_normal((count, 3)).astype(dtype)
        for one in (grad, grad.copy("F")):
            args = (one, indices, 4, padding, frequent)
            assert_alike("embedding_dense_backward", embedding, *args)
