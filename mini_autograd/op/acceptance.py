"""Which Python values torch's argument parser takes for a parameter, judged before anything is converted."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mini_autograd.op.schema import Kind
from mini_autograd.op.signature import Parameter
from mini_autograd.typename import type_name

__all__ = ["ElementMismatch", "HostTypes", "accepts", "describe", "is_list_element"]

_PYTHON_DTYPES = (float, int, bool, complex)


class ElementMismatch(TypeError):
    """An element of a list of Tensors is none: torch gives up at once, whatever overloads are left."""


@dataclass(frozen=True, slots=True)
class HostTypes:
    """What the parser asks of the library around it.

    `is_tensor(value)`: whether it has the `ndim`, `numel()`, `dtype` and `requires_grad` of a Tensor.
    `type_name(value)`: what an error calls its type, `torch.dtype` or `Tensor`.
    """

    is_tensor: Callable[[object], bool]
    type_name: Callable[[object], str] = type_name


def describe(value: object, types: HostTypes) -> str:
    """The type as an overload error marks it: of a list, with the types of its elements."""
    name = types.type_name(value)
    if isinstance(value, list):
        return f"{name} of [{', '.join(types.type_name(item) for item in value)}]"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return f"{name} of ({', '.join(types.type_name(item) for item in value)}{comma})"
    return name


def accepts(parameter: Parameter, value: Any, index: int, types: HostTypes) -> bool:
    """Whether `value` may be bound to `parameter`, the one at `index`.

    Of a list only the first element counts; but of a list of Tensors each does, and one that is none raises
    ElementMismatch.
    """
    if parameter.type.is_list:
        return _accepts_list(parameter, value, index, types)
    if parameter.type.kind is Kind.INT and parameter.type.symbolic:
        return _is_first_int(value, types)
    if types.is_tensor(value) and parameter.type.kind in _TAKES_0D:
        return _TAKES_0D[parameter.type.kind](value)
    if parameter.type.kind is Kind.TENSOR:
        return types.is_tensor(value) or (parameter.takes_number and is_number(value))
    check = _CHECKS.get(parameter.type.kind)
    if check is not None:
        return check(value)
    if parameter.type.kind is Kind.SCALAR_TYPE and any(value is kind for kind in _PYTHON_DTYPES):
        return True
    if parameter.type.kind is Kind.DEVICE and (is_int(value) or isinstance(value, str | bytes)):
        return True
    return types.type_name(value) in _NAMES[parameter.type.kind]


def is_list_element(value: Any, types: HostTypes) -> bool:
    """Whether `value` can be unpacked as an int of a list, once the first has been accepted."""
    if types.is_tensor(value):
        return bool(value.numel() == 1 and _is_integral(value))
    return _has_index(value)


def is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) or _is_numpy(value, "number", "bool")


def is_float(value: object) -> bool:
    return isinstance(value, int | float) or _is_numpy(value, "number", "bool")


def is_int(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or _is_numpy(value, "integer")


def _is_numpy(value: object, *names: str) -> bool:
    """Whether `value` is a numpy scalar of one of these classes, told by name: op/ does not import numpy."""
    return any(base.__module__ == "numpy" and base.__name__ in names for base in type(value).__mro__)


def _accepts_list(parameter: Parameter, value: Any, index: int, types: HostTypes) -> bool:
    kind = parameter.type.kind
    if not isinstance(value, list | tuple):
        return kind is Kind.INT and bool(parameter.type.size) and _is_first_int(value, types)
    if kind is Kind.TENSOR:
        for place, item in enumerate(value):
            if not types.is_tensor(item):
                got = types.type_name(item)
                text = f"expected Tensor as element {place} in argument {index}, but got {got}"
                raise ElementMismatch(text)
        return True
    if kind is Kind.SCALAR:
        return all(is_number(item) for item in value)
    if not value:
        return True
    if kind is Kind.INT:
        return _is_first_int(value[0], types)
    return (
        isinstance(value[0], bool)
        if kind is Kind.BOOL
        else is_float(value[0]) or isinstance(value[0], complex)
    )


def _is_first_int(value: Any, types: HostTypes) -> bool:
    if isinstance(value, bool):
        return False
    return is_list_element(value, types) and not (types.is_tensor(value) and value.requires_grad)


def _has_index(value: object) -> bool:
    try:
        operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def _is_integral(tensor: Any) -> bool:
    return (
        not (tensor.dtype.is_floating_point or tensor.dtype.is_complex) and str(tensor.dtype) != "torch.bool"
    )


def _is_plain(tensor: Any) -> bool:
    return tensor.ndim == 0 and not tensor.requires_grad


# A tensor stands for a number where it is 0-d and needs no gradient.
_TAKES_0D: dict[Kind, Callable[[Any], bool]] = {
    Kind.INT: lambda tensor: _is_plain(tensor) and _is_integral(tensor),
    Kind.FLOAT: _is_plain,
    Kind.COMPLEX: _is_plain,
    Kind.SCALAR: _is_plain,
}
_CHECKS: dict[Kind, Callable[[Any], bool]] = {
    Kind.INT: is_int,
    Kind.FLOAT: is_float,
    Kind.COMPLEX: is_number,
    Kind.SCALAR: is_number,
    Kind.BOOL: lambda value: isinstance(value, bool),
    Kind.STR: lambda value: isinstance(value, str | bytes),
}
_NAMES = {
    Kind.SCALAR_TYPE: ("torch.dtype",),
    Kind.DEVICE: ("torch.device",),
    Kind.LAYOUT: ("torch.layout",),
    Kind.MEMORY_FORMAT: ("torch.memory_format",),
    Kind.GENERATOR: ("torch._C.Generator",),
    Kind.QSCHEME: ("torch.qscheme",),
    Kind.STREAM: ("torch.Stream",),
    Kind.STORAGE: ("torch.storage.UntypedStorage", "TypedStorage"),
}
