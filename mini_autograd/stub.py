"""Writes the stubs of what exists only at run time: functions, methods and dtypes made from rows and tables.

``python -m mini_autograd.stub`` writes them beside the modules that they describe. What is written by hand is
taken over from its own annotations.
"""

from __future__ import annotations

import ast
import inspect
import keyword
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import mini_autograd
from mini_autograd import dtypes, return_types
from mini_autograd.methods import operators
from mini_autograd.methods.legacy import TYPES
from mini_autograd.op.binding import Packet, settle
from mini_autograd.op.declare import FUNCTIONS, METHODS
from mini_autograd.op.rejection import native
from mini_autograd.op.schema import Kind, Return, Schema, Type
from mini_autograd.op.signature import Parameter, Signature, signatures, writes_out
from mini_autograd.tensor import Tensor

ROOT = Path(__file__).parent
HEADER = '''"""Types of {}. Written by `python -m mini_autograd.stub`."""

# mypy: disable-error-code="overload-cannot-match, overload-overlap, override, misc"
'''
TYPE_NAMES = {
    Kind.TENSOR: "Tensor",
    Kind.SCALAR: "Number",
    Kind.INT: "builtins.int",
    Kind.FLOAT: "builtins.float",
    Kind.COMPLEX: "builtins.complex",
    Kind.BOOL: "builtins.bool",
    Kind.STR: "builtins.str",
    Kind.SCALAR_TYPE: "dtypes.dtype | builtins.type",
    Kind.DEVICE: "devices.device | str | builtins.int",
    Kind.LAYOUT: "layouts.layout",
    Kind.MEMORY_FORMAT: "layouts.memory_format",
    Kind.GENERATOR: "Generator",
    Kind.STORAGE: "UntypedStorage",
}
# What properties hold, where it is not what they hold for a leaf.
PROPERTIES = {
    "grad": "Tensor | None",
    "_grad": "Tensor | None",
    "grad_fn": "Node | None",
    "_base": "Tensor | None",
    "name": "None",
    "names": "tuple[None, ...]",
    "volatile": "builtins.bool",
    "__cuda_array_interface__": "dict[builtins.str, Any]",
}
# Names of builtin types that hints use, and dtypes, functions and methods have too.
BUILTIN = re.compile(r"(?<![\w.])(int|float|bool|complex|str|type)(?![\w(])")
REFLECTED = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
)
# Special methods of `object`, with signatures that need no repeating.
# Python 2's division is no name that a type checker should offer, and compiled classes do not list it.
PLAIN = {
    "__div__",
    "__idiv__",
    "__rdiv__",
    "__init__",
    "__hash__",
    "__repr__",
    "__format__",
    "__dir__",
    "__reduce_ex__",
    "__array_priority__",
}


def annotation(type_: Type, takes_none: bool, takes_number: bool) -> str:
    """The hint for values of a schema's type."""
    name = TYPE_NAMES[type_.kind]
    if type_.is_list:
        name = f"{name} | Sequence[{name}]" if type_.size else f"Sequence[{name}]"
    if takes_number:
        name += " | Number"
    return f"{name} | None" if takes_none else name


def parameter_text(parameter: Parameter) -> str:
    name = f"{parameter.name}_" if keyword.iskeyword(parameter.name) else parameter.name
    none = parameter.takes_none or parameter.default == "None"
    hint = annotation(parameter.type, none, parameter.takes_number)
    return f"{name}: {hint}" + ("" if parameter.default is None else " = ...")


def result(name: str, returns: tuple[Return, ...]) -> str:
    """The hint for what an op returns."""
    if len(returns) == 1:
        kind = TYPE_NAMES[returns[0].kind]
        return f"tuple[{kind}, ...]" if returns[0].is_list else kind
    if name in return_types.__all__:
        return f"return_types.{name}"
    return f"tuple[{', '.join(TYPE_NAMES[each.kind] for each in returns)}]" if returns else "None"


def definitions(name: str, packet: Packet) -> list[str]:
    """The overloads of a function, or of a method, in the order in which they are tried."""
    settle(packet)
    schemas = native(packet)
    outs = [schema for schema in schemas if writes_out(schema)]
    found = []
    for schema in schemas:
        if not writes_out(schema):
            visible = [s for s in signatures([schema, *outs], method=packet.method) if not s.hidden]
            found += [text for each in visible for text in overload(name, packet, schema, each)]
    unique = list(dict.fromkeys(found))
    return [f"@overload\n{text}" for text in unique] if len(unique) > 1 else unique


