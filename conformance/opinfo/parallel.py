"""The scoreboard on several processes, one entry at a time; one that kills its process loses that entry alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError
from functools import lru_cache
from typing import Any

from pebble import ProcessExpired, ProcessPool

from ..known import read_known
from ..subjects import load_subject
from .checks import BY_NAME
from .entry import Entry, read_table
from .scoreboard import ERROR_TEXT, ERROR_TYPE, Board, Score
from .typical import sample_record

PATIENCE = 120.0  # seconds for an entry


@lru_cache(1)
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
    with ProcessPool(max_workers=workers) as pool:
        waiting = [
            (table[at], pool.schedule(scores_of, (reference, subject, at, checks, dtypes), timeout=PATIENCE))
            for at in places
        ]
        for entry, future in waiting:
            try:
                yield entry, future.result()
            except (ProcessExpired, TimeoutError, RuntimeError) as error:
                print(f"{entry.id}: lost: {error}", file=sys.stderr)
                lost = Score(entry.id, checks[0], "any", differ=1)
                lost.signatures[f"{entry.id}|process|lost|none"] += 1
                yield entry, [lost]


def sample_of(reference: str, subject: str, place: int) -> dict[str, Any] | None:
    """The record of a typical sample of the entry at a place of the table."""
    one = board(reference, subject).whole
    return sample_record(read_table()[place], one.reference, one.subject)


def sample_records(
    reference: str, subject: str, places: Sequence[int], workers: int
) -> Iterator[dict[str, Any]]:
    """A typical sample of each entry that has one, in the order of the table."""
    with ProcessPool(max_workers=workers) as pool:
        waiting = [pool.schedule(sample_of, (reference, subject, at), timeout=PATIENCE) for at in places]
        for at, future in zip(places, waiting, strict=True):
            try:
                record = future.result()
            except (ProcessExpired, TimeoutError) as error:
                print(f"{read_table()[at].id}: no sample: {error}", file=sys.stderr)
                continue
            if record is not None:
                yield record
