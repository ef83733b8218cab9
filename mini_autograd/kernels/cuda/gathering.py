"""Elements picked and added by an index along a dimension: the loops that ``scattering`` and ``embedding`` share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels import settings
from mini_autograd.kernels.cuda import module

INDEX = (np.dtype(np.int64), np.dtype(np.int32))
# What is added atomically; half types are added in runs.
ATOMIC = frozenset([np.dtype(one) for one in (np.float32, np.float64, np.int32, np.int64)])
# A type of the size of an element.
BITS = {1: "unsigned char", 2: "short", 4: "int", 8: "i64", 16: "Pack<i64, 2>"}
THREADS = 256


def takes(index: Any) -> bool:
    return index.dtype in INDEX


def along(array: Any, dim: int, shape: tuple[int, ...]) -> list[int]:
    """The steps over ``shape``, but none along ``dim``."""
    steps = module.steps_of(array)
    return [0 if at == dim else steps[at] for at in range(len(shape))]


def spread(places: Any, dim: int, shape: tuple[int, ...]) -> list[int]:
    """The steps of places over ``shape``: one for each element, or a vector along ``dim``."""
    steps = module.steps_of(places)
    if places.ndim == len(shape) and places.shape == shape:
        return steps
    return [steps[0] if at == dim else 0 for at in range(len(shape))]


def shape_of(array: Any, dim: int, places: Any) -> tuple[int, ...]:
    """The shape of what places pick: their own, or slices for a vector of them."""
    if places.ndim == array.ndim and array.ndim > 1:
        return tuple(places.shape)
    return (*array.shape[:dim], places.shape[0], *array.shape[dim + 1 :])


def pick(source: Any, dim: int, places: Any) -> Any:
    """The elements at the places, contiguous."""
    shape = shape_of(source, dim, places)
    out = module.device_module().empty(shape, source.dtype)
    if not out.size:
        return out
    if not source.size:
        # There is nothing to pick, which was noted.
        out.fill(0)
        return out
    whole = places.ndim == 1 and dim == 0 and source.flags.c_contiguous and places.flags.c_contiguous
    width = math.prod(source.shape[1:])
    size = np.int64(source.shape[dim])
    if whole and width > 1:
        packed = 16 // source.dtype.itemsize if module.aligned((source, out), width) else 1
        run = module.kernel("scattering", "gather_rows", BITS[source.dtype.itemsize * packed], places.dtype)
        extents = np.int64(places.size), np.int64(width // packed), size
        run(module.blocks_for(out.size // packed, THREADS), (THREADS,), (source, places, out, *extents))
        return out
    sizes, steps = module.collapsed(shape, along(source, dim, shape), spread(places, dim, shape))
    layouts = [module.layout(sizes, own) for own in steps]
    run = module.kernel("scattering", "gather_elements", BITS[source.dtype.itemsize], places.dtype)
    numbers = np.int64(module.steps_of(source)[dim]), size
    run(
        module.blocks_for(out.size, THREADS),
        (THREADS,),
        (source, places, out, np.int64(out.size), *layouts, *numbers),
    )
    return out


def add(target: Any, dim: int, places: Any, values: Any) -> None:
    """Add each value at its place: atomically, or sorted where the bits must not vary or the type has no atomics."""
    shape = shape_of(target, dim, places)
    values = module.device_module().broadcast_to(values, shape)
    if not values.size or not target.size:
        return
    if settings.SETTINGS.deterministic or target.dtype not in ATOMIC:
        add_sorted(target, dim, places, values, shape)
        return
    operands = along(target, dim, shape), spread(places, dim, shape), module.steps_of(values)
    sizes, steps = module.collapsed(shape, *operands)
    layouts = [module.layout(sizes, own) for own in steps]
    run = module.kernel("scattering", "scatter_add_elements", target.dtype, places.dtype)
    numbers = np.int64(module.steps_of(target)[dim]), np.int64(target.shape[dim])
    count = np.int64(values.size)
    run(
        module.blocks_for(values.size, THREADS),
        (THREADS,),
        (target, places, values, count, *layouts, *numbers),
    )


def add_sorted(target: Any, dim: int, places: Any, values: Any, shape: tuple[int, ...]) -> None:
    """Add by runs of one place."""
    xp = module.device_module()
    to = xp.ascontiguousarray(target)
    rows = xp.ascontiguousarray(values)
    if places.ndim == 1 and dim == 0:
        add_runs(to, places, rows, math.prod(shape[1:]))
    else:
        sizes, steps = module.collapsed(shape, along(to, dim, shape), spread(places, dim, shape))
        layouts = [module.layout(sizes, own) for own in steps]
        keys = xp.empty(rows.size, np.int64)
        run = module.kernel("scattering", "places", places.dtype)
        numbers = np.int64(module.steps_of(to)[dim]), np.int64(to.shape[dim])
        count = np.int64(rows.size)
        run(module.blocks_for(rows.size, THREADS), (THREADS,), (places, keys, count, *layouts, *numbers))
        add_runs(to, keys, rows, 1)
    if to is not target:
        target[...] = to


def add_runs(target: Any, keys: Any, rows: Any, width: int, left_out: int = -1, shared: bool = False) -> None:
    """Add rows of ``width`` elements to those of a contiguous target that the keys name, in the order of the rows."""
    xp = module.device_module()
    order = xp.argsort(keys, kind="stable")
    ordered = keys[order]
    wide = np.dtype(np.float32) if target.dtype.itemsize == 2 else target.dtype
    run = module.kernel("scattering", "add_runs", target.dtype, wide, keys.dtype)
    numbers = np.int64(keys.size), np.int64(width), np.int64(target.size // width), np.int64(left_out)
    grid = module.blocks_for(keys.size, 4)
    run(grid, (32, 4), (target, ordered, order, rows, *numbers, np.bool_(shared)))
