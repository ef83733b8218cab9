"""Arrays joined, repeated, turned and cut to triangles; copies all of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import clone
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros, contiguous
from mini_autograd.kernels.shared.part import diagonal
from mini_autograd.kernels.shared.view import position, unsqueeze, view

# Joining --------------------------------------------------------------------------------------------------


def cat(tensors: list[Array], dim: int) -> Array:
    """The arrays one after the other along ``dim``; those of shape (0,) do not count."""
    counted = [array for array in tensors if array.shape != (0,)]
    if not counted or any(not array.ndim for array in tensors):
        check_cat(tensors, dim)
        return allocate((0,), tensors[0].dtype)
    first = counted[0]
    dim = position(dim, first.ndim)
    for array in counted:
        if array.ndim != first.ndim or (
            array.shape != first.shape
            and array.shape[:dim] + array.shape[dim + 1 :] != first.shape[:dim] + first.shape[dim + 1 :]
        ):
            check_cat(tensors, dim)
    shape = list(first.shape)
    shape[dim] = sum([array.shape[dim] for array in counted])
    if first.ndim in (4, 5) and all(has_channels_last(array) for array in counted):
        last = allocate((shape[0], *shape[2:], shape[1]), first.dtype)
        result = last.transpose(0, first.ndim - 1, *range(1, first.ndim - 1))
    else:
        result = allocate(tuple(shape), first.dtype)
    xp.concatenate(counted, axis=dim, out=result)
    return result


def has_channels_last(self: Array) -> bool:
    """Whether the strides, also those of dimensions of size 1, say that channels are last in memory; expanded ones are
    not."""
    if not self.strides[1]:
        return False
    least = 0
    for dim in (1, *range(self.ndim - 1, 1, -1), 0):
        stride, size = self.strides[dim], self.shape[dim]
        if not size or stride < least or (dim == 0 and least == self.strides[1]):
            return False
        least = stride * size if size > 1 else stride
    return True


def check_cat(tensors: list[Array], dim: int) -> None:
    """RuntimeError for what is joined without dimensions, with other numbers of them, or with other sizes."""
    first = None
    for index, array in enumerate(tensors):
        if not array.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {index}) cannot be concatenated")
        if array.shape == (0,):
            continue
        first = array if first is None else first
        if array.ndim != first.ndim:
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {first.ndim} and {array.ndim}"
            )
        for at, (one, other) in enumerate(zip(first.shape, array.shape, strict=True)):
            if at != dim and one != other:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {one} but got size "
                    f"{other} for tensor number {index} in the list."
                )


def stack(tensors: list[Array], dim: int) -> Array:
    """The arrays, all of one shape, along a new dimension."""
    first = tensors[0]
    dim = position(dim, first.ndim + 1)
    for index, array in enumerate(tensors):
        if array.shape != first.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first.shape)} at entry 0 and "
                f"{list(array.shape)} at entry {index}"
            )
    shape = (*first.shape[:dim], len(tensors), *first.shape[dim:])
    if first.ndim == 4 and all(has_channels_last(array) for array in tensors):
        return view(cat(tensors, dim), shape) if dim < 4 else cat([unsqueeze(one, 4) for one in tensors], 4)
    if first.ndim == dim == 3:  # which may pass for images
        images = [unsqueeze(one, 3) for one in tensors]
        if all(map(has_channels_last, images)):
            return cat(images, 3)
    result = allocate(shape, first.dtype)
    before = (slice(None),) * dim
    for index, array in enumerate(tensors):
        result[(*before, index)] = array
    return result


def block_diag(tensors: list[Array]) -> Array:
    """The matrices (rows for 1-d arrays) along the diagonal of a matrix of zeros."""
    if not tensors:
        return allocate((1, 0), xp.dtype(xp.float32))
    blocks = [array.reshape((1, -1)) if array.ndim < 2 else array for array in tensors]
    height, width = (sum(block.shape[dim] for block in blocks) for dim in (0, 1))
    result = allocate_zeros((height, width), blocks[0].dtype)
    row = column = 0
    for block in blocks:
        result[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return result


# Order along dimensions -----------------------------------------------------------------------------------


def unique_positions(dims: tuple[int, ...], ndim: int) -> list[int]:
    wrapped = [position(dim, ndim) for dim in dims]
    for dim in wrapped:
        if wrapped.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return wrapped


def like(self: Array, values: Array) -> Array:
    """``values`` in new memory, its dimensions ordered there as those of ``self``."""
    result = empty_like(self, None, dtypes.of_numpy(self.dtype))
    result[...] = values
    return result


def flip(self: Array, dims: tuple[int, ...]) -> Array:
    """``self`` read backwards along ``dims``."""
    wrapped = unique_positions(dims, self.ndim)
    if self.ndim == 0:
        return self.copy()
    return like(self, xp.flip(self, tuple(wrapped)))


def roll(self: Array, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Array:
    """``self`` shifted along ``dims``, what leaves one end entering at the other; without ``dims`` as one list."""
    if not shifts:
        raise RuntimeError("`shifts` required")
    if len(shifts) != len(dims) and not (len(shifts) == 1 and not dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not self.size and (dims or self.ndim == 1):
        return clone(self)
    if not dims:
        rolled = xp.roll(self.reshape(-1), shifts[0]).reshape(self.shape)
    elif self.ndim == 0:
        raise errors.no_dimensions(dims[0])
    else:
        rolled = xp.roll(self, shifts, [position(dim, self.ndim) for dim in dims])
    return contiguous(rolled)


def rot90(self: Array, k: int, dims: tuple[int, ...]) -> Array:
    """``self`` turned ``k`` times by 90 degrees from the first of two dimensions towards the second."""
    ndim = self.ndim
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    first, second = (position(dim, ndim) for dim in dims)
    if first == second:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    if k % 4 == 2:
        return flip(self, (first, second))
    if k % 4 == 0:
        result = allocate(self.shape, self.dtype)
        result[...] = self
        return result
    turned = flip(self, (second if k % 4 == 1 else first,))
    return turned.swapaxes(first, second)


# Repetition -----------------------------------------------------------------------------------------------


def repeat(self: Array, repeats: tuple[int, ...]) -> Array:
    """``self`` as a tile, laid ``repeats`` times along each dimension."""
    added = len(repeats) - self.ndim
    if added < 0:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    tile = self.reshape((1,) * added + self.shape)
    shape = [size * times for size, times in zip(tile.shape, repeats, strict=True)]
    for length in shape:
        if length < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {length}: {shape}")
    result = allocate(tuple(shape), self.dtype)
    if result.size:
        split = [part for pair in zip(repeats, tile.shape, strict=True) for part in pair]
        result.reshape(split)[...] = tile.reshape([part for size in tile.shape for part in (1, size)])
    return result


def repeat_counts(repeats: Array, output_size: int | None) -> Array:
    """Each position as often as ``repeats`` says there."""
    if repeats.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if repeats.dtype not in (xp.int64, xp.int32):
        raise RuntimeError("repeats has to be Long or Int tensor")
    if repeats.size and repeats.min() < 0:
        raise RuntimeError("repeats can not be negative")
    result = xp.repeat(xp.arange(repeats.size, dtype=repeats.dtype), repeats)
    return contiguous(result)


# Triangles and diagonals ----------------------------------------------------------------------------------


def tril(self: Array, diagonal: int) -> Array:
    """The lower triangle of each matrix, up to a diagonal counted from the main one; zeros elsewhere."""
    return triangle("tril", xp.greater_equal, self, diagonal)


def triu(self: Array, diagonal: int) -> Array:
    return triangle("triu", xp.less_equal, self, diagonal)


def triangle(name: str, kept: Any, self: Array, diagonal: int) -> Array:
    """Where ``kept`` holds between row and column, the row counted from the diagonal."""
    if self.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    rows, columns = self.shape[-2:]
    # Beyond the corners nothing changes; numpy takes no more than an int64.
    diagonal = max(min(diagonal, columns), -rows)
    result = allocate_zeros(self.shape, self.dtype)
    xp.copyto(result, self, where=kept.outer(xp.arange(diagonal, rows + diagonal), xp.arange(columns)))
    return result


def diag_embed(self: Array, offset: int, dim1: int, dim2: int) -> Array:
    """Zeros with the last dimension of ``self`` laid along a diagonal of two new dimensions."""
    ndim = self.ndim + 1
    first, second = position(dim1, ndim), position(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = self.shape[-1] + abs(offset)
    shape = list(self.shape[:-1])
    for dim in sorted((first, second)):
        shape.insert(dim, length)
    result = allocate_zeros(tuple(shape), self.dtype)
    diagonal(result, offset, first, second)[...] = self
    return result


def trace(self: Array) -> Array:
    """The sum of the main diagonal of a matrix."""
    if self.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self.ndim}")
    return xp.add.reduce(xp.diagonal(self), axis=0)


# Indices --------------------------------------------------------------------------------------------------


def int64_list(self: Array, values: tuple[int, ...]) -> Array:
    return contiguous(xp.array(values, xp.int64))


def increasing(self: Array, r: int, with_replacement: bool) -> Array:
    """Where in a grid of ``r`` equal axes the indices increase, or with repetition do not decrease."""
    mask = xp.ones((self.size,) * r, xp.bool_)
    axes = xp.ogrid[(slice(self.size),) * r] if r > 1 else []
    for one, following in pairwise(axes):
        mask &= one <= following if with_replacement else one < following
    return mask
