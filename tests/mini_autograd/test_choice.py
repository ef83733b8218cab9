"""Choosing without branches gives the bits that numpy's own choice gives."""

import numpy as np
import pytest

from mini_autograd.kernels.shared.choice import MANY, choose

GENERATOR = np.random.default_rng(5)
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan]


def drawn(dtype, shape=(2 * MANY,)):
    values = GENERATOR.standard_normal(shape) * 100
    values.flat[: len(SPECIAL)] = SPECIAL if np.dtype(dtype).kind == "f" else range(len(SPECIAL))
    return values.astype(dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "bool", "complex64"])
@pytest.mark.parametrize("other", ["array", "number", "both", "broadcast", "few", "strided"])
def test_as_numpy_chooses(dtype, other):
    one, two = drawn(dtype), drawn(dtype)
    mask = GENERATOR.random(one.shape) < 0.5
    if other == "number":
        two = two.dtype.type(3)
    elif other == "both":
        one, two = one.dtype.type(1), two.dtype.type(3)
    elif other == "broadcast":
        mask, one = mask.reshape(2, -1), one[:MANY]
        two = two.reshape(2, -1)
    elif other == "few":
        mask, one, two = mask[:3], one[:3], two[:3]
    elif other == "strided":
        mask, one, two = (array.reshape(64, -1).T for array in (mask, one, two))
    expected, got = np.where(mask, one, two), choose(mask, one, two)
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    assert got.tobytes() == expected.tobytes()
