"""Between device arrays and the numpy arrays that hold them: operands in, results out."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import device
from .device_array import adopt, device_view, ndarray
from .memory import root_of

KINDS = frozenset("biufcV")


def host_operand(value: Any, found: list[ndarray]) -> Any:
    """What numpy is given for an argument; ``found`` gets the device arrays in it. A numpy array is refused."""
    if isinstance(value, ndarray):
        found.append(value)
        return value._host
    if isinstance(value, (list, tuple)):
        entries = [host_operand(entry, found) for entry in value]
        return entries if isinstance(value, list) else _same_tuple(value, entries)
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    return value


def _same_tuple(value: tuple, entries: list) -> tuple:
    return type(value)(*entries) if hasattr(value, "_fields") else tuple(entries)


def check_devices(operands: list[ndarray]) -> None:
    here = device.current()
    for operand in operands:
        if operand._memory.device_id != here:
            raise ValueError(
                f"The device where the array resides ({operand._memory.device_id}) is different from the current "
                f"device ({here}). Peer access is unavailable between these devices."
            )


def normal(result: Any, operands: list[ndarray], keeps_order: bool) -> Any:
    """As CuPy lays its results out: a scalar is an array without dimensions, what is new is C-contiguous."""
    if isinstance(result, np.ndarray):
        if keeps_order or result.flags.c_contiguous or _owner(result, operands) is not None:
            return result
        return result.copy(order="C")
    if isinstance(result, (np.generic, bool, int, float, complex)):
        return np.asarray(result)
    if isinstance(result, (tuple, list)):
        entries = [normal(entry, operands, keeps_order) for entry in result]
        return _same_tuple(result, entries) if isinstance(result, tuple) else entries
    return result


def _owner(result: np.ndarray, operands: list[ndarray]) -> ndarray | None:
    root = root_of(result)
    for operand in operands:
        if operand._memory.root is root:
            return operand
    return None


def device_result(result: Any, operands: list[ndarray]) -> Any:
    """The result as device arrays: views of the operands where numpy gave views."""
    if isinstance(result, np.ndarray):
        for operand in operands:
            if result is operand._host:
                return operand
        owner = _owner(result, operands)
        return adopt(result) if owner is None else device_view(owner, result)
    if isinstance(result, tuple):
        return _same_tuple(result, [device_result(entry, operands) for entry in result])
    if isinstance(result, list):
        return [device_result(entry, operands) for entry in result]
    return result
