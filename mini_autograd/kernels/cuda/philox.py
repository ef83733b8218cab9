"""Random numbers of a device by seed and offset: Philox4x32-10.

An element's number is known from the seed, the offset and its place in a contiguous array; a fill with an offset of
its own is independent of all others of the seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module

THREADS = 256


def bits(count: int, seed: int, offset: int) -> Any:
    """32 random bits for each element."""
    out = module.device_module().empty(count, np.uint32)
    if count:
        launch("bits", (), (out,), count, seed, offset)
    return out


def uniform(out: Any, seed: int, offset: int, low: float = 0.0, high: float = 1.0) -> Any:
    """Fill a contiguous array with numbers from ``low`` on and below ``high``."""
    if out.size:
        numbers = module.number(low, out.dtype), module.number(high - low, out.dtype)
        launch("uniform", (out.dtype,), (out,), out.size, seed, offset, *numbers)
    return out


def normal(out: Any, seed: int, offset: int, mean: float = 0.0, std: float = 1.0) -> Any:
    """Fill a contiguous array with normally distributed numbers."""
    if out.size:
        numbers = module.number(mean, out.dtype), module.number(std, out.dtype)
        launch("normal", (out.dtype,), (out,), out.size, seed, offset, *numbers)
    return out


def dropout(self: Any, p: float, seed: int, offset: int) -> tuple[Any, Any]:
    """``self`` without a share ``p`` of its elements, the others scaled up, and the mask of those that were kept."""
    xp = module.device_module()
    x = xp.ascontiguousarray(self)
    out, mask = xp.empty(x.shape, x.dtype), xp.empty(x.shape, np.bool_)
    if x.size:
        numbers = np.float32(1 - p), module.number(1 / (1 - p) if p < 1 else 0, x.dtype)
        launch("dropout", (x.dtype,), (x, out, mask), x.size, seed, offset, *numbers)
    return out, mask


def launch(name: str, types: tuple, arrays: tuple, count: int, seed: int, offset: int, *numbers: Any) -> None:
    run = module.kernel("random", name, *types)
    given = np.int64(count), np.uint64(seed % 2**64), np.uint64(offset % 2**64)
    run(module.blocks_for(count, THREADS * 4), (THREADS,), (*arrays, *given, *numbers))
