"""Arguments of a statement as data: names of tensors, dtypes, slices and plain Python values.

Each argument can be written as JSON, bound to live objects, and printed as the Python a person would write.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document import shown
from .error import ProgramError

Argument = Any  # None, bool, int, float, complex, str, Ellipsis, list, tuple or one of the records below

DTYPES = (
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "complex128",
    "complex64",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "bool",
)
# Modules that scripts import, and what else has a name in them.
TAKEN = frozenset(
    (
        *("torch", "numpy", "argparse", "contextlib", "copy", "importlib", "operator", "pickle", "sys"),
        *("threading", "warnings", "events", "print", "repr", "type", "range", "isinstance", "hasattr"),
    )
)
FORMATS = ("preserve_format", "contiguous_format", "channels_last", "channels_last_3d", "strided")


@dataclass(frozen=True, slots=True)
class Ref:
    """The object that an earlier statement bound to `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class DType:
    """A dtype of the library, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Format:
    """A memory format or layout of the library, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` inside an index."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None


def float_text(value: float) -> str:
    """A float as text that keeps its bits: hexadecimal, or nan, inf, -inf."""
    return value.hex() if math.isfinite(value) else repr(value)


def float_value(text: str) -> float:
    """The float that `float_text` wrote; ValueError for any other text."""
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


# --- live objects -----------------------------------------------------------------------------------------


def bind(argument: Argument, lib: Any, env: Mapping[str, Any]) -> Any:
    """The live object that an argument stands for; NameError for a name that was never bound."""
    binder = _BIND.get(type(argument))
    return argument if binder is None else binder(argument, lib, env)


def _bind_ref(argument: Ref, lib: Any, env: Mapping[str, Any]) -> Any:
    try:
        return env[argument.name]
    except KeyError:
        raise NameError(f"name '{argument.name}' is not defined") from None


_BIND: dict[type, Callable[[Any, Any, Mapping[str, Any]], Any]] = {
    Ref: _bind_ref,
    DType: lambda argument, lib, env: getattr(lib, argument.name),
    Format: lambda argument, lib, env: getattr(lib, argument.name),
    Slice: lambda argument, lib, env: slice(argument.start, argument.stop, argument.step),
    list: lambda argument, lib, env: [bind(item, lib, env) for item in argument],
    tuple: lambda argument, lib, env: tuple(bind(item, lib, env) for item in argument),
}


# --- names ------------------------------------------------------------------------------------------------


def names(argument: Argument) -> Iterator[str]:
    """The names an argument reads, in order."""
    if isinstance(argument, Ref):
        yield argument.name
    elif isinstance(argument, list | tuple):
        for item in argument:
            yield from names(item)


def rename(argument: Argument, mapping: Mapping[str, str]) -> Argument:
    """The argument with every name replaced by what `mapping` says."""
    if isinstance(argument, Ref):
        return Ref(mapping.get(argument.name, argument.name))
    if isinstance(argument, list | tuple):
        return type(argument)(rename(item, mapping) for item in argument)
    return argument


def whole_numbers(argument: Argument) -> Iterator[int]:
    """The integers in an argument, those that a slice and an index count with left out."""
    if type(argument) is int:
        yield argument
    elif isinstance(argument, list | tuple):
        for item in argument:
            yield from whole_numbers(item)


# --- Python text ------------------------------------------------------------------------------------------


def source(argument: Argument) -> str:
    """The Python text of an argument, with `torch` as the library's name."""
    if isinstance(argument, Ref):
        return argument.name
    if isinstance(argument, DType | Format):
        return f"torch.{argument.name}"
    if isinstance(argument, Slice):
        return f"slice({argument.start}, {argument.stop}, {argument.step})"
    if isinstance(argument, list):
        return "[" + ", ".join(map(source, argument)) + "]"
    if isinstance(argument, tuple):
        return f"({listed([source(item) for item in argument])})"
    if isinstance(argument, float) and not math.isfinite(argument):
        return f'float("{argument}")'
    if isinstance(argument, complex):
        return f"complex({source(argument.real)}, {source(argument.imag)})"
    if isinstance(argument, str):
        return _quoted(argument)
    return "..." if argument is Ellipsis else repr(argument)


