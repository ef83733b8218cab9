"""Mutants by hand: a function whose text is another.

They are listed in `hand/`, by concepts of autograd: a table for each place in the library, and in it, under what each
gets wrong, its family, a text that is in the source of the function once, and what is put for it. The code of the
function itself is exchanged, so that it is wrong for everybody who has it, under whatever name.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import inspect
import textwrap
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType

from ..statements import ProgramError
from .library import function_at
from .mutant import Family, Mutant

FOLDER = Path(__file__).parent / "hand"


def hand_mutants() -> Iterator[Mutant]:
    """All mutants by hand; ProgramError naming the file and the place of one that is malformed."""
    for path in sorted(FOLDER.glob("*.toml")):
        for place, changes in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for name, change in changes.items():
                try:
                    family, old, new = change
                    put = partial(edited_at, place, old, new)
                    yield Mutant(f"{place} {name}", Family(family), put, (place,))
                except ValueError as error:
                    raise ProgramError(f"{path}: {place} {name}: {error}") from None


def edited_at(place: str, old: str, new: str) -> contextlib.AbstractContextManager[None]:
    return edited(function_at(place), old, new)


@contextlib.contextmanager
def edited(function: FunctionType, old: str, new: str) -> Iterator[None]:
    """Inside, ``function`` is as if ``new`` stood in its source for ``old``, which must be there exactly once."""
    before = function.__code__
    function.__code__ = changed(function, old, new)
    try:
        yield
    finally:
        function.__code__ = before


def changed(function: FunctionType, old: str, new: str) -> CodeType:
    """The code of the changed source; LookupError where the text is not there, or not once."""
    source = inspect.getsource(function)
    if source.count(old) != 1:
        raise LookupError(f"{function.__qualname__}: {old!r} is there {source.count(old)} times, not once")
    return compiled(function, source.replace(old, new))


def compiled(function: FunctionType, source: str, first: str = "") -> CodeType:
    """The code that ``function`` has with another source, and with statements that come ``first``."""
    tree = ast.parse(textwrap.dedent(source))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    definition.body[:0] = ast.parse(first).body
    free = function.__code__.co_freevars
    if free:  # they are told from global names by a function around it that has them
        around = ast.parse(f"def around({', '.join(free)}):\n    return {definition.name}")
        outer = around.body[0]
        assert isinstance(outer, ast.FunctionDef)
        outer.body.insert(0, definition)
        tree = around
    ast.increment_lineno(tree, function.__code__.co_firstlineno - 1)
    flags = __future__.annotations.compiler_flag
    module = compile(tree, function.__code__.co_filename, "exec", flags, dont_inherit=True)
    return code_of(module, definition.name)


def code_of(code: CodeType, name: str) -> CodeType:
    """The code of the function ``name`` that ``code`` defines, perhaps inside another."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    found = [one for one in inner if one.co_name == name]
    return found[0] if found else code_of(inner[0], name)
