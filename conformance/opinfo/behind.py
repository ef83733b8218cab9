"""What the library does not do yet of the table, by name: an entry, a check and a dtype on a line.

Tests expect just these to fail: one that passes is taken out of the list, and one that fails anew is a fault.
`python -m conformance ops --behind` writes the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..file import write_whole
from .scoreboard import Score

LIST = Path(__file__).with_name("behind.txt")


def read_behind(path: Path = LIST) -> frozenset[tuple[str, str, str]]:
    """Entry, check and dtype of each score that is not whole."""
    found = []
    for line in path.read_text().splitlines():
        entry, dtype, checks = line.split("\t")
        found += [(entry, check, dtype) for check in checks.split(", ")]
    return frozenset(found)


def write_behind(scores: Iterable[Score], path: Path = LIST) -> int:
    """Write what is not whole of a full run; how many scores that are."""
    checks: dict[tuple[str, str], list[str]] = {}
    for one in scores:
        if one.told and not one.passed:
            checks.setdefault((one.entry, one.dtype), []).append(one.check)
    lines = [f"{entry}\t{dtype}\t{', '.join(names)}\n" for (entry, dtype), names in sorted(checks.items())]
    write_whole(path, "".join(lines))
    return sum(map(len, checks.values()))