def overload(name: str, packet: Packet, schema: Schema, signature: Signature) -> list[str]:
    returns = result(packet.name, schema.returns)
    texts = [parameter_text(parameter) for parameter in signature.parameters]
    keywords = texts[signature.n_positional :]
    lists = [[*texts[: signature.n_positional], *(["*", *keywords] if keywords else [])]]
    if signature.spreads_ints:
        lists.append([f"*{signature.parameters[0].name}: {TYPE_NAMES[Kind.INT]}", *keywords])
    own = ["self"] if packet.method else []
    return [f"def {name}({', '.join([*own, *each])}) -> {returns}: ..." for each in lists]


def by_hand(name: str, function: Callable[..., Any]) -> str:
    """A method that is written in Python, with the hints that it has."""
    described = inspect.signature(function)
    parameters = []
    for place, parameter in enumerate(described.parameters.values()):
        hint = inspect.Parameter.empty if place == 0 else parameter.annotation
        default = parameter.default if parameter.default is inspect.Parameter.empty else ...
        parameters.append(parameter.replace(annotation=hint, default=default))
    text = str(described.replace(parameters=parameters)).replace("Ellipsis", "...")
    text = re.sub("'([^']*)'", r"\1", text)  # hints are strings here, which print in quotes
    text = BUILTIN.sub(r"builtins.\1", text)
    return f"def {name}{text}: ...".replace("TensorBase", "Tensor")


def imports_for(functions: Iterable[Callable[..., Any]]) -> list[str]:
    """Imports of the names that the hints of ``functions`` use."""
    found = set()
    for function in functions:
        words = re.findall(r"[A-Za-z_]\w*", " ".join(map(str, function.__annotations__.values())))
        for word in words:
            value = function.__globals__.get(word)
            if inspect.ismodule(value):
                found.add(f"from mini_autograd import {word}")
            elif getattr(value, "__module__", "") in ("typing", "collections.abc"):
                found.add(f"from {value.__module__} import {word}")
            elif value is not None and word not in ("Tensor", "TensorBase"):
                found.add(f"from {home_of(word)} import {word}")
    return sorted(found)


def home_of(name: str) -> str:
    """The module of the library that defines the class ``name``."""
    for module in sorted(key for key in sys.modules if key.startswith("mini_autograd.")):
        source = ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")
        if source.exists() and re.search(rf"^class {name}\b", source.read_text(), re.MULTILINE):
            return module
    raise LookupError(f"no module of mini_autograd defines the class {name}")


def properties() -> list[str]:
    """Tensor's properties, with the types of what a leaf has there."""
    leaf = mini_autograd.ones((2, 2), dtype=dtypes.complex64, requires_grad=True)
    texts = []
    for name, value in sorted(vars(Tensor).items()):
        if isinstance(value, property):
            hint = PROPERTIES.get(name) or hint_of(getattr(leaf, name))
            texts.append(f"@property\ndef {name}(self) -> {hint}: ...")
            if value.fset is not None:
                texts.append(f"@{name}.setter\ndef {name}(self, value: {hint}) -> None: ...")
    return texts


def hint_of(value: object) -> str:
    name = type(value).__name__
    homes = {"dtype": "dtypes.dtype", "device": "devices.device", "layout": "layouts.layout"}
    return homes.get(name) or BUILTIN.sub(r"builtins.\1", name)


def special_methods() -> list[str]:
    """Python's operators."""
    texts = []
    for special in operators.UNARY:
        texts.append(f"def __{special}__(self) -> Tensor: ...")
    for special in operators.OPERATORS:
        other = "object" if special in ("eq", "ne") else "Tensor | Number"
        texts.append(f"def __{special}__(self, other: {other}) -> Tensor: ...")
        if hasattr(Tensor, f"__i{special}__"):
            texts.append(f"def __i{special}__(self, other: Tensor | Number) -> Tensor: ...")
    texts += [f"def __r{special}__(self, other: Number) -> Tensor: ..." for special in REFLECTED]
    return [text for text in texts if hasattr(Tensor, text.split("(")[0].removeprefix("def "))]


