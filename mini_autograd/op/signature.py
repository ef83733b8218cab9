"""What torch's Python argument parser knows of an overload: its parameters, counts and text, and the order of trial.

A signature differs from its schema: a function's `self` is `input`, a method's is hidden, an `out` overload is folded
into the one that it writes for, and the options of a new tensor come last, with `requires_grad`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mini_autograd.op.deprecated import deprecated
from mini_autograd.op.schema import REQUIRED, Argument, Kind, Schema, Type

__all__ = ["Parameter", "Signature", "signatures"]

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
    ("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide", "to_copy")
)  # fmt: skip
# Overloads that have no Python binding: the Tensor one takes their number.
_UNBOUND = frozenset(f"{name}{suffix}.Scalar" for name in ("add", "sub", "mul", "div") for suffix in ("", "_"))
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
    """The signatures of the overloads `schemas` of one function or method, deprecated ones included, as torch tries
    them. Schemas with an `out` argument stand for no signature of their own: the overload with the same other
    arguments takes it; methods take none."""
    schemas = tuple(schemas)
    plain = [schema for schema in schemas if not _outs(schema) and schema.full_name not in _UNBOUND]
    outs = {_inputs(schema): _outs(schema) for schema in schemas if _outs(schema)}
    if plain:
        plain += deprecated(plain[0].name)
    found = []
    for schema in _ordered(plain):
        out = () if method else outs.get(_inputs(schema), ())
        found.append(_signature(schema, method, out, schema in deprecated(schema.name)))
    return tuple(found)


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
        parameters.append(_parameter(argument, schema.name))
    if out:
        type_ = Type(Kind.TENSOR) if len(out) == 1 else Type(Kind.TENSOR, True, len(out))
        parameters.append(Parameter("out", type_, "None", True, takes_none=True))
    if makes_tensor:
        by_name = {argument.name: argument for argument in arguments}
        for name in _OPTIONS:
            option = _parameter(by_name[name], schema.name)
            parameters.append(replace(option, default="False" if name == "pin_memory" else "None"))
        flag = Parameter("requires_grad", Type(Kind.BOOL), "False", True, takes_none=True)
        parameters.append(flag)
    return Signature(schema.name, tuple(parameters), hidden)


def _parameter(argument: Argument, function: str) -> Parameter:
    name = (
        "input"
        if argument.name == "self" and argument.kind is Kind.TENSOR and not argument.is_list
        else argument.name
    )
    base = function.removesuffix("_")
    return Parameter(
        name,
        argument.type,
        None if argument.default is REQUIRED else _default_text(argument),
        argument.kwarg_only,
        argument.optional or argument.default is None,
        argument.kind is Kind.TENSOR and not argument.is_list and base in _TAKES_NUMBERS,
        _SYNONYMS.get(name, ()),
    )


def _default_text(argument: Argument) -> str:
    default = argument.default
    if default == ():
        return "None"
    if argument.name == "reduction" and default == 1:
        return "at::Reduction::Mean"
    if argument.kind is Kind.STR and default is not None:
        return '"' + default.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if argument.kind is Kind.SCALAR_TYPE and default is not None:
        return f"torch.{ {'long': 'int64'}.get(default, default) }"
    return argument.default_text().replace("[", "{").replace("]", "}")


def _ordered(schemas: list[Schema]) -> list[Schema]:
    """By text, and then so that an overload comes after those with a more particular type in its place."""
    schemas = sorted(schemas, key=_sort_text)
    before = {
        i: {j for j, other in enumerate(schemas) if _precedes(other, schemas[i])} for i in range(len(schemas))
    }
    order = [i for i, others in before.items() if not others]
    for done in order:
        for i, others in before.items():
            if done in others:
                others.discard(done)
                if not others:
                    order.append(i)
    return [schemas[i] for i in order]


# How torch's code generator spells types; its overloads are sorted by these.
_SORT_NAMES = {Kind.INT: "int64_t", Kind.FLOAT: "double", Kind.STR: "c10::string_view"}
_SORT_LISTS = {
    Kind.TENSOR: "TensorList",
    Kind.SCALAR: "ScalarList",
    Kind.INT: "IntArrayRef",
    Kind.BOOL: "ArrayRef<bool>",
    Kind.FLOAT: "ArrayRef<double>",
}


def _sort_text(schema: Schema) -> str:
    texts = []
    for argument in schema.arguments:
        if argument.kwarg_only and "*" not in texts:
            texts.append("*")
        name = "input" if argument.name == "self" and argument.kind is Kind.TENSOR else argument.name
        default = "" if argument.is_required else f"={_default_text(argument)}"
        texts.append(f"{_sort_name(argument.type)} {name}{default}")
    return f"({', '.join(texts)})"


def _sort_name(type_: Type) -> str:
    optional = "?" if type_.optional else ""
    if not type_.is_list:
        name = "SymInt" if type_.symbolic else _SORT_NAMES.get(type_.kind, str(type_.kind))
        return name + optional
    name = ("Sym" if type_.symbolic else "") + _SORT_LISTS.get(type_.kind, str(type_.kind))
    size = f"[{type_.size}]" if type_.size is not None else ""
    return name + size + optional


def _precedes(first: Schema, second: Schema) -> bool:
    if len(first.arguments) != len(second.arguments) or first is second:
        return False
    pairs = [(a.type, b.type) for a, b in zip(first.arguments, second.arguments, strict=True)]
    return any(a != b for a, b in pairs) and all(a == b or _narrower(a, b) for a, b in pairs)


def _narrower(first: Type, second: Type) -> bool:
    """Whether an argument of type `first` is tried before one of type `second`."""
    if first.is_list != second.is_list:
        plain = not (first.symbolic or second.symbolic or second.optional)
        return plain and second.is_list and second.size is None and first.kind is second.kind is Kind.INT
    if second.is_list:
        return second.kind is Kind.TENSOR and first.kind is not Kind.TENSOR
    if first.kind is not Kind.TENSOR or first.optional != second.optional:
        return False
    return second.kind is Kind.SCALAR or (second.kind is Kind.INT and not second.optional)
