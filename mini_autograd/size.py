"""The shape of a tensor: a tuple of ints that prints as `torch.Size([2, 3])`."""

from __future__ import annotations

import math
import operator
from typing import Any, NoReturn

from mini_autograd.typename import type_name


class Size(tuple[int, ...]):
    """A tuple of sizes; what is cut from it, added to it or repeated from it is a Size again.

    Made of an iterable of ints, or of what counts as one: a bool, an integer tensor of one element, whatever
    has `__index__`. TypeError, naming the item, where one is anything else. An integer of numpy stays one.
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Size:
        items = tuple(*args, **kwargs)
        for item in items:
            if type(item) is not int:
                items = tuple(_to_int(place, each) for place, each in enumerate(items))
                break
        return tuple.__new__(cls, items)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("type 'torch.Size' is not an acceptable base type")

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        return int(math.prod(self))

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'torch.Size' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(str(int(item)) for item in self)}])"

    def __getitem__(self, index: Any) -> Any:
        item = tuple.__getitem__(self, index)
        return Size(item) if isinstance(index, slice) else item

    def __add__(self, other: Any) -> Any:
        if isinstance(other, tuple):
            return Size((*self, *other))
        if _reflects(other, "__radd__"):
            return NotImplemented
        raise TypeError(f"can only concatenate tuple (not {type_name(other)}) to torch.Size")

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, tuple):
            return Size((*other, *self))
        if isinstance(other, list):
            raise TypeError('can only concatenate list (not "torch.Size") to list')
        return NotImplemented

    def __mul__(self, count: Any) -> Any:
        if hasattr(type(count), "__index__"):
            return Size(tuple.__mul__(self, count))
        if _reflects(count, "__rmul__"):
            return NotImplemented
        raise TypeError(f"can't multiply sequence by non-int of type '{type_name(count)}'")

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[Any, ...]:
        return Size._restored, (tuple(self),)

    @staticmethod
    def _restored(items: tuple[int, ...]) -> Size:
        return Size(items)


def _reflects(other: object, operator_name: str) -> bool:
    """Whether `other` may know what to do with a Size on its left; builtin types and tensors do not."""
    foreign = type(other).__module__ != "builtins" and not hasattr(other, "requires_grad")
    return foreign and hasattr(type(other), operator_name)


def _to_int(place: int, item: Any) -> Any:
    try:
        value = operator.index(item)
    except TypeError:
        raise TypeError(
            f"torch.Size() takes an iterable of 'int' (item {place} is '{type_name(item)}')"
        ) from None
    numpy_scalar = hasattr(item, "dtype") and not hasattr(item, "__len__")
    return item if numpy_scalar else int(value)


# A class prints as torch's does.
Size.__module__ = "torch"
