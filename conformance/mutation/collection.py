"""All mutants: by rule, of rows and messages, and by hand."""

from __future__ import annotations

from functools import cache

from .edit import hand_mutants
from .message import message_mutants
from .mutant import Mutant
from .rows import row_mutants


@cache
def mutants() -> dict[str, Mutant]:
    """Every mutant by its name; the library is imported for it."""
    return {one.name: one for one in (*row_mutants(), *message_mutants(), *hand_mutants())}
