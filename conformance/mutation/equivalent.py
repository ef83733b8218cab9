"""Mutants that no program can tell from the library, each with the reason why."""

EQUIVALENT: dict[str, str] = {}
