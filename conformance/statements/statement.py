"""What every kind of statement is: data that runs itself, prints itself, and says what it reads and binds.

A kind is one frozen dataclass with a `kind` name; JSON, names and renaming are derived from its field types.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NewType, Self

from ..document import shown
from . import argument as arguments
from .error import ProgramError

Name = NewType("Name", str)  # a name that the statement reads
Output = NewType("Output", str)  # a name that the statement binds
Events = list[tuple[str, Any]]  # what hooks saw, in order: (label, copy of what they were given)

KINDS: dict[str, type[Statement]] = {}


class Statement:
    """One step of a program. Subclasses are frozen slotted dataclasses with a `kind`."""

    __slots__ = ("_read",)  # what `reads` found
    kind: ClassVar[str]
    _read: tuple[str, ...]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            KINDS[cls.kind] = cls  # a slotted dataclass is made twice; the second is the one that stays

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        """Run on the library `lib`, bind outputs in `env`, and return what the call returned."""
        raise NotImplementedError

    def lines(self) -> list[str]:
        """The Python lines a person would write, with `torch` as the library's name."""
        raise NotImplementedError

    def definitions(self) -> list[str]:
        """Definitions that the lines need, each a text to print once above them."""
        return [text for body in self.blocks() for inner in body for text in inner.definitions()]

    @property
    def label(self) -> str:
        """The op or statement name used in signatures and counts."""
        return self.kind

    @property
    def writes_memory(self) -> bool:
        """Whether running it may change tensors other than those it binds."""
        return True

    @property
    def differentiates(self) -> bool:
        """Whether what it gives may come of derivatives: NOTE [Births]."""
        return any(inner.differentiates for body in self.blocks() for inner in body)

    @property
    def writes_untold(self) -> bool:
        """Whether it writes to the memory of tensors that it does not read and whose version does not tell."""
        return any(inner.writes_untold for body in self.blocks() for inner in body)

    def blocks(self) -> list[tuple[Statement, ...]]:
        """The statements nested in this one, body by body."""
        return []

    def flat(self) -> Iterator[Statement]:
        """This statement and all that are nested in it, in order."""
        yield self
        for body in self.blocks():
            for inner in body:
                yield from inner.flat()

    def simpler(self) -> Iterator[Statement]:
        """Simplified variants, boldest first."""
        return iter(())

    def reads(self) -> tuple[str, ...]:
        """Names that must be bound before it runs."""
        try:
            return self._read
        except AttributeError:
            inside = self._bound_inside()
            names = tuple(name for name in self._named(Name) if name not in inside)
            object.__setattr__(self, "_read", names)
            return names

    def writes(self) -> tuple[str, ...]:
        """Names that it binds."""
        return tuple(self._named(Output))

    def renamed(self, mapping: Mapping[str, str]) -> Self:
        """The same statement with names, read and bound, replaced by what `mapping` says."""
        hints = hints_of(type(self))
        changes = {name: _rename(getattr(self, name), hint, mapping) for name, hint in hints.items()}
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]

    def _named(self, sort: Any) -> dict[str, None]:
        """The names of one sort among the fields, each once, in order."""
        found: dict[str, None] = {}
        for field, hint in fields_with(type(self), sort):
            value = getattr(self, field)
            if hint is sort:
                found[value] = None
            elif value:
                found.update(dict.fromkeys(_names(value, hint, sort)))
        return found

    def _bound_inside(self) -> set[str]:
        return {name for body in self.blocks() for inner in body for name in inner.writes()}


_HINTS: dict[type, dict[str, Any]] = {}


