"""The order in which torch tries the overloads of one name, and in which an error lists them."""

from __future__ import annotations

from dataclasses import replace

from mini_autograd.op.schema import Argument, Kind, Schema, Type

__all__ = ["overload_order", "python_default", "python_name"]


def overload_order(schemas: list[Schema]) -> list[Schema]:
    """`schemas` by their text, but each after those whose types are tried before its own."""
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
        default = "" if argument.is_required else f"={python_default(argument)}"
        texts.append(f"{_sort_name(argument.type)} {python_name(argument)}{default}")
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
    pairs = [(_plain(a.type), _plain(b.type)) for a, b in zip(first.arguments, second.arguments, strict=True)]
    return any(a != b for a, b in pairs) and all(a == b or _narrower(a, b) for a, b in pairs)


def _plain(type_: Type) -> Type:
    """The type, whether written to or not."""
    return type_ if type_.alias is None else replace(type_, alias=None)


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


def python_name(argument: Argument) -> str:
    """The name a caller uses: `self` is `input`."""
    is_input = argument.name == "self" and argument.kind is Kind.TENSOR and not argument.is_list
    return "input" if is_input else argument.name


def python_default(argument: Argument) -> str:
    """The default as an error shows it: as torch's code generator spells it in C++."""
    default = argument.default
    if default == ():
        return "None"
    if argument.name == "reduction":  # always written as the mean, which torch's parser takes for 0
        return "at::Reduction::Mean"
    if argument.kind is Kind.STR and default is not None:
        return '"' + default.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if argument.kind is Kind.SCALAR_TYPE and default is not None:
        return f"torch.{ {'long': 'int64'}.get(default, default) }"
    return argument.default_text().replace("[", "{").replace("]", "}")
