"""The three products of a convolution as products of matrices that are never written down.

Each gives None for what the kernel does not take.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module

_TILE = 64
_NUMBERS = ("examples", "inputs", "outputs", "groups")
_SIZES = ("in", "out", "kernel", "stride", "padding", "dilation")
_MOVES = np.dtype([*[(name, np.int64) for name in _NUMBERS], *[(name, np.int64, 3) for name in _SIZES]])


def correlate(input: Any, weight: Any, steps: Any, out: tuple[int, ...]) -> Any:
    if not _takes(input, weight):
        return None
    moves = _moves(input.shape, weight.shape, out, weight.shape[0], steps)
    result = module.device_module().empty((input.shape[0], weight.shape[0], *out), input.dtype)
    height, width = weight.shape[0] // steps.groups, input.shape[0] * math.prod(out)
    return _launch("FORWARD", weight, input, result, moves, (height, width), steps.groups)


def spread(grad: Any, weight: Any, shape: tuple[int, ...], steps: Any) -> Any:
    if not _takes(grad, weight):
        return None
    moves = _moves(shape, weight.shape, grad.shape[2:], grad.shape[1], steps)
    result = module.device_module().empty(shape, grad.dtype)
    height, width = shape[1] // steps.groups, shape[0] * math.prod(shape[2:])
    return _launch("INPUT", weight, grad, result, moves, (height, width), steps.groups)


def weight_gradient(input: Any, grad: Any, shape: tuple[int, ...], steps: Any) -> Any:
    if not _takes(input, grad):
        return None
    moves = _moves(input.shape, shape, grad.shape[2:], grad.shape[1], steps)
    height, width = shape[0] // steps.groups, math.prod(shape[1:])
    depth = grad.shape[0] * math.prod(grad.shape[2:])
    tiles = -(-height // _TILE) * -(-width // _TILE) * steps.groups
    parts = max(1, min(-(-depth // 512), 256 // tiles))
    wide = np.dtype(np.float32) if input.dtype.itemsize == 2 else input.dtype
    sums = module.device_module().empty((parts, *shape), wide if parts > 1 else input.dtype)
    _launch("WEIGHT", grad, input, sums, moves, (height, width), steps.groups, parts)
    return sums[0] if parts == 1 else sums.sum(0).astype(input.dtype, copy=False)


def _takes(one: Any, other: Any) -> bool:
    fits = one.dtype in module.FLOATS and one.dtype == other.dtype and 3 <= one.ndim <= 5
    return fits and bool(one.size) and bool(other.size)


def _moves(
    shape: tuple[int, ...], kernel: tuple[int, ...], out: tuple[int, ...], outputs: int, steps: Any
) -> np.ndarray:
    """The struct that the source calls Moves, of one convolution."""
    moves = np.ones(1, _MOVES)
    missing = 3 - len(out)
    numbers = (shape[0], shape[1], outputs, steps.groups)
    for name, value in zip(_NUMBERS, numbers, strict=True):
        moves[name] = value
    moves["padding"] = 0
    given = (shape[2:], out, kernel[2:], steps.stride, steps.padding, steps.dilation)
    for name, sizes in zip(_SIZES, given, strict=True):
        moves[name][0, missing:] = sizes
    return moves


def _launch(
    product: str,
    left: Any,
    right: Any,
    result: Any,
    moves: np.ndarray,
    extent: tuple[int, int],
    groups: int,
    parts: int = 1,
) -> Any:
    """Run one of the products; its operands are made contiguous."""
    if result.size:
        xp = module.device_module()
        one, other = xp.ascontiguousarray(left), xp.ascontiguousarray(right)
        run = module.kernel("convolution", "convolve", product, one.dtype, result.dtype)
        grid = -(-extent[1] // _TILE), -(-extent[0] // _TILE), groups * parts
        run(grid, (256,), (one, other, result, moves, np.int64(parts)))
    return result
