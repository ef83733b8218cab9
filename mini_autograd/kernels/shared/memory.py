"""The memory behind an array, and arrays placed on it with strides of one's own.

numpy's views differ from torch's in the strides of dimensions of size 0 and 1, which torch shows; so where
such a dimension is made, the strides are set by :func:`strided`.
"""

from __future__ import annotations

import weakref
from typing import Any

from mini_autograd.kernels.arrays import Array, xp

# Whose memory numpy looks into too, by the array that owns it: it can no longer be moved.
_LENT: dict[int, weakref.ref[Array]] = {}


def lend(array: Array) -> None:
    """Note that the memory of ``array`` is in use outside."""
    owner = owner_of(array)
    key = id(owner)
    if key not in _LENT:
        _LENT[key] = weakref.ref(owner, lambda _: _LENT.pop(key, None))


def is_lent(array: Array) -> bool:
    return id(owner_of(array)) in _LENT


def owner_of(array: Array) -> Array:
    """The array at the end of the ``base`` chain."""
    owner = array
    while isinstance(owner.base, (xp.ndarray, Outside)):
        owner = owner.base.memory if isinstance(owner.base, Outside) else owner.base
    return owner


def memory_of(array: Array) -> Array:
    """All the bytes that ``array`` looks into."""
    owner = owner_of(array)
    if owner.flags.c_contiguous:
        return owner.reshape(-1).view(xp.uint8)
    if owner.flags.f_contiguous:
        return owner.T.reshape(-1).view(xp.uint8)
    last = sum((size - 1) * stride for size, stride in zip(owner.shape, owner.strides, strict=True))
    count = last // owner.itemsize + 1 if owner.size else 0
    return xp.lib.stride_tricks.as_strided(owner, (count,), (owner.itemsize,)).view(xp.uint8)


def over(
    array: Array, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0
) -> Array:
    """Elements of ``dtype`` from byte ``offset`` of contiguous ``array`` on, which holds them all; ``strides`` in
    bytes."""
    return xp.ndarray(shape, dtype, array, offset, strides)


