"""Memory that libraries hand to each other as DLPack capsules; numpy makes and opens them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.memory import memory_of, placed

ON_CPU = (1, 0)


class Source:
    """A capsule as numpy takes one: by asking for it."""

    __slots__ = ("capsule",)

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return ON_CPU


def capsule_of(array: Any, **options: Any) -> Any:
    """A capsule of the memory of ``array``; BufferError for element types that DLPack lacks."""
    return array.__dlpack__(**options)


def alone(array: Any) -> Any:
    """An array over the same memory, which begins with it, whatever larger one it is a part of."""
    if not array.size:
        return placed(np.empty(0, np.uint8), array.dtype, array.shape, array.strides, 0)
    bare = (
        array if array.dtype.isbuiltin == 1 else array.view(f"i{array.itemsize}")
    )  # numpy shares its own types only
    part = np.asarray(memoryview(bare))
    return placed(memory_of(part), array.dtype, array.shape, array.strides, 0)


class Lent:
    """The memory of an array, to be written to."""

    def __init__(self, array: Any) -> None:
        self.array = array
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}


def array_of(source: Any, **options: Any) -> Any:
    """An array over the memory that an object with ``__dlpack__``, or a capsule, hands over.

    None where ``source`` is neither, or a capsule that has been opened before.
    """
    if type(source).__name__ == "PyCapsule":
        try:
            array = np.from_dlpack(Source(source))
            # A capsule without a version does not say whether it may be written to, and numpy thinks that it may not.
            return array if array.flags.writeable else np.asarray(Lent(array))
        except ValueError:
            return None
    return np.from_dlpack(source, **options) if hasattr(source, "__dlpack__") else None
