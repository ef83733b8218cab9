"""How many mutants were caught, by what they get wrong, and the names of those that were not."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from .equivalent import EQUIVALENT
from .hunt import Verdict
from .mutant import Family

HEADERS = ("what is wrong", "mutants", "caught", "share", "programs until then")


def missed(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that survived though a program could tell them."""
    return [one for one in verdicts if not one.caught and one.mutant not in EQUIVALENT]


def score(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as text; those that are equivalent to the library are told apart, and do not count."""
    counted = [one for one in verdicts if one.caught or one.mutant not in EQUIVALENT]
    rows = [row(family, [one for one in counted if one.family == family]) for family in Family]
    table = tabulate([*(one for one in rows if one), row("all", counted)], HEADERS, disable_numparse=True)
    lines = [
        table,
        *(
            f"survived, {one.concerned:,} of {one.programs:,} programs concerned: {one.mutant}"
            for one in missed(verdicts)
        ),
    ]
    same = [one.mutant for one in verdicts if not one.caught and one.mutant in EQUIVALENT]
    return "\n".join([*lines, *(f"equivalent: {name}: {EQUIVALENT[name]}" for name in same)])


def row(name: str, verdicts: Sequence[Verdict]) -> list[str]:
    """One family, or all: how many, how many of them caught, and the median of the programs that took."""
    if not verdicts:
        return []
    needed = sorted(one.programs for one in verdicts if one.caught)
    share = len(needed) / len(verdicts)
    half = f"{needed[len(needed) // 2]:,}" if needed else ""
    return [name, str(len(verdicts)), str(len(needed)), f"{share:.1%}", half]
