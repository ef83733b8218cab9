"""Reductions and scans of the universal functions that CuPy has none for, from what it has."""

from __future__ import annotations

from typing import Any

Array = Any

# What of the library reduces as a universal function would; the others are reduced by halves.
REDUCED = {"maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any"}
BY_HALVES = ("bitwise_xor", "logaddexp", "fmax", "fmin")


class Ufunc:
    """``function`` of the library with ``reduce`` and ``accumulate`` as numpy's has."""

    def __init__(self, function: Any, reduction: Any = None) -> None:
        self.function = function
        self.reduction = reduction
        self.__name__ = function.__name__

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.function(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)

    def reduce(self, array: Array, axis: Any = 0, keepdims: bool = False, initial: Any = None) -> Array:
        if initial is not None and not array.size:
            return self.only(array, axis, keepdims, initial)
        if initial is not None:
            return self.function(self.reduce(array, axis, keepdims), initial)
        if self.reduction is not None:
            return self.reduction(array, axis=axis, keepdims=keepdims)
        return self.halved(array, axis, keepdims)

    def only(self, array: Array, axis: Any, keepdims: bool, initial: Any) -> Array:
        """What is reduced from no elements."""
        empty = array.sum(axis=axis, keepdims=keepdims).astype(array.dtype)
        empty[...] = initial
        return empty

    def halved(self, array: Array, axis: Any, keepdims: bool) -> Array:
        """Pairs, pairs of pairs and so on, along one dimension after another."""
        dims = range(array.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        dims = tuple([dim % array.ndim for dim in dims])
        for dim in dims:
            rows = array.swapaxes(0, dim)
            while len(rows) > 1:
                half = len(rows) // 2
                pairs = self.function(rows[:half], rows[half : 2 * half])
                if len(rows) % 2:
                    pairs[:1] = self.function(pairs[:1], rows[-1:])
                rows = pairs
            array = rows.swapaxes(0, dim)
        return array if keepdims else array.squeeze(dims)

    def accumulate(self, array: Array, axis: int = 0, dtype: Any = None) -> Array:
        """Each element with all before it; the distance that is looked back over doubles."""
        made = array.astype(array.dtype if dtype is None else dtype)
        rows = made.swapaxes(0, axis)
        back = 1
        while back < len(rows):
            rows[back:] = self.function(rows[back:], rows[:-back])
            back *= 2
        return made
