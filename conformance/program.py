"""A program is data: a name, its origin and typed statements; JSON both ways, and it prints itself."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .document import DocumentError, content, decode, shown
from .file import write_whole
from .statements import ProgramError, Statement, from_json, to_json
from .statements.argument import whole_numbers
from .statements.statement import arguments_in

FORMAT = 1
LARGEST = 1 << 26  # bytes of a file
LONGEST_NAME = 200
MOST_ELEMENTS = 1 << 24


@dataclass(frozen=True, slots=True)
class Program:
    """A list of statements to run in order on any library that has torch's public API."""

    name: str
    statements: tuple[Statement, ...]
    origin: str = "written"
    seed: int | None = None

    def flat(self) -> Iterator[Statement]:
        """All statements, nested ones after the one that holds them."""
        for statement in self.statements:
            yield from statement.flat()

    def lines(self) -> list[str]:
        """The statements as Python lines, with `torch` as the library's name."""
        return [line for statement in self.statements for line in statement.lines()]

    def definitions(self) -> list[str]:
        """Definitions that the lines need (hook bodies, Functions), each once."""
        return list(dict.fromkeys(text for statement in self.statements for text in statement.definitions()))

    def listing(self) -> str:
        """What a person would read of it: the definitions that it needs, and its lines."""
        return "\n\n\n".join([*self.definitions(), "\n".join(self.lines())])

    def source(self, library: str = "torch") -> str:
        """A script that runs the program under `library`."""
        lines = self.lines()
        text = "\n".join([*lines, *self.definitions()])
        alias = "import torch" if library == "torch" else f"import {library} as torch"
        modules = ("contextlib", "copy", "numpy", "operator", "pickle", "threading")
        needed = [name for name in modules if f"{name}." in text]
        parts = ["\n".join([*(f"import {name}" for name in needed), alias])]
        parts += self.definitions()
        if "events" in text:
            lines = ["events = []", *lines]
        return "\n\n\n".join([*parts, "\n".join(lines)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """The program as JSON data."""
        record: dict[str, Any] = {"format": FORMAT, "name": self.name, "origin": self.origin}
        if self.seed is not None:
            record["seed"] = self.seed
        return {**record, "statements": [to_json(statement) for statement in self.statements]}


def program_from_json(record: Any, where: str = "program") -> Program:
    """The program that JSON data stands for; ProgramError naming `where`, the statement and the cause."""
    if not isinstance(record, Mapping):
        raise ProgramError(f"{where}: a program is an object, got {type(record).__name__}")
    if record.get("format") != FORMAT or record["format"] is True:
        raise ProgramError(f"{where}: format {shown(record.get('format'))} is not {FORMAT}")
    for field, kinds in (("name", str), ("origin", str), ("statements", list), ("seed", int | None)):
        if not isinstance(record.get(field), kinds):
            raise ProgramError(f"{where}: the field {field!r} is missing or of a wrong type")
    unknown = sorted(set(record) - {"format", "name", "origin", "statements", "seed"})
    if unknown:
        raise ProgramError(f"{where}: a program has no field {shown(unknown[0])}")
    for field in ("name", "origin"):
        if not record[field].isprintable() or len(record[field]) > LONGEST_NAME:
            raise ProgramError(f"{where}: the field {field!r} is no name: {shown(record[field])}")
    statements = tuple(
        from_json(item, f"{where}: statement {place}") for place, item in enumerate(record["statements"])
    )
    check_names(statements, where)
    check_sizes(statements, where)
    check_text(statements, where)
    return Program(record["name"], statements, record["origin"], record.get("seed"))


def check_names(statements: tuple[Statement, ...], where: str = "program") -> None:
    """ProgramError when a statement reads a name that no earlier statement binds."""
    bound: set[str] = set()
    for place, statement in enumerate(statements):
        missing = [name for name in statement.reads() if name not in bound]
        if missing:
            raise ProgramError(
                f"{where}: statement {place}: {statement.kind} reads {missing[0]!r} before it is bound"
            )
        bound.update(statement.writes())


def check_text(statements: tuple[Statement, ...], where: str = "program") -> None:
    """ProgramError when a statement is none that could be written down: an operator without operands, for one."""
    for place, statement in enumerate(statements):
        try:
            statement.lines()
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise ProgramError(
                f"{where}: statement {place}: {statement.kind} cannot be written: {error}"
            ) from None


def check_sizes(statements: tuple[Statement, ...], where: str = "program") -> None:
    """ProgramError when a statement has numbers among its arguments that as sizes ask for more than a program may."""
    for place, statement in enumerate(statements):
        for name, argument in arguments_in(statement):
            count = math.prod(size for size in whole_numbers(argument) if size > 1)
            if count > MOST_ELEMENTS:
                raise ProgramError(
                    f"{where}: statement {place}: {name}: {count:.3g} elements, {MOST_ELEMENTS:,} are the most"
                    if count < 1e300
                    else f"{where}: statement {place}: {name}: more than {MOST_ELEMENTS:,} elements"
                )


def read_program(path: Path | str) -> Program:
    """The program in a JSON file; ProgramError naming the file and the cause when it is not one."""
    path = Path(path)
    try:
        data = content(path)
        if len(data) > LARGEST:
            raise DocumentError(f"is too large for a program: {len(data):,} bytes")
        record = decode(data)
    except DocumentError as error:
        raise ProgramError(f"{path}: {error}") from None
    return program_from_json(record, str(path))


def write_program(program: Program, path: Path | str) -> None:
    """Write a program as a JSON file, one statement a line; OutputError when that fails."""
    record = program.to_json()
    statements = record.pop("statements")
    head = json.dumps(record)[:-1]
    body = ",\n".join("  " + json.dumps(statement) for statement in statements)
    write_whole(Path(path), f'{head}, "statements": [\n{body}\n]}}\n')
