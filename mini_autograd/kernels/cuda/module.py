"""CUDA sources, each compiled once for a device as its kernels are asked for, and how they are launched."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from mini_autograd.kernels.cuda import backend

SOURCES = Path(__file__).parent / "source"
INCLUDE = re.compile(r'^#include "(\w+\.cuh)"$', re.MULTILINE)
OPTIONS = ("--std=c++17",)
# What elements are called in the sources.
NAMES = {
    np.dtype(np.float16): "float16",
    np.dtype(ml_dtypes.bfloat16): "bfloat16",
    np.dtype(np.float32): "float",
    np.dtype(np.float64): "double",
    np.dtype(np.int8): "signed char",
    np.dtype(np.uint8): "unsigned char",
    np.dtype(np.int16): "short",
    np.dtype(np.int32): "int",
    np.dtype(np.int64): "i64",
    np.dtype(np.bool_): "bool",
}
FLOATS = frozenset(
    dtype for dtype, name in NAMES.items() if name in ("float16", "bfloat16", "float", "double")
)
DIMS_MOST = 8
# A `Layout` of the sources: sizes and steps in elements, the innermost dimension last.
LAYOUT = np.dtype([("ndim", np.int64), ("size", np.int64, DIMS_MOST), ("step", np.int64, DIMS_MOST)])


def device_module() -> Any:
    """The module with CuPy's names."""
    library = backend.load()
    assert library is not None
    return library.xp


@functools.cache
def text_of(name: str) -> str:
    """A source with what it includes in place."""
    return included((SOURCES / f"{name}.cu").read_text(encoding="utf-8"))


def included(text: str) -> str:
    """The text with the parts that it includes in place, each once."""
    seen = set()

    def part(match: re.Match) -> str:
        name = match.group(1)
        if name in seen:
            return ""
        seen.add(name)
        return INCLUDE.sub(part, (SOURCES / name).read_text(encoding="utf-8").replace("#pragma once\n", ""))

    return INCLUDE.sub(part, text)


@functools.cache
def compiled(source: str, expression: str, device: int) -> Any:
    """The kernel that ``expression`` names in a source, for a device."""
    module = device_module().RawModule(code=text_of(source), options=OPTIONS, name_expressions=(expression,))
    return module.get_function(expression)


def kernel(source: str, name: str, *parameters: Any) -> Any:
    """A kernel of the current device, of a template for its parameters: types, numbers and truth values."""
    given = ", ".join([spelled(one) for one in parameters])
    return compiled(source, f"{name}<{given}>" if given else name, device_module().cuda.Device().id)


def spelled(parameter: Any) -> str:
    if isinstance(parameter, bool):
        return "true" if parameter else "false"
    if isinstance(parameter, (int, str)):
        return str(parameter)
    return NAMES[np.dtype(parameter)]


# -- Geometry ------------------------------------------------------------------------------------------------


@functools.cache
def processors(device: int) -> int:
    """The number of multiprocessors of a device."""
    return int(device_module().cuda.Device(device).attributes["MultiProcessorCount"])


def blocks_for(work: int, each: int, resident: int = 8) -> tuple[int]:
    """A grid of as many blocks as the work needs, but no more than run at once on all multiprocessors: threads stride
    over what is left."""
    needed = -(-work // each)
    return (max(1, min(needed, processors(device_module().cuda.Device().id) * resident)),)


def aligned(arrays: Sequence[Any], width: int) -> bool:
    """Whether rows of ``width`` elements can be loaded 16 bytes at a time."""
    return all(one.data.ptr % 16 == 0 and width * one.dtype.itemsize % 16 == 0 for one in arrays)


def lanes(*arrays: Any, width: int) -> int:
    """How many elements to load at once: as many of the widest type as are 16 bytes, or 1."""
    return 16 // max(one.dtype.itemsize for one in arrays) if aligned(arrays, width) else 1


# -- Layouts -------------------------------------------------------------------------------------------------


def layout(sizes: Sequence[int], steps: Sequence[int]) -> np.ndarray | None:
    """The struct that a kernel takes; None for more dimensions than it has room for."""
    if len(sizes) > DIMS_MOST:
        return None
    result = np.zeros(1, LAYOUT)
    result["ndim"] = len(sizes)
    result["size"][0, : len(sizes)] = sizes
    result["step"][0, : len(steps)] = steps
    return result


def steps_of(array: Any) -> list[int]:
    """The strides in elements."""
    return [step // array.dtype.itemsize for step in array.strides]


def collapsed(sizes: Sequence[int], *steps: Sequence[int]) -> tuple[list[int], list[list[int]]]:
    """The same elements in fewer dimensions: those of size 1 left out, and joined where every operand goes on."""
    kept: list[int] = []
    moved: list[list[int]] = [[] for _ in steps]
    for at, size in enumerate(sizes):
        if size == 1:
            continue
        if kept and all(own[-1] == along[at] * size for own, along in zip(moved, steps, strict=True)):
            kept[-1] *= size
            for own, along in zip(moved, steps, strict=True):
                own[-1] = along[at]
            continue
        kept.append(size)
        for own, along in zip(moved, steps, strict=True):
            own.append(along[at])
    return kept, moved


def number(value: Any, dtype: Any) -> np.generic:
    """A number by value, in the type that elements of ``dtype`` are computed in."""
    wide = np.dtype(np.float32) if np.dtype(dtype).itemsize == 2 else np.dtype(dtype)
    return wide.type(value)


def or_null(array: Any) -> Any:
    """The array, or no address for None, which a launch would not take."""
    return np.uint64(0) if array is None else array
