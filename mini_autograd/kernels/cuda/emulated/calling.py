"""How a function of numpy's becomes one of the device: operands checked, a launch counted, results put on the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import stream
from .array import ndarray
from .wrapping import check_devices, device_result, host_operand, normal

# Whose results have a size that only the device knows, so that the host has to wait for it.
SIZED = frozenset((
    "nonzero", "flatnonzero", "argwhere", "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values",
    "extract", "bincount", "trim_zeros", "union1d", "setdiff1d", "setxor1d", "intersect1d", "compress",
))  # fmt: skip


def call(
    name: str, function: Callable[..., Any], args: tuple, kwargs: dict, keeps_order: bool = False
) -> Any:
    """``function`` of numpy's on device arrays; TypeError for numpy's among them."""
    operands: list[ndarray] = []
    given = [host_operand(value, operands) for value in args]
    named = {key: host_operand(value, operands) for key, value in kwargs.items()}
    check_devices(operands)
    if name in SIZED:
        stream.before_read(name, 8)

    def work() -> Any:
        with np.errstate(all="ignore"):
            return normal(function(*given, **named), operands, keeps_order)

    return device_result(stream.results(name, work, operands), operands)
