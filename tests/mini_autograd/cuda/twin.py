"""Kernels of CUDA's own on the host's build of their sources, beside the kernels of the same name for numpy."""

import functools
import importlib

import ml_dtypes
import numpy as np
import pytest

from mini_autograd.kernels.cuda import backend, instance, module
from mini_autograd.kernels.cuda.emulated import raw
from mini_autograd.kernels.lookup import kernel

# For each type the error that the order of sums and single roundings leave.
KINDS = {
    np.dtype(np.float64): 1e-12,
    np.dtype(np.float32): 3e-5,
    np.dtype(np.float16): 1e-2,
    np.dtype(ml_dtypes.bfloat16): 6e-2,
}


# The device that is in use or, where none is, the emulated one, for these tests alone.
LIBRARY = backend.load() or backend.emulation()
KERNELS = functools.cache(lambda: instance.Instance(LIBRARY))


def required(monkeypatch):
    """Let kernels run on the device; skip where its sources cannot be compiled."""
    if LIBRARY.emulated:
        try:
            raw.compiler()
        except raw.Unavailable as reason:
            pytest.skip(str(reason))
    monkeypatch.setattr(backend, "found", lambda: LIBRARY)
    monkeypatch.setattr(instance, "current", KERNELS)


def ours(name, home):
    return getattr(importlib.import_module(f"mini_autograd.kernels.cuda.override.{home}"), name)


def sent(value):
    """A copy on the device, with the strides of what it is of."""
    if isinstance(value, (list, tuple)):
        return type(value)([sent(one) for one in value])
    if not isinstance(value, np.ndarray):
        return value
    order = sorted(range(value.ndim), key=lambda at: -abs(value.strides[at]))
    back = [order.index(at) for at in range(value.ndim)]
    return module.device_module().asarray(np.ascontiguousarray(value.transpose(order))).transpose(back)


def fetched(value):
    return value.get() if hasattr(value, "get") and not isinstance(value, dict) else value


def agree(result, expected, tolerance):
    if isinstance(expected, (tuple, list)):
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            agree(one, other, tolerance)
        return
    if expected is None:
        assert result is None
        return
    got = np.asarray(fetched(result))
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    scale = max(
        1.0, float(np.nanmax(np.abs(np.where(np.isfinite(expected.astype(float)), expected, 0)), initial=0))
    )
    np.testing.assert_allclose(
        got.astype(float), np.asarray(expected).astype(float), rtol=tolerance, atol=tolerance * scale
    )


def same(name, home, *args, tolerance=None, **options):
    """The kernel's result, which must be that of its twin, with the same bits each time."""
    with np.errstate(all="ignore"):
        expected = rounded(args, getattr(kernel, name)(*[widened(one) for one in args], **options))
    function = ours(name, home)
    result = function(*sent(list(args)), **options)
    again = function(*sent(list(args)), **options)
    kind = next(one.dtype for one in args if isinstance(one, np.ndarray))
    agree(result, expected, KINDS[kind] if tolerance is None else tolerance)
    for one, other in zip(listed(result), listed(again), strict=True):
        assert one is other is None or fetched(one).tobytes() == fetched(other).tobytes()
    return result


def is_half(array):
    return isinstance(array, np.ndarray) and array.dtype in KINDS and array.dtype.itemsize == 2


def widened(value):
    """Halves in single precision, which their kernels compute in."""
    return value.astype(np.float32) if is_half(value) else value


def rounded(args, result):
    """A result in single precision in the half type of the arguments."""
    halves = [one.dtype for one in args if is_half(one)]
    if isinstance(result, (tuple, list)):
        return [rounded(args, one) for one in result]
    return (
        result.astype(halves[0]) if halves and result is not None and result.dtype == np.float32 else result
    )


def listed(value):
    return value if isinstance(value, (tuple, list)) else [value]


def drawn(shape, kind, seed=0, order="C"):
    made = np.random.default_rng(seed).standard_normal(shape)
    return np.asarray(made, dtype=kind, order=order)
