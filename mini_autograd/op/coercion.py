"""What an argument becomes where its value is not already of the type that the op takes.

The slow path of argument binding: ``op.acceptance`` says whether a value is taken, this what is made of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mini_autograd import devices, dtypes
from mini_autograd.kernels.transfer import to_host
from mini_autograd.op.acceptance import ElementMismatch, HostTypes, accepts, is_float, is_list_element
from mini_autograd.op.binding import UNBOUND
from mini_autograd.op.bits import elements_of
from mini_autograd.op.schema import Kind, Type
from mini_autograd.op.signature import Parameter, parameter
from mini_autograd.tensor import TensorBase

__all__ = ["TYPES", "coerced", "stands_for_int"]

TYPES = HostTypes(lambda value: isinstance(value, TensorBase))
ONE_INT = Parameter("", Type(Kind.INT, symbolic=True))


def coerced(argument: Any, takes_number: bool, value: Any) -> Any:
    """``value`` as the schema's ``argument`` wants it, or UNBOUND where torch's parser does not take it."""
    kind = argument.kind
    if argument.optional_elements and isinstance(value, list | tuple):
        return list(value) if all(one is None or TYPES.is_tensor(one) for one in value) else UNBOUND
    described = replace(parameter(argument, ""), takes_number=takes_number)
    try:
        if not accepts(described, value, 0, TYPES):
            return UNBOUND
    except ElementMismatch:
        return UNBOUND
    if not argument.is_list:
        return MAKERS[kind](value)
    if not isinstance(value, list | tuple):
        return (to_int(value),) * max(argument.size, 1)
    if kind is Kind.TENSOR:
        return list(value)
    if not all(UNPACKED[kind](one) for one in value):
        return UNBOUND
    return tuple([MAKERS[kind](one) for one in value])


def stands_for_int(value: Any) -> bool:
    """Whether ``value`` is taken for an int where the schema says SymInt, as the elements of a shape."""
    return accepts(ONE_INT, value, 0, TYPES)


def element(tensor: Any) -> Any:
    """The one element of a tensor; under a transform it may be that there is no such thing."""
    return to_host(elements_of(tensor)).item() if not tensor._layered else tensor.item()


def to_int(value: Any) -> int:
    return int(element(value)) if isinstance(value, TensorBase) else operator.index(value)


def to_number(value: Any) -> Any:
    """A Python number of a number of a subclass, of numpy's or of a tensor's."""
    if isinstance(value, TensorBase):
        return element(value)
    kinds: tuple[Any, ...] = (bool, int, float, complex)
    for kind in kinds:
        if isinstance(value, kind):
            return kind(value)
    return value.item()


def to_float(value: Any) -> float:
    number = to_number(value)
    if isinstance(number, complex):
        if number.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
        number = number.real
    return float(number)


def to_str(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def to_device(value: Any) -> devices.device:
    if isinstance(value, devices.device):
        return value
    return devices.device(value)


def itself(value: Any) -> Any:
    return value


# Of a list the parser looks at the first element; these see to the others.
UNPACKED: dict[Kind, Callable[[Any], bool]] = {
    Kind.INT: lambda one: is_list_element(one, TYPES),
    Kind.FLOAT: lambda one: is_float(one) or TYPES.is_tensor(one),
    Kind.BOOL: lambda one: isinstance(one, bool),
    Kind.SCALAR: lambda one: True,
}
MAKERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TENSOR: to_number,
    Kind.INT: to_int,
    Kind.SCALAR: to_number,
    Kind.COMPLEX: to_number,
    Kind.FLOAT: to_float,
    Kind.BOOL: itself,
    Kind.STR: to_str,
    Kind.SCALAR_TYPE: dtypes.of_type,
    Kind.DEVICE: to_device,
    Kind.LAYOUT: itself,
    Kind.MEMORY_FORMAT: itself,
    Kind.GENERATOR: itself,
    Kind.STORAGE: itself,
}
