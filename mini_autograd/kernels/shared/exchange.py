"""Memory that libraries hand to each other as DLPack capsules; numpy makes and opens them."""

from __future__ import annotations

import ctypes
from typing import Any

import ml_dtypes

from mini_autograd.kernels.arrays import xp
from mini_autograd.kernels.shared.memory import memory_of, placed

ON_CPU = (1, 0)
# How a capsule calls bfloat16, which numpy hands over as integers of its size.
INTEGER, BFLOAT = 0, 4
# Where it does so, by its name: in the DLTensor, which other fields come before where the capsule has a version.
PLACES = {b"dltensor": 20, b"dltensor_versioned": 52}


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
    """A capsule of the memory of ``array``."""
    if array.dtype.isbuiltin == 1:
        return array.__dlpack__(**options)
    capsule = array.view(f"i{array.itemsize}").__dlpack__(**options)
    kind_in(capsule).value = BFLOAT
    return capsule


def kind_in(capsule: Any) -> ctypes.c_uint8:
    """The byte that says which kind of elements a capsule holds, to be read and written."""
    python = ctypes.pythonapi
    python.PyCapsule_GetName.restype, python.PyCapsule_GetPointer.restype = ctypes.c_char_p, ctypes.c_void_p
    held = ctypes.py_object(capsule)
    name = python.PyCapsule_GetName(held)
    return ctypes.c_uint8.from_address(python.PyCapsule_GetPointer(held, name) + PLACES[name])


def alone(array: Any) -> Any:
    """An array over the same memory, which begins with it, whatever larger one it is a part of."""
    if not array.size:
        return placed(xp.empty(0, xp.uint8), array.dtype, array.shape, array.strides, 0)
    bare = (
        array if array.dtype.isbuiltin == 1 else array.view(f"i{array.itemsize}")
    )  # numpy shares its own types only
    part = xp.asarray(memoryview(bare))
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
            return opened(source)
        except ValueError:
            return None
        except RuntimeError:
            return brain_floats(source)
    if not hasattr(source, "__dlpack__"):
        return None
    try:
        return xp.from_dlpack(source, **options)
    except RuntimeError:
        return array_of(source.__dlpack__(), **options)


def brain_floats(capsule: Any) -> Any:
    """An array over a capsule of bfloat16; RuntimeError for one of what numpy lacks beside."""
    kind = kind_in(capsule)
    if kind.value == BFLOAT:
        kind.value = INTEGER
        return opened(capsule).view(ml_dtypes.bfloat16)
    return opened(capsule)


def opened(capsule: Any) -> Any:
    """An array over a capsule, which may be written to: one without a version does not say whether it may, and numpy
    thinks that it may not."""
    array = xp.from_dlpack(Source(capsule))
    return array if array.flags.writeable else xp.asarray(Lent(array))
