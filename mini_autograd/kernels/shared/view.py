"""Views of a whole array: in another shape, order of dimensions or with other strides, which are torch's."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import address, contiguous_strides, memory_of, over, placed, strided


def position(dim: int, ndim: int) -> int:
    """``dim`` counted from the front, a 0-d array counting as having one; IndexError when there is none."""
    bound = ndim or 1
    if not -bound <= dim < bound:
        raise errors.dim_out_of_range(dim, ndim)
    return dim + bound if dim < 0 else dim


def alias(self: Array) -> Array:
    return self[...]


def as_strided(
    self: Array, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None
) -> Array:
    """Any elements of the memory of ``self``; strides and offset in elements, the offset from the memory's start."""
    memory = memory_of(self)
    itemsize = self.itemsize
    if storage_offset is None:
        storage_offset = (address(self) - address(memory)) // itemsize
    check_strided(size, stride, storage_offset, itemsize, memory.size)
    strides = tuple([step * itemsize for step in stride])
    return placed(memory, self.dtype, size, strides, storage_offset * itemsize)


def check_strided(size: tuple, stride: tuple, offset: int, itemsize: int, available: int) -> None:
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in stride):
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}"
        )
    if any(length < 0 for length in size):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}"
        )
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if 0 in size:
        return
    last = sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    needed = (offset + last + 1) * itemsize
    if needed > available:
        raise errors.out_of_storage(size, stride, offset, itemsize, needed, available)


def expand(self: Array, size: tuple[int, ...], implicit: bool = False) -> Array:
    """``self`` repeated along its dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    added = len(size) - self.ndim
    if added < 0:
        legacy = dtypes.of_numpy(self.dtype).old_name
        raise RuntimeError(
            f"expand({legacy}{{{list(self.shape)}}}, size={list(size)}): the number of sizes provided "
            f"({len(size)}) must be greater or equal to the number of dimensions in the tensor ({self.ndim})"
        )
    shape, strides = list(size), [0] * len(size)
    for dim in reversed(range(len(size))):
        wanted = size[dim]
        if dim < added:
            if wanted < 0:
                raise RuntimeError(
                    f"The expanded size of the tensor ({wanted}) isn't allowed in a leading, non-existing "
                    f"dimension {dim}"
                )
            continue
        have = self.shape[dim - added]
        if wanted in (have, -1):
            shape[dim] = have
            strides[dim] = self.strides[dim - added]
        elif have != 1:
            raise mismatched_expand(self, size, dim, have)
    if min(shape, default=0) < 0:
        raise RuntimeError("numel: integer multiplication overflow")
    for dim in range(added - 1, -1, -1):
        if shape[dim] == 1:
            strides[dim] = shape[dim + 1] * strides[dim + 1] if dim + 1 < len(size) else 0
    return strided(self, tuple(shape), tuple(strides))


def mismatched_expand(self: Array, size: tuple[int, ...], dim: int, have: int) -> RuntimeError:
    return RuntimeError(
        f"The expanded size of the tensor ({size[dim]}) must match the existing size ({have}) at non-singleton "
        f"dimension {dim}.  Target sizes: {list(size)}.  Tensor sizes: {list(self.shape)}"
    )


def view_strides(self: Array, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The byte strides with which ``self`` can be looked at in another shape; None where it takes a copy."""
    if self.size == 0:
        return self.strides if self.shape == shape else contiguous_strides(shape, self.itemsize)
    strides = [0] * len(shape)
    at = len(shape) - 1
    chunk_stride = self.strides[-1] if self.ndim else self.itemsize
    count = have = 1
    for dim in range(self.ndim - 1, -1, -1):
        have *= self.shape[dim]
        if dim == 0 or (self.shape[dim - 1] != 1 and self.strides[dim - 1] != have * chunk_stride):
            while at >= 0 and (count < have or shape[at] == 1):
                strides[at] = count * chunk_stride
                count *= shape[at]
                at -= 1
            if count != have:
                return None
            if dim > 0:
                chunk_stride = self.strides[dim - 1]
                count = have = 1
    if self.ndim == 0:
        return (self.itemsize,) * len(shape)
    return tuple(strides) if at == -1 else None


def view(self: Array, size: tuple[int, ...]) -> Array:
    """``self`` in another shape of as many elements, sharing memory; RuntimeError where strides forbid it."""
    # Contiguous memory may have strides of its own along dimensions of size 1, which a view keeps.
    if self.flags.c_contiguous and self.size and 1 not in self.shape and min(size, default=0) >= -1:
        try:
            return self.reshape(size)
        except ValueError:
            infer_size(size, self.size)
            raise
    shape = infer_size(size, self.size)
    strides = view_strides(self, shape)
    if strides is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return strided(self, shape, strides)


def reshape_alias(self: Array, size: tuple[int, ...], stride: tuple[int, ...]) -> Array:
    return strided(self, size, tuple([step * self.itemsize for step in stride]))


