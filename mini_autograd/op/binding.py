"""Binds the arguments of a call to an overload, by the rules of torch's own argument parser."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd import devices, dtypes, layouts
from mini_autograd.op import dispatch
from mini_autograd.op.row import Op
from mini_autograd.op.schema import REQUIRED, Kind
from mini_autograd.tensor import TensorBase, requires_grad, wrap_number

UNBOUND = object()
NUMBERS = (int, float, complex)

# Other names that torch's functions take for an argument, after numpy.
SYNONYMS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
PYTHON_DTYPES = {float: dtypes.float64, int: dtypes.int64, bool: dtypes.bool, complex: dtypes.complex128}


class Packet:
    """A function: its overloads in the order in which they are tried, bound as a method's or as a function's."""

    __slots__ = ("method", "name", "overloads", "plain")

    def __init__(self, name: str, method: bool) -> None:
        self.name = name
        self.method = method
        self.overloads: list[Op] = []
        self.plain: Any = None

    def add(self, op: Op) -> None:
        """Try ``op`` after the overloads that are there; NOTE [Plain calls] says which op may be ``plain``."""
        if not self.overloads and op.is_plain():
            self.plain = op
        self.overloads.append(op)

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return self.name
        raise AttributeError(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<built-in method {self.name} of type object>"


def call(packet: Packet, args: tuple, kwargs: dict) -> Any:
    """Run the first overload that ``args`` and ``kwargs`` fit; TypeError in torch's words when none does."""
    if packet.plain is not None and not kwargs:
        result = call_plain(packet.plain, args)
        if result is not None:
            return result
    for op in packet.overloads:
        bound = bind(op, args, kwargs, packet.method)
        if bound is not None:
            return dispatch.execute(op, bound)
    raise mismatch(packet, args, kwargs)


def call_plain(op: Op, args: tuple) -> Any:
    given = len(args)
    if given != op.plain.nin or not isinstance(args[0], TensorBase):
        return None
    if given == 1:
        return dispatch.execute_plain(op, args[0], None)
    return dispatch.execute_plain(op, args[0], args[1]) if isinstance(args[1], TensorBase) else None


def bind(op: Op, args: tuple, kwargs: dict, method: bool) -> list | None:
    """One value for each argument of ``op``, or None when they do not fit."""
    given = len(args)
    if given > op.n_positional:
        if op.varargs < 0 or given <= op.varargs or (op.varargs == 1 and not method):
            return None
        args = (*args[: op.varargs], args[op.varargs :])
        given = len(args)
    elif (
        op.varargs >= 0
        and given == op.varargs + 1
        and (method or op.varargs == 0)
        and is_int(args[op.varargs])
    ):
        args = (*args[: op.varargs], (args[op.varargs],))
    parameters = op.kinds
    bound = op.defaults[:]
    for index in range(given):
        parameter = parameters[index]
        value = args[index]
        if not (parameter.is_tensor and isinstance(value, TensorBase)):
            value = parameter.convert(value)
            if value is UNBOUND:
                return None
        bound[index] = value
    if kwargs and not bind_keywords(op, bound, given, kwargs):
        return None
    for index in range(given, op.n_required):
        if bound[index] is REQUIRED:
            return None
    return bound


def bind_keywords(op: Op, bound: list, given: int, kwargs: dict) -> bool:
    """Fill in what ``kwargs`` gives for the arguments from ``given`` on; whether they fit and all were used."""
    used = 0
    for index in range(given, op.n_arguments):
        value = keyword(op.names[index], kwargs)
        if value is not UNBOUND:
            used += 1
            if not (isinstance(value, TensorBase) and op.kinds[index].is_tensor):
                value = op.kinds[index].convert(value)
            if value is UNBOUND:
                return False
            bound[index] = value
    return used == len(kwargs)


def keyword(name: str, kwargs: dict) -> Any:
    if name == "self":
        name = "input"
    if name in kwargs:
        return kwargs[name]
    for synonym in SYNONYMS.get(name, ()):
        if synonym in kwargs:
            return kwargs[synonym]
    return UNBOUND


