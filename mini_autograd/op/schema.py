"""Reads an operator's native schema, `add.Tensor(Tensor self, Tensor other) -> Tensor`, into records.

The text is the contract between a declaration, argument binding and the error texts. `str(schema)` gives a
text that parses to an equal schema. SymInt is of kind int, for shapes here are always concrete; that it was
symbolic is kept, for torch's parser takes more values for one and tries its overload at another turn.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn, TypeVar

__all__ = ["REQUIRED", "Argument", "Kind", "Return", "Schema", "Type", "parse"]


class Kind(enum.StrEnum):
    """The base type of a value; equal to its name, so `kind == "Tensor"` holds."""

    TENSOR = "Tensor"
    SCALAR = "Scalar"
    INT = "int"
    FLOAT = "float"
    COMPLEX = "complex"
    BOOL = "bool"
    STR = "str"
    SCALAR_TYPE = "ScalarType"
    DEVICE = "Device"
    LAYOUT = "Layout"
    MEMORY_FORMAT = "MemoryFormat"
    GENERATOR = "Generator"
    STORAGE = "Storage"
    STREAM = "Stream"
    QSCHEME = "QScheme"


class _Required(enum.Enum):
    REQUIRED = "REQUIRED"

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required.REQUIRED

_SPELLINGS = {kind.value: kind for kind in Kind} | {
    "SymInt": Kind.INT,
    "SymBool": Kind.BOOL,
    "DeviceIndex": Kind.INT,
}
# Kinds whose default is written as a bare word that names a member, e.g. `contiguous_format`, `long`.
_SYMBOLIC = frozenset({Kind.SCALAR_TYPE, Kind.LAYOUT, Kind.MEMORY_FORMAT, Kind.DEVICE})
_CONSTANTS = {"None": None, "True": True, "False": False, "Mean": 1}
_NUMBER_TYPES = {
    Kind.INT: (int,),
    Kind.FLOAT: (int, float),
    Kind.SCALAR: (int, float, bool),
    Kind.BOOL: (bool,),
    Kind.COMPLEX: (int, float),
    Kind.STR: (str,),
}


@dataclass(frozen=True, slots=True)
class Type:
    """`Tensor(a!)[]?` and the like: a kind, perhaps in a list (of fixed `size`), optional, aliased.

    `optional` is of the whole (`int[1]?`), `optional_elements` of a list's elements (`Tensor?[]`). `symbolic`
    is of SymInt and SymBool.
    """

    kind: Kind
    is_list: bool = False
    size: int | None = None
    optional: bool = False
    optional_elements: bool = False
    alias: str | None = None
    symbolic: bool = False

    def __str__(self) -> str:
        alias = f"({self.alias})" if self.alias is not None else ""
        element = "?" if self.optional_elements else ""
        size = "" if self.size is None else str(self.size)
        brackets = f"[{size}]" if self.is_list else ""
        name = (
            self.kind.value.replace("int", "SymInt").replace("bool", "SymBool")
            if self.symbolic
            else self.kind
        )
        return f"{name}{alias}{element}{brackets}{'?' if self.optional else ''}"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `default` is a Python value, or `REQUIRED`.

    A number given for a list of fixed size is spread over it (`int[2] stride=1` has the default `(1, 1)`); a
    list is a tuple; a dtype, layout or memory format is its name as a str; `Mean` is 1.
    """

    name: str
    type: Type
    default: Any = REQUIRED
    kwarg_only: bool = False

    @property
    def kind(self) -> Kind:
        return self.type.kind

    @property
    def is_list(self) -> bool:
        return self.type.is_list

    @property
    def size(self) -> int | None:
        return self.type.size

    @property
    def optional(self) -> bool:
        return self.type.optional

    @property
    def optional_elements(self) -> bool:
        return self.type.optional_elements

    @property
    def alias(self) -> str | None:
        return self.type.alias

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED

    def default_text(self) -> str:
        """The default as a schema spells it; of a required argument there is none, which is a ValueError."""
        if self.default is REQUIRED:
            raise ValueError(f"argument {self.name!r} has no default")
        return _spell(self.default, self.type)

    def __str__(self) -> str:
        default = "" if self.is_required else f"={self.default_text()}"
        return f"{self.type} {self.name}{default}"