def interface() -> str:
    """What Tensor has besides its fields."""
    taken = {f"__{name}__" for name in operators.UNARY}
    taken |= {f"__{way}{name}__" for name in operators.OPERATORS for way in ("", "i", "r")} | {"__rmatmul__"}
    functions = {
        name: value
        for name, value in sorted(vars(Tensor).items())
        if inspect.isfunction(value) and name not in METHODS and name not in taken | PLAIN
    }
    body = properties() + special_methods()
    body += [by_hand(name, function) for name, function in functions.items()]
    for name, packet in sorted(METHODS.items()):
        body += definitions(name, packet)
    head = [*imports_for(functions.values()), *COMMON_IMPORTS, "from mini_autograd.graph.node import Node"]
    lines = "\n".join(body).split("\n")
    text = "\n".join(f"    {line}" for line in lines)
    aliases = "Number: TypeAlias = builtins.int | builtins.float | builtins.complex"
    return "\n".join(
        [
            HEADER.format("Tensor's methods, operators and properties"),
            *unique(head),
            "",
            aliases,
            "",
            "class Interface:",
            text,
            "",
        ]
    )


COMMON_IMPORTS = [
    "import builtins",
    "from collections.abc import Sequence",
    "from typing import Any, TypeAlias, overload",
    "from mini_autograd import devices, dtypes, layouts, return_types",
    "from mini_autograd.op.generator import Generator",
    "from mini_autograd.op.storage import UntypedStorage",
    "from mini_autograd.size import Size",
    "from mini_autograd.tensor import Tensor",
]


def unique(lines: list[str]) -> list[str]:
    return sorted(dict.fromkeys(lines))


def namespace() -> str:
    """The public functions and dtypes, and what the package imports."""
    kept = [
        ast.unparse(reexported(node))
        for node in ast.parse((ROOT / "__init__.py").read_text()).body
        if isinstance(node, ast.ImportFrom)
    ]
    body = ["__version__: builtins.str", "__compiled__: builtins.bool"]
    body += [f"{name}: dtypes.dtype" for name in dtypes.BY_NAME]
    body += [f"{name}: LegacyType" for name in TYPES]
    for name, packet in sorted(FUNCTIONS.items()):
        if not name.startswith("__"):
            body += definitions(name, packet)
    return "\n".join([HEADER.format("the public namespace"), *NAMESPACE_IMPORTS, *kept, "", *body, ""])


NAMESPACE_IMPORTS = [
    "import builtins",
    "from collections.abc import Sequence",
    "from typing import overload",
    "from mini_autograd import accelerator as accelerator, backends as backends, cuda as cuda",
    "from mini_autograd import devices, dtypes, layouts",
    "from mini_autograd.interface import Number",
    "from mini_autograd.methods.legacy import LegacyType",
]


def reexported(node: ast.ImportFrom) -> ast.ImportFrom:
    """An import that a stub exports: ``from a import b as b``."""
    names = [
        ast.alias(each.name, each.asname or (each.name if each.name != "*" else None)) for each in node.names
    ]
    return ast.ImportFrom(node.module, names, node.level)


def named_tuples() -> str:
    """The types of several results."""
    body = []
    for name in sorted(return_types.__all__):
        fields = getattr(return_types, name).__match_args__
        body.append(f"class {name}(NamedTuple):")
        body += [f"    {field}: Tensor" for field in fields]
    return "\n".join([HEADER.format("the results of ops that have several"), *RETURN_TYPES, *body, ""])


RETURN_TYPES = [
    "from collections.abc import Sequence",
    "from typing import Any, NamedTuple",
    "from mini_autograd.tensor import Tensor",
    "",
    "__all__: list[str]",
    "class ReturnType(tuple[Any, ...]):",
    "    def __new__(cls, sequence: Sequence[Any]) -> ReturnType: ...",
    "def return_type(name: str, names: tuple[str, ...]) -> type[ReturnType]: ...",
]
STUBS: dict[str, Callable[[], str]] = {
    "__init__.pyi": namespace,
    "interface.pyi": interface,
    "return_types.pyi": named_tuples,
}


def main() -> None:
    """Write every stub."""
    for name, content in STUBS.items():
        (ROOT / name).write_text(content())
        print(f"wrote {(ROOT / name).relative_to(ROOT.parent)}")


if __name__ == "__main__":
    main()
