"""Sums, means, products and extrema along any dimensions: the same bits whenever the sizes are the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.cuda.instance import current, shared_kernel

# What one block takes at least, so that splitting a row pays.
_PART = 4096


def rounded_mean(mean: Any, variance: Any, self: Any, dim: Any) -> Any:
    """``mean`` in the type of ``self`` and the shape of ``variance``; whether it is infinite is not asked, since a sum
    by parts is not NaN for it."""
    made = mean.astype(self.dtype).reshape(variance.shape)
    return current().module("reduction").plain(made)


def sum(self: Any, dim: Any, keepdim: bool, dtype: object = None) -> Any:
    result = _reduced("Sum", self, dim, keepdim, False)
    return shared_kernel("reduction", "sum")(self, dim, keepdim, dtype) if result is None else result


def sum_all(self: Any, dtype: object = None) -> Any:
    result = _reduced("Sum", self, None, False, False)
    return shared_kernel("reduction", "sum_all")(self, dtype) if result is None else result


def mean(self: Any, dim: Any, keepdim: bool, dtype: object = None) -> Any:
    result = _reduced("Sum", self, dim, keepdim, True)
    return shared_kernel("reduction", "mean")(self, dim, keepdim, dtype) if result is None else result


def mean_all(self: Any, dtype: object = None) -> Any:
    result = _reduced("Sum", self, None, False, True)
    return shared_kernel("reduction", "mean_all")(self, dtype) if result is None else result


def prod(self: Any, dim: int, keepdim: bool, dtype: object = None) -> Any:
    result = _reduced("Product", self, (dim,), keepdim, False)
    return shared_kernel("reduction", "prod")(self, dim, keepdim, dtype) if result is None else result


def amax(self: Any, dim: Any, keepdim: bool) -> Any:
    result = _reduced("Most", self, dim, keepdim, False)
    return shared_kernel("reduction", "amax")(self, dim, keepdim) if result is None else result


def amin(self: Any, dim: Any, keepdim: bool) -> Any:
    result = _reduced("Least", self, dim, keepdim, False)
    return shared_kernel("reduction", "amin")(self, dim, keepdim) if result is None else result


def add_up(self: Any, axes: tuple[int, ...] | None, keepdims: bool) -> Any:
    result = _reduced("Sum", self, axes, keepdims, False) if axes != () else None
    return shared_kernel("reduction", "add_up")(self, axes, keepdims) if result is None else result


def _reduced(op: str, self: Any, dim: Any, keepdim: bool, mean: bool) -> Any:
    """The reduction, None for what is left to the shared kernel."""
    if self.dtype not in module.FLOATS or not self.size or not self.ndim:
        return None
    dims = {axis % self.ndim for axis in dim} if dim else set(range(self.ndim))
    shape = [1 if at in dims else size for at, size in enumerate(self.shape)]
    wanted = shape if keepdim else [size for at, size in enumerate(self.shape) if at not in dims]
    x, sizes = _in_line(self, dims)
    result = module.device_module().empty(tuple(wanted), self.dtype)
    _launch(op, x, result, sizes, sizes[1] if mean else 1)
    return result


def _in_line(self: Any, dims: set[int]) -> tuple[Any, tuple[int, int, int]]:
    """A contiguous array with the reduced dimensions side by side, and the elements before, along and after them."""
    xp = module.device_module()
    kept = [at for at in range(self.ndim) if at not in dims]
    first, last = min(dims), max(dims)
    middle = [at for at in kept if first < at < last]
    if middle or not self.flags.c_contiguous:
        # Kept dimensions that vary fastest stay behind, so that neighbours are read together.
        steps = self.strides
        fastest = min(range(self.ndim), key=lambda at: (steps[at] if self.shape[at] > 1 else math.inf, -at))
        order = [*sorted(dims), *kept] if fastest in kept else [*kept, *sorted(dims)]
        x = xp.ascontiguousarray(self.transpose(order))
        along, others = math.prod([self.shape[at] for at in dims]), math.prod([self.shape[at] for at in kept])
        return x, (1, along, others) if fastest in kept else (others, along, 1)
    before, after = math.prod(self.shape[:first]), math.prod(self.shape[last + 1 :])
    return self, (before, math.prod(self.shape[first : last + 1]), after)


def _launch(op: str, x: Any, result: Any, sizes: tuple[int, int, int], count: int) -> None:
    """Reduce in as many passes as keep all multiprocessors at work: NOTE [Passes] of the source."""
    before, width, after = sizes
    wide = np.dtype(np.float32) if x.dtype.itemsize == 2 else x.dtype
    tiles = before * -(-after // 32)
    # What it is split into must not depend on the device, for the bits to be the same on all.
    splits = max(1, min(-(-width * 32 // _PART) if after > 1 else -(-width // _PART), 1024 // tiles))
    if splits > 1:
        parts = module.device_module().empty((splits, before * after), wide)
        _pass(op, x, parts, wide, sizes, splits, 1)
        return _pass(op, parts, result, wide, (1, splits, before * after), 1, count)
    return _pass(op, x, result, wide, sizes, 1, count)


def _pass(
    op: str, x: Any, result: Any, wide: Any, sizes: tuple[int, int, int], splits: int, count: int
) -> None:
    before, width, after = sizes
    types = (f"{op}<{module.NAMES[wide]}>", x.dtype, wide, result.dtype)
    divisor = wide.type(count)
    if after == 1:
        vector = module.lanes(x, width=width)
        threads = 256 if width // vector > 128 else 64
        blocks = min(before, 1 << 20)
        run = module.kernel("reduction", "reduce_rows", *types, vector)
        return run((blocks, splits), (threads,), (x, result, np.int64(before), np.int64(width), divisor))
    blocks = min(before * -(-after // 32), 1 << 20)
    run = module.kernel("reduction", "reduce_columns", *types)
    extents = np.int64(before), np.int64(width), np.int64(after)
    return run((blocks, splits), (32, 8), (x, result, *extents, divisor))