@dataclass(frozen=True, slots=True)
class Return:
    """One output; `name` is None where the schema gives none."""

    type: Type
    name: str | None = None

    @property
    def kind(self) -> Kind:
        return self.type.kind

    @property
    def is_list(self) -> bool:
        return self.type.is_list

    @property
    def alias(self) -> str | None:
        return self.type.alias

    def __str__(self) -> str:
        return f"{self.type}" if self.name is None else f"{self.type} {self.name}"


@dataclass(frozen=True, slots=True)
class Schema:
    """An operator's name, overload name ("" where it has none), arguments in order, and returns in order."""

    name: str
    overload: str
    arguments: tuple[Argument, ...]
    returns: tuple[Return, ...]

    @property
    def positional(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if not argument.kwarg_only)

    @property
    def kwarg_only(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if argument.kwarg_only)

    @property
    def full_name(self) -> str:
        """`sum.dim_IntList`, or `exp` where there is no overload name."""
        return f"{self.name}.{self.overload}" if self.overload else self.name

    def __str__(self) -> str:
        texts = [str(argument) for argument in self.positional]
        if self.kwarg_only:
            texts += ["*", *(str(argument) for argument in self.kwarg_only)]
        returns = ", ".join(str(each) for each in self.returns)
        if len(self.returns) != 1:
            returns = f"({returns})"
        return f"{self.full_name}({', '.join(texts)}) -> {returns}"


def parse(text: str) -> Schema:
    """The schema that `text` spells. ValueError, naming the place, where it is not one."""
    return _parse_parts(text) or _Reader(text).schema()


# NOTE [Parts of a schema]: hundreds of schemas are read at import, and most of their arguments are spelled like
# one seen before, and most of the others are of a type that was. So a text is cut at its commas, and each argument
# and each type is read once. Whatever that does not fit, errors above all, is left to the reader of whole texts.
_PARTS = re.compile(
    r"([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\(([^()]*(?:\([^()]*\)[^()]*)*)\) -> ([^()]*(?:\([^()]*\)[^()]*)*)"
)


def _parse_parts(text: str) -> Schema | None:
    found = _PARTS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    arguments: list[Argument] = []
    kwarg_only = False
    for part in found[3].split(", ") if found[3] else ():
        if part == "*" and not kwarg_only:
            kwarg_only = True
            continue
        argument = _argument(part, kwarg_only)
        if argument is None:
            return None
        if not kwarg_only and argument.is_required and arguments and not arguments[-1].is_required:
            return None
        arguments.append(argument)
    returned = _return(found[4])
    named_last = not kwarg_only or (arguments and arguments[-1].kwarg_only)
    if returned is None or not named_last or len({argument.name for argument in arguments}) < len(arguments):
        return None
    return Schema(found[1], found[2] or "", tuple(arguments), (returned,))


@cache
def _argument(text: str, kwarg_only: bool) -> Argument | None:
    type_text, _, name = text.rpartition(" ")
    if name.isidentifier() and name.isascii():
        type_ = _type(type_text)
        return None if type_ is None else Argument(name, type_, REQUIRED, kwarg_only)
    return _Reader(text).whole(lambda reader: reader._argument(kwarg_only, []))


@cache
def _type(text: str) -> Type | None:
    return _Reader(text).whole(_Reader._type)


@cache
def _return(text: str) -> Return | None:
    return _Reader(text).whole(_Reader._return)


def _spell(default: Any, of: Type) -> str:
    if default is None or isinstance(default, bool):
        return str(default)
    if of.is_list:
        spread = of.size is not None and len(default) == of.size and len(set(default)) == 1
        return repr(default[0]) if spread else f"[{','.join(repr(item) for item in default)}]"
    return default if of.kind in _SYMBOLIC else repr(default)


_Part = TypeVar("_Part")