def hints_of(kind: type[Statement]) -> dict[str, Any]:
    """The resolved type of each field of a kind, in order."""
    hints = _HINTS.get(kind)
    if hints is None:
        resolved = typing.get_type_hints(kind)
        hints = {field.name: resolved[field.name] for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
        _HINTS[kind] = hints
    return hints


_FIELDS: dict[tuple[type, Any], tuple[tuple[str, Any], ...]] = {}


def fields_with(kind: type[Statement], sort: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a kind that may hold names of a sort, with their types."""
    fields = _FIELDS.get((kind, sort))
    if fields is None:
        fields = tuple((name, hint) for name, hint in hints_of(kind).items() if _may_hold(hint, sort))
        _FIELDS[kind, sort] = fields
    return fields


def _may_hold(hint: Any, sort: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Statement):
        return True
    return (
        hint is sort
        or (hint is Any and sort is Name)
        or any(_may_hold(one, sort) for one in typing.get_args(hint))
    )


# --- walking a field by its type --------------------------------------------------------------------------


def _names(value: Any, hint: Any, sort: Any) -> Iterator[str]:
    if value is None:
        return
    if hint is sort:
        yield value
    elif hint is Any:
        if sort is Name:
            yield from arguments.names(value)
    elif isinstance(value, Statement):
        yield from value.reads() if sort is Name else value.writes()
    elif isinstance(value, tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names(item, _hint_inside(value, hint), sort)
    elif _is_union(hint):
        for option in typing.get_args(hint):
            if option is sort and isinstance(value, str):
                yield value


def _rename(value: Any, hint: Any, mapping: Mapping[str, str]) -> Any:
    if value is None:
        return None
    if hint is Any:
        return arguments.rename(value, mapping)
    if isinstance(value, Statement):
        return value.renamed(mapping)
    if isinstance(value, tuple):
        return tuple(_rename(item, _hint_inside(value, hint), mapping) for item in value)
    if isinstance(value, dict):
        return {key: _rename(item, _hint_inside(value, hint), mapping) for key, item in value.items()}
    options = typing.get_args(hint) if _is_union(hint) else (hint,)
    if isinstance(value, str) and (Name in options or Output in options):
        return mapping.get(value, value)
    return value


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _hint_inside(value: Any, hint: Any) -> Any:
    """The type of the items of a tuple or dict, whose own type may be one option of a union."""
    return _items_of(hint, tuple if isinstance(value, tuple) else dict)


@functools.cache
def _items_of(hint: Any, origin: type) -> Any:
    for option in typing.get_args(hint) if _is_union(hint) else (hint,):
        if typing.get_origin(option) is origin:
            return typing.get_args(option)[0 if origin is tuple else 1]
    return Any


# --- JSON -------------------------------------------------------------------------------------------------


def to_json(statement: Statement) -> dict[str, Any]:
    """JSON of a statement; fields that have their default are left out."""
    record: dict[str, Any] = {"kind": statement.kind}
    for field in dataclasses.fields(statement):  # type: ignore[arg-type]
        value = getattr(statement, field.name)
        if not _same(value, _default(field)):
            record[field.name] = _encode(value, hints_of(type(statement))[field.name])
    return record


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default


def _encode(value: Any, hint: Any) -> Any:
    if hint is Any:
        return arguments.encode(value)
    if isinstance(value, Statement):
        return to_json(value)
    if isinstance(value, tuple):
        return [_encode(item, _hint_inside(value, hint)) for item in value]
    if isinstance(value, dict):
        return {key: _encode(item, _hint_inside(value, hint)) for key, item in value.items()}
    return value


def from_json(record: Any, where: str) -> Statement:
    """The statement that a JSON object stands for; ProgramError naming `where` and the cause otherwise."""
    if not isinstance(record, dict):
        raise ProgramError(f"{where}: a statement is an object, got {type(record).__name__}")
    named = record.get("kind")
    kind = KINDS.get(named) if isinstance(named, str) else None
    if kind is None:
        raise ProgramError(f"{where}: unknown kind {shown(named)}, expected one of {sorted(KINDS)}")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(record) - set(fields) - {"kind"})
    if unknown:
        raise ProgramError(
            f"{where}: {kind.kind} has no field {shown(unknown[0])}, expected one of {sorted(fields)}"
        )
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in record:
            values[name] = _decode(record[name], hints_of(kind)[name], f"{where}: {kind.kind}.{name}")
        elif _default(field) is dataclasses.MISSING:
            raise ProgramError(f"{where}: {kind.kind} needs the field {name!r}")
    try:
        return kind(**values)
    except ProgramError as error:
        raise ProgramError(f"{where}: {error}") from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ProgramError(f"{where}: {kind.kind} is malformed: {error}") from None


def arguments_in(statement: Statement) -> Iterator[tuple[str, Any]]:
    """What a statement passes to calls, and what those in it do: a name for each, and the arguments of one call."""
    for inner in nested(statement):
        hints = hints_of(type(inner))
        passed = [getattr(inner, name) for name, hint in hints.items() if _may_hold(hint, Any)]
        if passed:
            yield inner.label, [list(one.values()) if isinstance(one, dict) else one for one in passed]


def nested(statement: Statement) -> Iterator[Statement]:
    """The statement and all statements that any of its fields holds."""
    yield statement
    for name in hints_of(type(statement)):
        value = getattr(statement, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Statement):
                yield from nested(one)


def _decode(value: Any, hint: Any, where: str) -> Any:
    if hint is Any:
        return arguments.decode(value, where)
    if _is_union(hint):
        return _decode_union(value, typing.get_args(hint), where)
    origin = typing.get_origin(hint)
    if origin is tuple and isinstance(value, list):
        inner = typing.get_args(hint)[0]
        return tuple(_decode(item, inner, f"{where}[{place}]") for place, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        for key in value:
            if not arguments.is_key(key):
                raise ProgramError(f"{where}: {shown(key)} is no name of an argument")
        return {key: _decode(item, inner, f"{where}[{key!r}]") for key, item in value.items()}
    if hint is Statement:
        return from_json(value, where)
    if hint in (Name, Output) and arguments.is_name(value):
        return value
    if hint is type(value) and hint in (str, int, bool):
        return value
    raise ProgramError(f"{where}: expected {_hint_text(hint)}, got {shown(value)}")


def _decode_union(value: Any, options: tuple[Any, ...], where: str) -> Any:
    for option in options:
        if option is type(None):
            if value is None:
                return None
            continue
        try:
            return _decode(value, option, where)
        except ProgramError:
            continue
    raise ProgramError(f"{where}: expected {' or '.join(map(_hint_text, options))}, got {shown(value)}")


def _hint_text(hint: Any) -> str:
    if typing.get_origin(hint) is tuple:
        return f"a list of {_hint_text(typing.get_args(hint)[0])}"
    return getattr(hint, "__name__", str(hint))