class Parameter:
    """How a value becomes the argument: ``convert`` gives it, or UNBOUND when it is of another type."""

    __slots__ = ("argument", "default", "is_tensor", "numbers")

    def __init__(self, argument: Any, numbers: bool) -> None:
        self.argument = argument
        self.is_tensor = argument.kind == "Tensor" and not argument.is_list
        self.numbers = numbers
        default = argument.default
        if isinstance(default, str) and argument.kind in ("MemoryFormat", "Layout"):
            default = layouts.BY_NAME[default]
        elif isinstance(default, str) and argument.kind == "ScalarType":
            default = dtypes.BY_NAME[default]
        self.default = default

    def convert(self, value: Any) -> Any:
        argument = self.argument
        if value is None:
            if argument.optional or argument.default is None:
                return None
            return () if argument.default == () else UNBOUND
        if argument.is_list:
            return convert_list(argument, value)
        if argument.kind == "Tensor":
            if self.numbers and is_number(value):
                return wrap_number(value.item() if isinstance(value, np.generic) else value)
            return UNBOUND
        return CONVERTERS[argument.kind](value)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex)) or isinstance(value, (np.bool_, np.number))


def is_int(value: Any) -> bool:
    if isinstance(value, TensorBase):
        return value._array.ndim == 0 and value._dtype.category == dtypes.INT and not requires_grad(value)
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def to_int(value: Any) -> Any:
    if type(value) is int:
        return value
    if not is_int(value):
        return UNBOUND
    return int(value._array) if isinstance(value, TensorBase) else int(value)


def to_scalar(value: Any) -> Any:
    if isinstance(value, NUMBERS):
        return value
    if isinstance(value, (np.bool_, np.number)):
        return value.item()
    if isinstance(value, TensorBase) and value._array.ndim == 0 and not requires_grad(value):
        return value._array.item()
    return UNBOUND


def to_double(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (np.floating, np.integer)):
        return float(value)
    if isinstance(value, TensorBase) and value._array.ndim == 0 and not requires_grad(value):
        return float(value._array)
    return UNBOUND


def to_bool(value: Any) -> Any:
    return bool(value) if isinstance(value, (bool, np.bool_)) else UNBOUND


def to_dtype(value: Any) -> Any:
    if isinstance(value, dtypes.dtype):
        return value
    return PYTHON_DTYPES.get(value, UNBOUND) if isinstance(value, type) else UNBOUND


def to_device(value: Any) -> Any:
    return devices.device(value) if isinstance(value, (str, devices.device)) else UNBOUND


def instance(kind: Any) -> Any:
    return lambda value: value if isinstance(value, kind) else UNBOUND


CONVERTERS: dict[str, Any] = {
    "Scalar": to_scalar,
    "int": to_int,
    "float": to_double,
    "bool": to_bool,
    "str": instance(str),
    "ScalarType": to_dtype,
    "Device": to_device,
    "Layout": instance(layouts.layout),
    "MemoryFormat": instance(layouts.memory_format),
    "Generator": instance(object),
}


def convert_list(argument: Any, value: Any) -> Any:
    kind = argument.kind
    if not isinstance(value, (list, tuple)):
        if kind != "Tensor" and argument.size is not None:
            one = CONVERTERS[kind](value)
            return UNBOUND if one is UNBOUND else (one,) * max(argument.size, 1)
        return UNBOUND
    if kind is Kind.INT and type(value) is tuple and all_int(value):
        return value
    if kind == "Tensor":
        for one in value:
            if not isinstance(one, TensorBase) and not (one is None and argument.optional_elements):
                return UNBOUND
        return list(value)
    converted = tuple([CONVERTERS[kind](one) for one in value])
    return UNBOUND if any(one is UNBOUND for one in converted) else converted


def all_int(values: tuple) -> bool:
    for value in values:
        if type(value) is not int:
            return False
    return True


def mismatch(packet: Packet, args: tuple, kwargs: dict) -> TypeError:
    return TypeError(f"{packet.name}() received an invalid combination of arguments")