def blank(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """An array to be filled, whose elements lie without gaps or repeats as ``strides``, in bytes, say."""
    return xp.ndarray(shape, dtype, None, 0, strides)


def of_nothing(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """An array without elements that has these strides."""
    return xp.ndarray(shape, dtype, xp.empty(0, xp.uint8), 0, strides)


def cell(value: float) -> Array:
    """A 0-d array of one float64."""
    return xp.array(value, xp.float64)


def cast_with_room(number: Array, kind: xp.dtype[Any]) -> Array:
    """A 0-d array cast, in memory that has room for as many elements as before."""
    memory = xp.empty(memory_of(number).nbytes // number.itemsize, kind)
    memory[:1] = number
    return memory[:1].reshape(())


def address(array: Array) -> int:
    """Where the first element lies."""
    start: int = array.__array_interface__["data"][0]
    return start


def strided(array: Array, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Array:
    """The elements ``offset`` bytes after the first of ``array``, ``strides`` in bytes; ValueError outside
    its memory."""
    if array.flags.c_contiguous and array.size and 0 not in shape:
        return over(array, array.dtype, shape, strides, offset)
    memory = memory_of(array)
    if array.base is not None:
        offset += address(array) - address(memory)
    return placed(memory, array.dtype, shape, strides, offset)


def placed(memory: Array, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Array:
    """Elements of ``dtype`` in ``memory``, an array of bytes, from byte ``offset`` on; ``strides`` in bytes.

    What has no elements may lie anywhere, which numpy allows only by way of an address.
    """
    if 0 not in shape or offset + xp.dtype(dtype).itemsize <= memory.size:
        return over(memory, dtype, shape, strides, offset)
    # Bytes by that address, since the interface has no names for all types.
    return xp.asarray(Outside(memory, xp.dtype(dtype).itemsize, shape, strides, offset)).view(dtype)


class Outside:
    """What an array without elements that lies behind the end of ``memory`` is made of, and its ``base``."""

    def __init__(self, memory: Array, itemsize: int, shape: tuple, strides: tuple, offset: int) -> None:
        self.memory = memory
        self.__array_interface__ = {
            "shape": shape,
            "typestr": f"|V{itemsize}",
            "strides": strides,
            "data": (address(memory) + offset, False),
            "version": 3,
        }


def bytes_as_memory(content: bytes) -> Array:
    """The bytes as an array that can be written to."""
    return xp.frombuffer(bytearray(content), xp.uint8)


def new_bytes(size: int) -> Array:
    """Memory of ``size`` bytes, whatever they are."""
    return xp.empty(size, xp.uint8)


def grown(memory: Array, size: int) -> Array:
    """Memory of ``size`` bytes that begins with the content of ``memory``."""
    larger = new_bytes(size)
    larger[: memory.size] = memory
    return larger


def relaid(array: Array, strides: tuple[int, ...], itemsize: int) -> Array:
    """The contiguous memory of ``array`` with the strides of one of its shape whose elements take
    ``itemsize``."""
    strides = tuple([step // itemsize * array.itemsize for step in strides])
    return array if strides == array.strides else over(array, array.dtype, array.shape, strides)


def is_dense(array: Array) -> bool:
    """Whether the elements fill their memory without gaps or repeats, in whatever order of dimensions."""
    return has_no_gaps(array.shape, array.strides, array.itemsize)


def has_no_gaps(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int = 1) -> bool:
    """The same of elements of ``itemsize`` in ``shape``; of none it is so."""
    if 0 in shape:
        return True
    expected = itemsize
    for stride, size in sorted(zip(strides, shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def contiguous_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The byte strides of a contiguous tensor; a dimension of size 0 counts as 1."""
    strides = [0] * len(shape)
    step = itemsize
    for dim in range(len(shape) - 1, -1, -1):
        strides[dim] = step
        step *= max(shape[dim], 1)
    return tuple(strides)


def contiguous(array: Array) -> Array:
    """``array`` if its strides are those of a contiguous tensor of torch's, else a copy that has them."""
    strides = contiguous_strides(array.shape, array.itemsize)
    if array.strides == strides:
        return array
    if not array.size:
        return allocate(array.shape, array.dtype)
    if array.flags.c_contiguous:
        return over(array, array.dtype, array.shape, strides)
    copy = blank(array.shape, array.dtype, strides)
    copy[...] = array
    return copy


def allocate(shape: tuple[int, ...], dtype: Any) -> Array:
    """An array to be filled, with the strides of a contiguous tensor of torch's also where a size is 0."""
    if 0 in shape:
        return of_nothing(shape, dtype, contiguous_strides(shape, dtype.itemsize))
    return xp.empty(shape, dtype)


def contiguous_copy(array: Array) -> Array:
    """A copy that lies as a contiguous tensor of torch's."""
    copy = allocate(array.shape, array.dtype)
    copy[...] = array
    return copy


def allocate_zeros(shape: tuple[int, ...], dtype: Any) -> Array:
    return allocate(shape, dtype) if 0 in shape else xp.zeros(shape, dtype)


# The engine and the dispatch ask these of every array; compiled, they are functions of C.


def shape_of(array: Array) -> tuple[int, ...]:
    return array.shape


def steps_of(array: Array) -> tuple[int, ...]:
    """The strides, counted in elements."""
    itemsize = array.itemsize
    return tuple([step // itemsize for step in array.strides])


def has_shape(array: Array, shape: tuple[int, ...]) -> bool:
    return array.shape == shape


def same_shape(one: Array, other: Array) -> bool:
    return one.shape == other.shape


def is_one_segment(array: Array) -> bool:
    """Whether the array fills its memory in the order of its dimensions or in reverse."""
    return bool(array.flags.c_contiguous or array.flags.f_contiguous)


def is_whole(array: Array) -> bool:
    """The same of an array that has memory of its own."""
    return array.base is None and is_one_segment(array)


def owns_memory(array: Array) -> bool:
    return array.base is None


def copy_laid_like(array: Array, like: Array) -> Array:
    """A copy of ``array`` with the strides of ``like``, which is of its shape and type and has no gaps or
    overlaps."""
    copy = blank(like.shape, array.dtype, like.strides)
    copy[...] = array
    return copy


def laid_like(left: Array, right: Array) -> bool:
    """Whether ``left`` lies in memory as ``right`` does, which may have been given another shape: only
    strides along dimensions of ``left`` that do not have size 1 count, but a stride of 0 is unlike any also
    along a dimension that ``right`` has not."""
    for dim, (size, own) in enumerate(zip(left.shape, left.strides, strict=True)):
        if own == 0 if size == 1 or dim >= right.ndim else right.strides[dim] != own:
            return False
    return True


def handed_out(array: Array) -> Array:
    """A view for the user, who shares the memory; one without elements has no strides to speak of."""
    return array[...] if array.size else xp.lib.stride_tricks.as_strided(array, strides=(0,) * array.ndim)
