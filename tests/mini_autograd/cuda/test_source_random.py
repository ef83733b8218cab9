"""Philox beside its twin in numpy, and that beside the vectors that its authors published."""

import numpy as np
import pytest

from mini_autograd.kernels.cuda import module, philox
from tests.mini_autograd.cuda.twin import KINDS, drawn, required, sent

# Counter, key and result: kat_vectors of Random123 for philox4x32 with 10 rounds.
VECTORS = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


def ten_rounds(counter, key):
    """Philox of counters (n, 4) with one key."""
    a, b, c, d = (counter[:, at].astype(np.uint64) for at in range(4))
    key, other = (np.uint64(one) for one in key)
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        one, two = np.uint64(0xD2511F53) * a, np.uint64(0xCD9E8D57) * c
        a, b, c, d = (
            (two >> np.uint64(32)) ^ b ^ key,
            two & low,
            (one >> np.uint64(32)) ^ d ^ other,
            one & low,
        )
        key, other = (key + np.uint64(0x9E3779B9)) & low, (other + np.uint64(0xBB67AE85)) & low
    return np.stack([a, b, c, d], 1).astype(np.uint32)


def twin(count, seed, offset):
    counter = np.zeros((-(-count // 4), 4), np.uint32)
    counter[:, 0] = np.arange(len(counter))
    counter[:, 2:] = offset & 0xFFFFFFFF, offset >> 32
    return ten_rounds(counter, (seed & 0xFFFFFFFF, seed >> 32)).reshape(-1)[:count]


@pytest.mark.parametrize(("counter", "key", "result"), VECTORS)
def test_twin_is_the_published_generator(counter, key, result):
    assert ten_rounds(np.array([counter], np.uint32), key)[0].tolist() == result


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1, 0x299F31D0A4093822])
@pytest.mark.parametrize("offset", [0, 3, 2**40 + 5])
def test_bits(seed, offset):
    assert philox.bits(1025, seed, offset).get().tolist() == twin(1025, seed, offset).tolist()


def test_first_published_vector_on_the_device():
    assert philox.bits(4, 0, 0).get().tolist() == VECTORS[0][2]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_uniform_and_normal(kind):
    out = module.device_module().empty(4001, kind)
    drawn_at = philox.uniform(out, 11, 2, -1, 3).get().astype(float)
    assert drawn_at.min() >= -1
    assert drawn_at.max() < 3
    assert abs(drawn_at.mean() - 1) < 0.1
    if kind == np.float32:
        expected = -1 + (twin(4001, 11, 2) >> 8).astype(np.float32) * np.float32(2**-24) * np.float32(4)
        np.testing.assert_allclose(drawn_at, expected, atol=1e-6)
    normal = philox.normal(out, 11, 4).get().astype(float)
    assert np.isfinite(normal).all()
    assert abs(normal.mean()) < 0.06
    assert abs(normal.std() - 1) < 0.05


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_dropout(kind):
    x = drawn((41, 7), kind)
    out, mask = (one.get() for one in philox.dropout(sent(x), 0.25, 5, 9))
    kept = ((twin(x.size, 5, 9) >> 8) * np.float32(2**-24) < np.float32(0.75)).reshape(x.shape)
    assert (mask == kept).all()
    scale = np.float32(1 / 0.75) if kind.itemsize < 8 else 1 / 0.75
    expected = np.where(kept, x.astype(scale.dtype if kind.itemsize < 8 else float) * scale, 0).astype(kind)
    assert out.tobytes() == expected.tobytes()


def test_what_is_dropped_wholly_is_zero():
    out, mask = philox.dropout(sent(drawn((9,), np.float32)), 1.0, 5, 9)
    assert not out.get().any()
    assert not mask.get().any()
