"""What torch's argument parser knows of an overload: its parameters, how many it takes, and its text.

A signature differs from its schema: a function's `self` is `input`, a method's is hidden, an `out` overload
is folded into the one that it writes for, and a new tensor's options come last, with `requires_grad`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mini_autograd.op.deprecated import deprecated
from mini_autograd.op.overload_order import overload_order, python_default, python_name
from mini_autograd.op.schema import Argument, Kind, Schema, Type

__all__ = ["Parameter", "Signature", "parameter", "signatures", "writes_out"]

_ELEMENT_NAMES = {
    Kind.SCALAR: "Number",
    Kind.SCALAR_TYPE: "torch.dtype",
    Kind.DEVICE: "torch.device",
    Kind.LAYOUT: "torch.layout",
    Kind.MEMORY_FORMAT: "torch.memory_format",
    Kind.GENERATOR: "torch.Generator",
    Kind.STORAGE: "torch.Storage",
    Kind.STREAM: "torch.Stream",
}
# Other names, after numpy, that torch takes for an argument of this name.
_SYNONYMS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
# Functions that take a number where they say Tensor, in place and not.
_TAKES_NUMBERS = frozenset(
    ("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide", "copy")
)
# Overloads that have no Python binding: the Tensor one takes their number.
_UNBOUND = frozenset(
    f"{name}{suffix}.Scalar" for name in ("add", "sub", "mul", "div") for suffix in ("", "_")
)
# That torch binds without saying so: a number in the place of a tensor.
_SILENT = frozenset(("to.number",))
_OPTIONS = ("dtype", "layout", "device", "pin_memory")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` is its text in an error, or None where the parameter is required."""

    name: str
    type: Type
    default: str | None = None
    keyword_only: bool = False
    takes_none: bool = False
    takes_number: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def type_name(self) -> str:
        """The type as an error names it: `tuple of ints`, `Number`, `torch.dtype`."""
        if self.type.is_list:
            element = "Scalar" if self.type.kind is Kind.SCALAR else str(self.type.kind)
            return f"tuple of {element}s"
        return _ELEMENT_NAMES.get(self.type.kind, str(self.type.kind))

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.type_name} {self.name}{default}"


@dataclass(frozen=True, slots=True)
class Signature:
    """An overload as a caller sees it. A `hidden` one binds, but no error names it."""

    name: str
    parameters: tuple[Parameter, ...]
    hidden: bool = False

    @property
    def n_required(self) -> int:
        return sum(parameter.default is None for parameter in self.parameters)

    @property
    def n_positional(self) -> int:
        return sum(not parameter.keyword_only for parameter in self.parameters)

    @property
    def spreads_ints(self) -> bool:
        """Whether `f(2, 3)` means `f((2, 3))`: its one positional parameter is a list of ints."""
        return (
            self.n_positional == 1
            and self.parameters[0].type.is_list
            and self.parameters[0].type.kind == "int"
        )

    def elements(self) -> list[str]:
        """The texts between the parentheses, the star included."""
        texts = [str(parameter) for parameter in self.parameters]
        if self.n_positional < len(texts):
            texts.insert(self.n_positional, "*")
        return texts

    def __str__(self) -> str:
        return f"({', '.join(self.elements())})"


def signatures(schemas: Iterable[Schema], *, method: bool = False) -> tuple[Signature, ...]:
    """The signatures of one function's or method's overloads, deprecated ones included, as torch tries them.

    A schema with an `out` argument has no signature of its own: the overload with the same other arguments
    takes `out`, and methods take none. Nor has `add.Scalar`: there the Tensor overload takes the number.
    """
    schemas = tuple(schemas)
    plain = [schema for schema in schemas if not _outs(schema) and schema.full_name not in _UNBOUND]
    outs = {_inputs(schema): _outs(schema) for schema in schemas if _outs(schema)}
    if plain:
        plain += deprecated(plain[0].name)
    found = []
    for schema in overload_order(plain):
        old = schema in deprecated(schema.name)
        key = next(iter(outs), ()) if old else _inputs(schema)  # those that have one all write one tensor
        out = () if method else outs.get(key, ())
        found.append(_signature(schema, method, out, old or schema.full_name in _SILENT))
    return tuple(found)


def writes_out(schema: Schema) -> bool:
    """Whether the overload writes to a tensor given by keyword."""
    return bool(_outs(schema))


def _outs(schema: Schema) -> tuple[Argument, ...]:
    return tuple(a for a in schema.kwarg_only if a.alias is not None and a.alias.endswith("!"))


def _inputs(schema: Schema) -> tuple[object, ...]:
    outs = _outs(schema)
    return tuple(
        (a.name, replace(a.type, alias=None)) for a in schema.arguments if a not in outs and not _option(a)
    )


def _option(argument: Argument) -> bool:
    return argument.name in _OPTIONS and argument.kwarg_only


def _signature(schema: Schema, method: bool, out: tuple[Argument, ...], hidden: bool) -> Signature:
    arguments = schema.arguments
    makes_tensor = set(_OPTIONS) <= {argument.name for argument in arguments}
    parameters = []
    for argument in arguments:
        if (method and argument.name == "self") or (makes_tensor and _option(argument)):
            continue
        parameters.append(parameter(argument, schema.name))
    if out:
        type_ = Type(Kind.TENSOR) if len(out) == 1 else Type(Kind.TENSOR, True, len(out))
        parameters.append(Parameter("out", type_, "None", True, True, _takes_number(schema.name, type_)))
    if makes_tensor:
        by_name = {argument.name: argument for argument in arguments}
        for name in _OPTIONS:
            option = parameter(by_name[name], schema.name)
            parameters.append(replace(option, default="False" if name == "pin_memory" else "None"))
        flag = Parameter("requires_grad", Type(Kind.BOOL), "False", True, takes_none=True)
        parameters.append(flag)
    return Signature(schema.name, tuple(parameters), hidden)


def parameter(argument: Argument, function: str) -> Parameter:
    """How a caller of ``function`` sees ``argument``."""
    name = python_name(argument)
    return Parameter(
        name,
        argument.type,
        None if argument.is_required else python_default(argument),
        argument.kwarg_only,
        argument.optional or argument.default in (None, ()),
        _takes_number(function, argument.type),
        _SYNONYMS.get(name, ()),
    )


def _takes_number(function: str, type_: Type) -> bool:
    return type_.kind is Kind.TENSOR and not type_.is_list and function.removesuffix("_") in _TAKES_NUMBERS