def _quoted(text: str) -> str:
    plain = repr(text)
    return plain if '"' in text or plain[0] != "'" else f'"{plain[1:-1]}"'


def listed(texts: Sequence[str]) -> str:
    """Texts joined as Python writes a tuple: a single one keeps its comma."""
    return ", ".join(texts) + ("," if len(texts) == 1 else "")


def index_source(argument: Argument) -> str:
    """The Python text of an argument between square brackets, slices as `a:b:c`."""
    if isinstance(argument, tuple) and argument:
        return listed([index_source(item) for item in argument])
    if isinstance(argument, Slice):
        ends = [("" if end is None else str(end)) for end in (argument.start, argument.stop)]
        return ":".join(ends) + ("" if argument.step is None else f":{argument.step}")
    return source(argument)


# --- JSON -------------------------------------------------------------------------------------------------


def encode(argument: Argument) -> Any:
    """JSON for an argument; floats that JSON lacks become {"float": "nan"}."""
    if isinstance(argument, Ref):
        return {"ref": argument.name}
    if isinstance(argument, DType):
        return {"dtype": argument.name}
    if isinstance(argument, Format):
        return {"format": argument.name}
    if isinstance(argument, Slice):
        return {"slice": [argument.start, argument.stop, argument.step]}
    if isinstance(argument, list):
        return [encode(item) for item in argument]
    if isinstance(argument, tuple):
        return {"tuple": [encode(item) for item in argument]}
    if isinstance(argument, complex):
        return {"complex": [float_text(argument.real), float_text(argument.imag)]}
    if argument is Ellipsis:
        return {"ellipsis": True}
    if isinstance(argument, float) and not math.isfinite(argument):
        return {"float": float_text(argument)}
    return argument


def decode(value: Any, where: str) -> Argument:
    """The argument that JSON `value` stands for; ProgramError naming `where` for anything else."""
    if isinstance(value, list):
        return [decode(item, where) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ProgramError(f"{where}: an argument object has one key, got {sorted(value)}")
    ((key, inner),) = value.items()
    decoder = _DECODE.get(key)
    if decoder is None:
        raise ProgramError(f"{where}: unknown argument {key!r}, expected one of {sorted(_DECODE)}")
    try:
        return decoder(inner, where)
    except ProgramError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise ProgramError(f"{where}: bad argument {{{key!r}: {shown(inner)}}}: {error}") from None


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    return value


def _name(value: Any) -> str:
    if not is_name(value):
        raise ValueError("expected a name")
    return value


def is_name(value: Any) -> bool:
    """Whether a program may call something so: what its script is made of has names of its own."""
    return is_key(value) and value not in TAKEN


def is_key(value: Any) -> bool:
    """Whether an argument can be passed under such a name."""
    if not isinstance(value, str) or not value.isidentifier() or not value.isascii():
        return False
    return not (value.startswith("__") or keyword.iskeyword(value))


def _slice(value: Any) -> Slice:
    if (
        not isinstance(value, list)
        or len(value) != 3
        or any(end is not None and type(end) is not int for end in value)
    ):
        raise ValueError("expected [start, stop, step] of integers or null")
    return Slice(*value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return value


def _ellipsis(value: Any) -> Any:
    if value is not True:
        raise ValueError("expected true")
    return Ellipsis


_DECODE: dict[str, Callable[[Any, str], Argument]] = {
    "ref": lambda inner, where: Ref(_name(inner)),
    "dtype": lambda inner, where: DType(_one_of(inner, DTYPES)),
    "format": lambda inner, where: Format(_one_of(inner, FORMATS)),
    "slice": lambda inner, where: _slice(inner),
    "tuple": lambda inner, where: tuple(decode(item, where) for item in _list(inner)),
    "complex": lambda inner, where: complex(*map(float_value, _list(inner))),
    "float": lambda inner, where: float_value(inner),
    "ellipsis": lambda inner, where: _ellipsis(inner),
}