def infer_size(size: tuple[int, ...], count: int) -> tuple[int, ...]:
    """``size`` with its -1 replaced; RuntimeError where ``count`` elements do not fit it."""
    known = 1
    unknown = None
    for dim, wanted in enumerate(size):
        if wanted == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = dim
        elif wanted < 0:
            raise RuntimeError(f"invalid shape dimension {wanted} at index {dim} of shape {list(size)}")
        else:
            known *= wanted
    if known == count and unknown is None:
        return tuple(size)
    if unknown is None or known == 0 or count % known:
        if unknown is not None and known == 0 and count == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified dimension size "
                "-1 can be any value and is ambiguous"
            )
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {count}")
    return (*size[:unknown], count // known, *size[unknown + 1 :])


def shape_together(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of both broadcast together; RuntimeError in torch's words where there is none."""
    ndim = max(len(one), len(two))
    sizes: list[int] = []
    for dim in reversed(range(ndim)):
        left, right = (shape[dim - ndim] if ndim - dim <= len(shape) else 1 for shape in (one, two))
        if left != right and 1 not in (left, right):
            raise errors.no_broadcast(left, right, dim)
        sizes.insert(0, right if left == 1 else left)
    return tuple(sizes)


def view_dtype(self: Array, dtype: Any) -> Array:
    """The same bytes read as elements of another type; the last dimension grows or shrinks with their size."""
    old, new = self.itemsize, dtype.itemsize
    if old == new:
        return self.view(dtype.numpy)
    names = f"to view {dtypes.of_numpy(self.dtype).legacy} as {dtype.legacy} (different element sizes)"
    if self.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {names}")
    if self.strides[-1] != old:
        raise RuntimeError(f"self.stride(-1) must be 1 {names}, but got {self.strides[-1] // old}")
    if new > old:
        check_divisible(self, new // old, names)
    shape = (*self.shape[:-1], self.shape[-1] * old // new)
    memory = memory_of(self)
    return over(memory, dtype.numpy, shape, (*self.strides[:-1], new), address(self) - address(memory))


def check_divisible(self: Array, ratio: int, names: str) -> None:
    if self.shape[-1] % ratio:
        raise RuntimeError(f"self.size(-1) must be divisible by {ratio} {names}, but got {self.shape[-1]}")
    offset = (address(self) - address(memory_of(self))) // self.itemsize
    if offset % ratio:
        raise RuntimeError(f"self.storage_offset() must be divisible by {ratio} {names}, but got {offset}")
    for dim, stride in enumerate(self.strides[:-1]):
        if stride // self.itemsize % ratio:
            raise RuntimeError(
                f"self.stride({dim}) must be divisible by {ratio} {names}, but got {stride // self.itemsize}"
            )


def transpose(self: Array, dim0: int, dim1: int) -> Array:
    dim0, dim1 = position(dim0, self.ndim), position(dim1, self.ndim)
    return self.swapaxes(dim0, dim1) if self.ndim else self[...]


def t(self: Array, name: str = "t") -> Array:
    if self.ndim > 2:
        raise RuntimeError(f"{name}() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return self.T


def t_in_place(self: Array) -> Array:
    return t(self, "t_")


def permute(self: Array, dims: tuple[int, ...]) -> Array:
    if len(dims) != self.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {self.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [position(dim, self.ndim) for dim in dims]
    if len(set(order)) < len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return self.transpose(order)


def unsqueeze(self: Array, dim: int) -> Array:
    """A dimension of size 1 before dimension ``dim``; its stride is that of a step over what follows."""
    at = position(dim, self.ndim + 1)
    step = self.shape[at] * self.strides[at] if at < self.ndim else self.itemsize
    return strided(
        self, (*self.shape[:at], 1, *self.shape[at:]), (*self.strides[:at], step, *self.strides[at:])
    )


def squeeze(self: Array) -> Array:
    """``self`` without its dimensions of size 1."""
    return self.squeeze()


def squeeze_dim(self: Array, dim: int) -> Array:
    dim = position(dim, self.ndim)
    return self.squeeze(dim) if self.ndim and self.shape[dim] == 1 else self[...]


def squeeze_dims(self: Array, dims: tuple[int, ...]) -> Array:
    gone = [position(dim, self.ndim) for dim in dims]
    for dim in gone:
        if gone.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return self.squeeze(tuple([dim for dim in gone if self.ndim and self.shape[dim] == 1]))


def is_overlapping(size: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Whether two elements may lie at one place: dimensions by stride, each step must clear all before it."""
    reach = 0
    for step, length in sorted(zip(stride, size, strict=True)):
        if length > 1:
            if step <= reach:
                return True
            reach += step * (length - 1)
    return False


def extent(size: tuple[int, ...], stride: tuple[int, ...]) -> int:
    """How many elements lie between the first and the last of such a view, both included."""
    return 0 if 0 in size else 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))


def strided_places(self: Array, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Array:
    """Where in memory each element of such a view lies, in order, as one list of int64 beside ``self``."""
    indices = xp.full((1,) * len(size), offset, xp.int64)
    for dim, (length, step) in enumerate(zip(size, stride, strict=True)):
        if step:
            shape = [1] * len(size)
            shape[dim] = length
            indices = indices + xp.arange(0, length * step, step).reshape(shape)
    return xp.broadcast_to(indices, size).reshape(-1)


__all__ = [
    "alias", "as_strided", "expand", "extent", "infer_size", "is_overlapping", "permute", "position",
    "reshape_alias", "squeeze", "squeeze_dim", "squeeze_dims", "t", "transpose", "unsqueeze", "view", "view_dtype",
    "view_strides",
]  # fmt: skip
