"""Fourier transforms along one dimension and several, of real and complex numbers, and windows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, same

# Sums of terms that may cancel out are as exact as the largest of them.
SUMS = {"ulp": 512, "grad_ulp": 512}
OF_ANY = ("fft", "ifft", "irfft", "hfft")
OF_REALS = ("rfft", "ihfft")
WINDOWS = (
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
)


@pytest.mark.parametrize("name", OF_ANY + OF_REALS)
@pytest.mark.parametrize("norm", [None, "forward", "backward", "ortho", "none"])
@pytest.mark.parametrize("n", [None, 3, 8, 0])
def test_along_one(name: str, norm: str | None, n: int | None):
    for dtype in ("float64", "complex128", "int64"):
        same(lambda lib, x: getattr(lib.fft, name)(x, n, 0, norm), make(5, 2, dtype=dtype), **SUMS)


@pytest.mark.parametrize("name", OF_ANY + OF_REALS)
@pytest.mark.parametrize("dim", [None, (0,), (1, 0), (-1, 2), (0, 0), (3,)])
def test_along_several(name: str, dim: Any):
    for dtype in ("float64", "complex128"):
        same(lambda lib, x: getattr(lib.fft, f"{name}n")(x, dim=dim), make(3, 2, 4, dtype=dtype), **SUMS)


@pytest.mark.parametrize("s", [(2, 3), (4, -1), (5,), (1, 2, 3), (0, 2)])
def test_sizes(s: tuple[int, ...]):
    same(lambda lib, x: lib.fft.fft2(x, s), make(3, 4), **SUMS)
    same(lambda lib, x: lib.fft.irfftn(x, s), make(3, 4, dtype="complex128"), **SUMS)


def test_order_of_frequencies():
    same(lambda lib, x: lib.fft.fftshift(x), make(3, 4))
    same(lambda lib, x: lib.fft.ifftshift(x, 1), make(3, 5))
    for n in (0, 1, 4, 5, -1):
        same(lambda lib, n=n: lib.fft.fftfreq(n, 0.5))
        same(lambda lib, n=n: lib.fft.rfftfreq(n, 0.5))


@pytest.mark.parametrize(
    "options", [{}, {"center": False}, {"length": 20}, {"onesided": True}, {"win_length": 6}]
)
def test_back_from_pieces(options: dict[str, Any]):
    def call(lib: Any, x: Any) -> Any:
        return lib.istft(x, 8, window=lib.ones(options.get("win_length", 8), dtype=lib.float64), **options)

    same(call, make(2, 5, 9, dtype="complex128"), second=False, **SUMS)


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("length", [0, 1, 2, 5, -1])
def test_windows(name: str, length: int):
    for sym in (True, False):
        same(lambda lib, sym=sym: getattr(lib.signal.windows, name)(length, sym=sym, dtype=lib.float64))
    same(lambda lib: getattr(lib.signal.windows, name)(length, dtype=lib.int64))
