"""The functions of the normal distribution: the compiled loops against their twins, and both against scipy's."""

import itertools

import numpy as np
import pytest
from scipy import special

from mini_autograd.kernels.host import modules
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import normal
from tests.mini_autograd.test_host_kernel import layouts
from tests.mini_autograd.twin import assert_alike

compiled = pytest.mark.skipif(not modules(), reason="nothing is compiled here")
SPECIAL = np.array(
    [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        np.nan,
        1,
        -1,
        1 - 2**-24,
        1 + 2**-23,
        1e-45,
        -1e-45,
        1e-38,
        3e38,
        10.05,
        -14.0,
    ],
    np.float32,
)
NAMES = ["erf", "erfc", "erfinv"]
# Units in the last place.
LARGEST = {"erf": 1.5, "erfc": 1.0, "erfinv": 1.0}


def spread(step=99_991):
    """Single precision numbers of all magnitudes, and of no pattern."""
    return np.arange(0, 2**32, step, np.uint64).astype(np.uint32).view(np.float32)


def arrays(dtype):
    with np.errstate(all="ignore"):
        return [*layouts(np.random.default_rng(7), dtype), SPECIAL.astype(dtype), spread().astype(dtype)]


def one_nan(function):
    """The function, but that every NaN is the same one: a compiler may change the sign of it."""

    def made(*args):
        result = function(*args)
        result[np.isnan(result)] = np.nan
        return result

    return made


@compiled
@pytest.mark.parametrize("name", NAMES)
def test_functions_are_their_twins(name):
    for dtype in (np.float32, np.float64):
        for array in arrays(dtype):
            assert_alike(one_nan(getattr(kernel, name)), one_nan(getattr(normal, name)), array)


@compiled
@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_is_its_twin(approximate):
    for dtype in (np.float32, np.float64):
        for array in arrays(dtype):
            assert_alike(one_nan(kernel.gelu), one_nan(normal.gelu), array, approximate)
        for one, two in itertools.product(arrays(dtype), arrays(dtype)):
            if one.shape == two.shape:
                ours, twin = one_nan(kernel.gelu_backward), one_nan(normal.gelu_backward)
                assert_alike(ours, twin, one, two, approximate)


def test_gelu_of_another_precision_beside_is_that_of_its_formula():
    one, two = np.ones(3), np.ones(3, np.float32)
    assert normal.gelu_backward(one, two, "none").dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
def test_error_is_small_over_all_magnitudes(name):
    given = np.concatenate([SPECIAL, spread(), np.linspace(-4, 4, 100_003, dtype=np.float32)])
    with np.errstate(all="ignore"):
        exact = getattr(special, name)(given.astype(np.float64))
        rounded = exact.astype(np.float32)
        got = np.asarray(getattr(kernel, name)(given))
        assert np.array_equal(np.isnan(got), np.isnan(rounded))
        finite = np.isfinite(rounded)
        assert np.array_equal(got[~finite], rounded[~finite], equal_nan=True)
        error = np.abs(got - exact)[finite] / np.spacing(np.abs(rounded[finite]))
    assert error.max() <= LARGEST[name], given[finite][error.argmax()]
