"""Which Python values torch's argument parser takes for a parameter, judged before anything is converted."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mini_autograd.op.schema import Kind
from mini_autograd.op.signature import Parameter

__all__ = ["ElementMismatch", "HostTypes", "accepts", "describe", "is_list_element", "type_name"]

_HEAP_TYPE = 1 << 9
_IMMUTABLE_TYPE = 1 << 8
_PYTHON_DTYPES = (float, int, bool, complex)


class ElementMismatch(TypeError):
    """An element of a list of Tensors is none: torch gives up at once, whatever overloads are left."""


def type_name(value: object) -> str:
    """The C name of the type of `value`: dotted for one written in C, bare for one written in Python."""
    kind = type(value)
    in_python = bool(kind.__flags__ & _HEAP_TYPE) and not kind.__flags__ & _IMMUTABLE_TYPE
    if in_python or kind.__module__ == "builtins":
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"


@dataclass(frozen=True, slots=True)
class HostTypes:
    """What the parser asks of the library around it: whether a value is a Tensor (with `ndim`, `numel()`, `dtype`
    and `requires_grad`), and what an error calls its type (`torch.dtype`, `torch.device`, `Tensor`, ...)."""

    is_tensor: Callable[[object], bool]
    type_name: Callable[[object], str] = type_name


def describe(value: object, types: HostTypes) -> str:
    """The type as an overload error shows it against a parameter: of a list, with the types of its elements."""
    name = types.type_name(value)
    if isinstance(value, list):
        return f"{name} of [{', '.join(types.type_name(item) for item in value)}]"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return f"{name} of ({', '.join(types.type_name(item) for item in value)}{comma})"
    return name


def accepts(parameter: Parameter, value: Any, index: int, types: HostTypes) -> bool:
    """Whether `value` may be bound to `parameter`, the one at `index`. Of a list only the first element counts,
    but every one of a list of Tensors, where one that is none raises ElementMismatch."""
    if parameter.type.is_list:
        return _accepts_list(parameter, value, index, types)
    if types.is_tensor(value) and parameter.type.kind in _TAKES_0D:
        return _TAKES_0D[parameter.type.kind](value)
    if parameter.type.kind is Kind.TENSOR:
        return types.is_tensor(value) or (parameter.takes_number and is_number(value))
    check = _CHECKS.get(parameter.type.kind)
    return check(value) if check else types.type_name(value) in _NAMES[parameter.type.kind]


def is_list_element(value: Any, types: HostTypes) -> bool:
    """Whether `value` can be unpacked as an int of a list, once the first has been accepted."""
    if types.is_tensor(value):
        return bool(value.numel() == 1 and _is_integral(value))
    return _has_index(value)


def is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) or _is_numpy(value, _NUMPY_NUMBERS)


def is_float(value: object) -> bool:
    return isinstance(value, int | float) or _is_numpy(value, _NUMPY_NUMBERS)


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
    return isinstance(value[0], bool) if kind is Kind.BOOL else is_float(value[0]) or isinstance(value[0], complex)


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
    return not (tensor.dtype.is_floating_point or tensor.dtype.is_complex) and str(tensor.dtype) != "torch.bool"
