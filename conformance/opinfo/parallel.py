"""The scoreboard on several processes, one entry at a time; one that kills its process loses that entry alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from ..campaign.executor import processes
from ..crew import Crew
from ..fork import Lost
from ..known import read_known
from ..memory import reserves
from ..subjects import load_subject
from .checks import BY_NAME
from .entry import Entry, read_table
from .scoreboard import ERROR_TEXT, ERROR_TYPE, Board, Score
from .typical import sample_record

PATIENCE = 120.0  # seconds for an entry


@lru_cache(2)  # the CPU's and a device's
def board(reference: str, subject: str) -> Board:
    """The two libraries of this process."""
    accepted = frozenset(known.signature for known in read_known())
    return Board(load_subject(reference), load_subject(subject), accepted)


def scores_of(
    reference: str, subject: str, place: int, checks: Sequence[str], dtypes: Sequence[str] | None
) -> list[Score]:
    """The scores of the entry at a place of the table."""
    entry, one = read_table()[place], board(reference, subject)
    found = list(one.scores(entry, [BY_NAME[name] for name in checks if name in BY_NAME], dtypes))
    if {ERROR_TYPE, ERROR_TEXT} & set(checks):
        found += one.errors(entry)
    return found


def scores_on_both(
    cpu: tuple[str, str], device: tuple[str, str], place: int, dtypes: Sequence[str] | None
) -> tuple[list[Score], list[Score]]:
    """The scores of an entry on the CPU and on a device."""
    checks = [*BY_NAME, ERROR_TYPE, ERROR_TEXT]
    return scores_of(*cpu, place, checks, dtypes), scores_of(*device, place, checks, dtypes)


def run_board(
    reference: str,
    subject: str,
    places: Sequence[int],
    checks: Sequence[str],
    dtypes: Sequence[str] | None,
    workers: int,
) -> Iterator[tuple[Entry, list[Score]]]:
    """The scores of entries, in the order of the table."""
    table = read_table()
    calls = [(reference, subject, at, checks, dtypes) for at in places]
    for at, found in zip(places, crew(subject, workers).results(scores_of, calls), strict=True):
        entry = table[at]
        if isinstance(found, Lost | RuntimeError):
            print(f"{entry.id}: lost: {found}", file=sys.stderr)
            lost = Score(entry.id, checks[0], "any", differ=1)
            lost.signatures[f"{entry.id}|process|lost|none"] += 1
            found = [lost]
        elif isinstance(found, Exception):
            raise found
        yield entry, found


def crew(subject: str, workers: int) -> Crew:
    """The processes, which are copies of this one where there is no context of a GPU that they could not have."""
    return Crew(processes(fresh=reserves(load_subject(subject))), workers, PATIENCE)


def sample_of(reference: str, subject: str, place: int) -> dict[str, Any] | None:
    """The record of a typical sample of the entry at a place of the table."""
    one = board(reference, subject).whole
    return sample_record(read_table()[place], one.reference, one.subject)


def sample_records(
    reference: str, subject: str, places: Sequence[int], workers: int
) -> Iterator[dict[str, Any]]:
    """A typical sample of each entry that has one, in the order of the table."""
    calls = [(reference, subject, at) for at in places]
    for at, found in zip(places, crew(subject, workers).results(sample_of, calls), strict=True):
        if isinstance(found, Lost):
            print(f"{read_table()[at].id}: no sample: {found}", file=sys.stderr)
        elif isinstance(found, Exception):
            raise found
        elif found is not None:
            yield found