class _Reader:
    """A recursive-descent reader over one schema's text; `place` is the index of the next character."""

    _NAME = re.compile(r"[A-Za-z_]\w*")
    _ALIAS = re.compile(r"\(([a-z](?:\|[a-z])*!?(?: -> (?:\*|[a-z](?:\|[a-z])*))?)\)")
    _SIZE = re.compile(r"\[(\d*)\]")
    _NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
    _STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise ValueError(f"a schema is a str, not {type(text).__name__}")
        self.text = text
        self.place = 0

    def schema(self) -> Schema:
        self._spaces()
        name = self._match(self._NAME, "an operator name")
        overload = self._match(self._NAME, "an overload name") if self._take(".") else ""
        arguments = self._arguments()
        self._expect("->")
        returns = self._returns()
        if self.place != len(self.text):
            self._fail("the end")
        return Schema(name, overload, arguments, returns)

    def whole(self, read: Callable[[_Reader], _Part]) -> _Part | None:
        """What `read` makes of the text; None unless it is all of it."""
        try:
            part = read(self)
        except ValueError:
            return None
        return part if self.place == len(self.text) else None

    def _arguments(self) -> tuple[Argument, ...]:
        self._expect("(")
        found: list[Argument] = []
        kwarg_only = False
        while not self._take(")"):
            if found or kwarg_only:
                self._expect(",")
            if not kwarg_only and self._take("*"):
                kwarg_only = True
                self._expect(",")
            found.append(self._argument(kwarg_only, found))
        return tuple(found)

    def _argument(self, kwarg_only: bool, earlier: list[Argument]) -> Argument:
        type_ = self._type()
        start = self.place
        name = self._match(self._NAME, "an argument name")
        if any(other.name == name for other in earlier):
            self._fail(f"a name other than {name!r}, which is taken", start)
        default = self._default(type_) if self._take("=") else REQUIRED
        if default is REQUIRED and not kwarg_only and earlier and not earlier[-1].is_required:
            self._fail(f"a default for {name!r}, which follows an argument that has one")
        return Argument(name, type_, default, kwarg_only)

    def _returns(self) -> tuple[Return, ...]:
        if not self._take("("):
            return (self._return(),)
        found: list[Return] = []
        while not self._take(")"):
            if found:
                self._expect(",")
            found.append(self._return())
        return tuple(found)

    def _return(self) -> Return:
        type_ = self._type()
        named = self._NAME.match(self.text, self.place)
        return Return(type_, self._match(self._NAME, "a name") if named else None)

    def _type(self) -> Type:
        start = self.place
        word = self._match(self._NAME, "a type")
        kind = _SPELLINGS.get(word)
        if kind is None:
            self._fail(f"a type, not {word!r}", start)
        alias = self._match(self._ALIAS, "an alias") if self._peek("(") else None
        optional = self._take("?")
        symbolic = word in ("SymInt", "SymBool")
        if not self._peek("["):
            return Type(kind, optional=optional, alias=alias, symbolic=symbolic)
        size = self._match(self._SIZE, "a list size")
        whole = self._take("?")
        return Type(kind, True, int(size) if size else None, whole, optional, alias, symbolic)

    def _default(self, of: Type) -> Any:
        start = self.place
        if self._peek("["):
            value: Any = self._list(of)
        else:
            value = self._value(of)
            if of.size is not None and value is not None:
                value = (value,) * of.size
        fits = of.optional if value is None else isinstance(value, tuple) == of.is_list
        if not fits:
            self._fail(f"a default of type {of}", start)
        return value

    def _list(self, of: Type) -> tuple[Any, ...]:
        self._expect("[")
        found: list[Any] = []
        while not self._take("]"):
            if found:
                self._expect(",")
            found.append(self._value(of))
        return tuple(found)

    def _value(self, of: Type) -> Any:
        start = self.place
        if self._peek("'") or self._peek('"'):
            value = ast.literal_eval(self._match(self._STRING, "a closed string"))
        elif self._NUMBER.match(self.text, self.place):
            value = ast.literal_eval(self._match(self._NUMBER, "a number"))
        else:
            word = self._match(self._NAME, "a default")
            if word in _CONSTANTS:
                value = _CONSTANTS[word]
            elif of.kind in _SYMBOLIC:
                return word
            else:
                self._fail(f"a default of type {of}, not {word!r}", start)
        if value is not None and type(value) not in _NUMBER_TYPES.get(of.kind, ()):
            self._fail(f"a default of type {of}", start)
        return value

    def _spaces(self) -> None:
        while self.place < len(self.text) and self.text[self.place] == " ":
            self.place += 1

    def _peek(self, token: str) -> bool:
        return self.text.startswith(token, self.place)

    def _take(self, token: str) -> bool:
        if not self._peek(token):
            return False
        self.place += len(token)
        self._spaces()
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            self._fail(repr(token))

    def _match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self.text, self.place)
        if found is None:
            self._fail(what)
        self.place = found.end()
        self._spaces()
        return found[1] if pattern.groups else found[0]

    def _fail(self, expected: str, place: int | None = None) -> NoReturn:
        at = self.place if place is None else place
        rest = self.text[at : at + 20] or "the end"
        raise ValueError(
            f"malformed schema {self.text!r}: expected {expected} at column {at + 1}, found {rest!r}"
        )
