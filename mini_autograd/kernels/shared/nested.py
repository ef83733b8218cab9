"""Nested sequences of numbers, turned into arrays, and what numpy objects among them are."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import chain
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.creation import new_array
from mini_autograd.kernels.shared.memory import over, placed

PLAIN = {bool, int, float, complex}
NEGATIVE_STRIDE = (
    "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
    "currently supported. (You can probably work around this by making a copy of your array  with "
    "array.copy().) "
)
UNEVEN_STRIDE = (
    "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate "
    "the memory."
)
BYTE_ORDER = (
    "given numpy array has byte order different from the native byte order. Conversion between byte orders "
    "is currently not supported."
)


def is_array(value: object) -> bool:
    return isinstance(value, xp.ndarray)


def is_numpy_scalar(value: object) -> bool:
    return isinstance(value, xp.generic)


def scalar_type(value: Any) -> Any:
    """The numpy type of a numpy scalar or array."""
    return value.dtype


def aliased(array: Array, dtype: Any) -> Array:
    """A plain array over the same memory; ValueError for strides and byte orders that tensors lack."""
    if not array.dtype.isnative:
        raise ValueError(BYTE_ORDER)
    for step in array.strides:
        if step < 0:
            raise ValueError(NEGATIVE_STRIDE)
        if step % array.itemsize:
            raise ValueError(UNEVEN_STRIDE)
    plain = xp.asarray(array)
    if plain.dtype.isbuiltin != 1:  # of bfloat16 there is no memoryview
        plain = plain.view(f"i{plain.itemsize}")
    # A type that is equal but another object, as that of ``longlong``, would be taken for another one.
    # Through a memoryview the memory begins with this array, whatever larger one it is a part of.
    if plain.size:
        alias = xp.asarray(memoryview(plain))
    else:
        alias = placed(xp.empty(0, xp.uint8), plain.dtype, plain.shape, plain.strides, 0)
    if alias.strides != plain.strides:  # which a memoryview has otherwise along dimensions of size 1
        alias = over(alias, alias.dtype, plain.shape, plain.strides)
    return alias.view(dtype.numpy) if alias.dtype is not dtype.numpy else alias


def sizes_of(data: Any, is_leaf: Any) -> list[int]:
    """The lengths of nested sequences, as far as their first elements tell; ``is_leaf``: stop there."""
    sizes: list[int] = []
    while is_sequence(data) and not is_leaf(data):
        length = len(data)
        sizes.append(length)
        if len(sizes) > 128:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if length == 0:
            break
        data = data[0]
    return sizes


def is_sequence(value: object) -> bool:
    kind = type(value)
    if kind is list or kind is tuple:
        return True
    if isinstance(value, (dict, xp.generic, type)):
        return False
    return hasattr(kind, "__getitem__")


def flat_numbers(data: Any, sizes: list[int]) -> list | None:
    """The elements of regular nested lists and tuples of Python numbers; None if there is anything else."""
    level = [data]
    for size in sizes:
        for one in level:
            kind = type(one)
            if (kind is not list and kind is not tuple) or len(one) != size:
                return None
        level = list(chain.from_iterable(level))
    return level if PLAIN.issuperset(map(type, level)) else None


def from_numbers(items: Sequence[Any], sizes: list[int], dtype: Any) -> Array:
    """Python numbers as an array of ``dtype``; errors in torch's words for those that do not fit."""
    array = new_array(tuple(sizes), dtype)
    kind = dtype.numpy.kind
    if kind == "b":
        array.reshape(-1)[...] = [item != 0 for item in items]
    elif kind in "iu":
        fill_integers(array.reshape(-1), items, dtype)
    elif kind == "c":
        with xp.errstate(all="ignore"):
            array.reshape(-1)[...] = xp.array(items, xp.complex128)
    else:
        fill_floats(array.reshape(-1), items, dtype)
    return array


def fill_floats(array: Array, items: Sequence[Any], dtype: Any) -> None:
    if any(type(item) is complex for item in items):
        raise TypeError("must be real number, not complex")
    values = xp.array(items, xp.float64)
    with xp.errstate(all="ignore"):
        # To half precision by way of float32, as a C++ cast from double goes.
        array[...] = values.astype(xp.float32) if dtype.itemsize == 2 else values


def fill_integers(array: Array, items: Sequence[Any], dtype: Any) -> None:
    whole = [item if type(item) is int else integer(item, dtype) for item in items]
    if dtype.name == "uint64":
        array[...] = [unsigned(item) for item in whole]
        return
    try:
        values = xp.array(whole, xp.int64)
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    bounds = xp.iinfo(dtype.numpy)
    least = -bounds.max if bounds.min == 0 else bounds.min
    if dtype.name != "int64" and values.size and not (least <= values.min() and values.max() <= bounds.max):
        raise overflow(dtype)
    array[...] = values.astype(dtype.numpy)


def integer(item: Any, dtype: Any) -> int:
    """The whole part of a number."""
    if not isinstance(item, float):
        return operator.index(item)
    bounds = xp.iinfo(dtype.numpy)
    if not float(bounds.min) <= item <= float(bounds.max):
        raise overflow(dtype)
    return int(item)


def unsigned(item: int) -> int:
    if item < 0:
        raise OverflowError("can't convert negative int to unsigned")
    if item >= 1 << 64:
        raise OverflowError("int too big to convert")
    return item


def overflow(dtype: Any) -> RuntimeError:
    return RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
