"""Messages: each that more than one place raises, with one letter that is another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from types import FunctionType

from .library import function_at, part
from .mutant import Family, Mutant


def message_mutants() -> Iterator[Mutant]:
    """A mutant for each function of ``errors``."""
    errors = part("errors")
    for name, function in vars(errors).items():
        if isinstance(function, FunctionType) and function.__module__ == errors.__name__:
            place = f"errors:{name}"
            put = partial(reworded_at, place)
            yield Mutant(f"{place} says it otherwise", Family.MESSAGE, put, (place,))


def reworded_at(place: str) -> contextlib.AbstractContextManager[None]:
    return reworded(function_at(place))


@contextlib.contextmanager
def reworded(function: FunctionType) -> Iterator[None]:
    """Inside, what ``function`` says has another first letter where it has words."""
    before = function.__code__
    words = [
        one for one in before.co_consts if isinstance(one, str) and " " in one and one != function.__doc__
    ]
    said = {words[0]: words[0][:-1] + chr(ord(words[0][-1]) + 1)}
    function.__code__ = before.replace(
        co_consts=tuple(said.get(one, one) if isinstance(one, str) else one for one in before.co_consts)
    )
    try:
        yield
    finally:
        function.__code__ = before
