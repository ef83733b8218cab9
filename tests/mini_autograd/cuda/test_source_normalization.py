"""Layer, batch and group normalization beside numpy's."""

import numpy as np
import pytest

from mini_autograd.kernels.lookup import kernel
from tests.mini_autograd.cuda.twin import KINDS, agree, drawn, ours, required, same, sent

ALL = (True, True, True)


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 7), (2, 1100)])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_norm(shape, kind, affine):
    x, grad = drawn(shape, kind), drawn(shape, kind, 1)
    weight, bias = (drawn(shape[-1:], kind, seed) if affine else None for seed in (2, 3))
    _, mean, rstd = same("native_layer_norm", "normalization", x, shape[-1:], weight, bias, 1e-5)
    saved = mean.get(), rstd.get()
    same(
        "native_layer_norm_backward",
        "normalization",
        grad,
        x,
        shape[-1:],
        *saved,
        weight,
        bias,
        (True, affine, affine),
    )


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("affine", [True, False])
def test_group_norm(kind, affine):
    x, grad = drawn((2, 6, 5), kind), drawn((2, 6, 5), kind, 1)
    weight, bias = (drawn((6,), kind, seed) if affine else None for seed in (2, 3))
    _, mean, rstd = same("native_group_norm", "batch_norm", x, weight, bias, 2, 6, 5, 3, 1e-5)
    saved = mean.get(), rstd.get()
    same("native_group_norm_backward", "batch_norm", grad, x, *saved, weight, 2, 6, 5, 3, ALL)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(4, 3), (3, 2, 5, 7), (9, 2, 700)])
def test_batch_norm(shape, kind, training):
    x, grad = drawn(shape, kind) + kind(3), drawn(shape, kind, 1)
    weight, bias, mean = (drawn(shape[1:2], kind, seed) for seed in (2, 3, 4))
    variance = np.abs(drawn(shape[1:2], kind, 5))
    running = sent(mean), sent(variance)
    result = ours("native_batch_norm", "batch_norm")(*sent([x, weight, bias]), *running, training, 0.1, 1e-5)
    host = mean.copy(), variance.copy()
    expected = kernel.native_batch_norm(x, weight, bias, *host, training, 0.1, 1e-5)
    tolerance = KINDS[np.dtype(kind)]
    agree(result, expected, tolerance)
    agree(running, host, tolerance)
    saved = expected[1:] if training else (None, None)
    same(
        "native_batch_norm_backward",
        "batch_norm",
        grad,
        x,
        weight,
        mean,
        variance,
        *saved,
        training,
        1e-5,
        ALL,
    )
    same(
        "native_batch_norm_backward", "batch_norm", grad, x, None, mean, variance, *saved, training, 1e-5, ALL
    )
