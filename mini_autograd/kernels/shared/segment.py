"""Reductions of segments of a dimension, which lie one after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from mini_autograd.kernels.arrays import Array, xp

FEW = 16
START = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -xp.inf, "min": xp.inf}
REDUCE = {"sum": xp.add, "mean": xp.add, "prod": xp.multiply, "max": xp.maximum, "min": xp.minimum}


def bounds(lengths: Array | None, offsets: Any) -> Array:
    """Where the segments of each row begin, and where the last ends."""
    if lengths is None:
        return offsets
    ends = xp.cumsum(lengths, -1)
    return xp.concatenate([xp.zeros((*ends.shape[:-1], 1), ends.dtype), ends], -1)


def segments(edges: Array) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """The place of each segment among the results, and that of its elements."""
    for row in xp.ndindex(*edges.shape[:-1]):
        for at, (start, end) in enumerate(zip(edges[row][:-1], edges[row][1:], strict=True)):
            yield (*row, at), (*row, slice(int(start), int(end)))


def segment_reduce(
    data: Array,
    reduce: str,
    lengths: Array | None,
    indices: Array | None,
    offsets: Array | None,
    axis: int,
    unsafe: bool,
    initial: float | None,
) -> Array:
    """Each segment reduced to one element, with ``initial`` if given; the mean of nothing is that or NaN."""
    edges, axis = bounds(lengths, offsets), axis % data.ndim
    result = xp.empty((*data.shape[:axis], edges.shape[-1] - 1, *data.shape[axis + 1 :]), data.dtype)
    start = data.dtype.type(START[reduce] if initial is None else initial)
    for place, elements in segments(edges):
        part = data[elements]
        result[place] = reduced(part, reduce, start)
        if reduce == "mean" and len(part):
            result[place] /= data.dtype.type(len(part))
        elif reduce == "mean" and initial is None:
            result[place] = xp.nan
    return result


def reduced(part: Array, reduce: str, start: Any) -> Array:
    """``start`` and what the rows of ``part`` are reduced to."""
    return REDUCE[reduce].reduce(part, axis=0, initial=start)


def segment_reduce_backward(
    grad: Array,
    output: Array,
    data: Array,
    reduce: str,
    lengths: Array | None,
    offsets: Array | None,
    axis: int,
    initial: float | None,
) -> Array:
    """Of extrema all of what it is to each of those that are equal, only where positive a share, as torch has it."""
    result = xp.zeros_like(data)
    for place, elements in segments(bounds(lengths, offsets)):
        part, whole, slope = data[elements], output[place], grad[place]
        if reduce == "prod":
            result[elements] = slope * without_each(part, 1.0 if initial is None else initial)
        elif reduce in ("max", "min"):
            extreme = (part == whole) | xp.isnan(part)
            result[elements] = xp.where(
                extreme, xp.where(slope > 0, slope / xp.maximum(extreme.sum(0), 1), slope), 0
            )
        else:
            result[elements] = slope / part.dtype.type(len(part)) if reduce == "mean" else slope
    return result


def without_each(part: Array, initial: float) -> Array:
    """The product of all the others, for each element of a segment."""
    if not len(part):
        return part
    before = products(xp.full(part.shape[1:], initial, part.dtype), part[:-1])
    return before * products(xp.ones(part.shape[1:], part.dtype), part[:0:-1])[::-1]


def products(start: Array, factors: Array) -> Array:
    """``start`` and its running products with rows of factors; of wide rows row by row, where numpy goes by columns."""
    result = xp.concatenate([start[None], factors])
    if start.size < FEW:
        return xp.multiply.accumulate(result, axis=0)
    for before, row in itertools.pairwise(result):
        xp.multiply(before, row, out=row)
    return result


def chunk_cat(tensors: list[Array], dim: int, num_chunks: int) -> Array:
    """The first chunks of all in one row, then the second ones; what is missing of the last is 0."""
    dim %= tensors[0].ndim
    rows = []
    for one in tensors:
        missing = -one.shape[dim] % num_chunks
        widths = [(0, missing if at == dim else 0) for at in range(one.ndim)]
        rows.append(xp.pad(one, widths).reshape(*one.shape[:dim], num_chunks, -1))
    return xp.concatenate(rows, dim + 1)
