"""A function of CuPy's: its parameters, numpy's mathematics, a launch."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from . import pool, stream
from .table import checker

# Written to in place, and nothing returned.
INTO = frozenset(
    {"copyto", "place", "put", "putmask", "fill_diagonal", "put_along_axis", "sort!", "partition!", "fill"}
)
# How much they return is read back from the device.
SIZED_BY_DATA = frozenset(
    [
        "nonzero", "flatnonzero", "argwhere", "unique", "unique_all", "unique_counts", "unique_inverse",
        "unique_values", "extract", "compress", "bincount", "union1d", "setdiff1d", "setxor1d",
        "intersect1d", "trim_zeros", "delete", "array_repr", "array_str", "array2string",
    ]
)  # fmt: skip
# These say what the host knows of an array; CuPy returns Python's values for them.
KNOWN_TO_HOST = frozenset(
    [
        "ndim", "shape", "size", "result_type", "can_cast", "common_type", "promote_types",
        "min_scalar_type", "isscalar", "iscomplexobj", "isrealobj", "isfortran", "may_share_memory",
        "shares_memory", "broadcast_shapes", "issubdtype", "dtype", "iterable", "array_repr", "array_str",
        "array2string", "einsum_path", "base_repr", "binary_repr", "get_printoptions", "set_printoptions",
        "printoptions", "format_float_positional", "format_float_scientific", "finfo", "iinfo",
        "typename", "mintypecode", "save", "savez", "savez_compressed", "savetxt",
    ]
)  # fmt: skip
# Their results lie as asked, or as their operands do.
KEEPS_ORDER = frozenset(
    [
        "array", "asarray", "asanyarray", "asfortranarray", "copy", "astype", "empty", "zeros", "ones",
        "full", "empty_like", "zeros_like", "ones_like", "full_like", "require", "flatten", "ravel",
        "reshape",
    ]
)  # fmt: skip


def _names(function: Any) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return []


def renamed(check: Callable[..., Any], function: Any) -> dict[str, str]:
    """CuPy's names of parameters that numpy calls otherwise, at the same place."""
    ours, theirs = _names(check), _names(function)
    known = {entry.name for entry in theirs}
    if any(entry.kind is entry.VAR_KEYWORD for entry in theirs):
        return {}
    pairs = zip(ours, theirs, strict=False)
    return {a.name: b.name for a, b in pairs if a.name not in known and a.kind == a.POSITIONAL_OR_KEYWORD}


def reordered(check: Callable[..., Any], function: Any) -> list[str] | None:
    """CuPy's order of parameters, where numpy's is another."""
    ours = [entry.name for entry in _names(check)]
    theirs = [entry.name for entry in _names(function)]
    if any(entry.kind is entry.VAR_POSITIONAL for entry in _names(check)):
        return None
    common = [name for name in ours if name in theirs]
    return ours if common != [name for name in theirs if name in common] else None


def _of_host(value: Any) -> bool:
    """Whether it is a nest of lists with no device array in it."""
    return isinstance(value, (list, tuple)) and not any(
        hasattr(entry, "_host") or (isinstance(entry, (list, tuple)) and not _of_host(entry))
        for entry in value
    )


def refuse_lists(name: str, places: list[int], arguments: tuple) -> None:
    for place in places:
        if place < len(arguments) and _of_host(arguments[place]):
            raise TypeError(f"{name}: Unsupported type {type(arguments[place])}")


def made(name: str, parameters: str, function: Callable[..., Any], refuses: list[int] | None = None) -> Any:
    """The function as the device has it. ``name!`` is a method that writes in place."""
    from .wrapping import check_devices, device_result, host_operand, normal

    check = checker(name.rstrip("!"), parameters)
    names, order, places = renamed(check, function), reordered(check, function), refuses or []
    on_host, keeps_order, into = name in KNOWN_TO_HOST, name in KEEPS_ORDER, name in INTO

    def call(*args: Any, **kwargs: Any) -> Any:
        check(*args, **kwargs)
        refuse_lists(name, places, args)
        operands: list = []
        args = tuple([host_operand(value, operands) for value in args])
        kwargs = {names.get(key, key): host_operand(value, operands) for key, value in kwargs.items()}
        if order is not None and len(args) > 1:
            kwargs.update(zip(order[1:], args[1:], strict=False))
            args = args[:1]
        if name in SIZED_BY_DATA or (name == "where" and len(args) == 1):
            stream.before_read(name, 8)
        if on_host:
            return function(*args, **kwargs)
        check_devices(operands)
        with np.errstate(all="ignore"):
            if into:
                return stream.into(name, lambda: _silent(function, args, kwargs), operands)
            if kwargs.get("out") is not None:
                stream.into(name, lambda: _silent(function, args, kwargs), operands)
                return device_result(kwargs["out"], operands)
            work = lambda: normal(_silent(function, args, kwargs), operands, keeps_order)  # noqa: E731
            return device_result(stream.results(name, work, operands), operands)

    call.__name__ = call.__qualname__ = name.rstrip("!")
    call.__signature__ = inspect.signature(check)  # type: ignore[attr-defined]
    return call


def _silent(function: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """A device warns of nothing, and says with CuPy's error that it is full."""
    from .memory import OutOfMemoryError

    with np.errstate(all="ignore"):
        try:
            return function(*args, **kwargs)
        except MemoryError as error:
            pool.alloc(wanted(error))
            raise OutOfMemoryError(wanted(error), 0) from error


def wanted(error: MemoryError) -> int:
    """How many bytes numpy could not have, as it tells of them by shape and type."""
    found = re.search(r"shape \(([\d, ]*)\) and data type (\w+)", str(error))
    if found is None:
        return 1 << 62
    sizes = [int(size) for size in found[1].split(",") if size.strip()]
    return math.prod(sizes) * np.dtype(found[2]).itemsize
