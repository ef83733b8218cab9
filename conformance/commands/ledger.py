"""`ledger`: the differences of several runs by signature, and whether every accepted one is still there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from ..document import one_line
from ..known import KNOWN, read_known
from ..ledger import Entry, State, run_folders, seen, unmatched
from ..ledger import ledger as entered
from ..records import write_records
from ..summary import console
from .option import Subparsers, output
from .status import ExitStatus

STYLES = {State.NEW: "red", State.KNOWN: "yellow", State.FIXED: "green"}


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("ledger", help="the differences of several runs by signature")
    parser.add_argument(
        "folders", type=Path, nargs="+", metavar="RUN", help="run folders, or folders of them"
    )
    parser.add_argument("--known", type=Path, default=KNOWN, help="the file of accepted differences")
    parser.add_argument(
        "--strict", action="store_true", help="fail for accepted differences that no run has seen"
    )
    parser.add_argument("--json", type=output, help="a file to write the entries to, one a line")
    parser.set_defaults(run=ledger)


def ledger(options: argparse.Namespace) -> ExitStatus:
    """Print the ledger of some runs."""
    known = read_known(options.known)
    entries = entered([seen(folder) for folder in run_folders(options.folders)], known)
    screen = console()
    screen.print(table(entries) if entries else "No run has seen a difference.")
    if options.json is not None:
        write_records(options.json, (entry.record() for entry in entries))
    lost = unmatched(entries, known) if options.strict else []
    for one in lost:
        print(f"conformance: {options.known}: no run has seen {one_line(one.signature)}", file=sys.stderr)
    new = any(entry.state is State.NEW for entry in entries)
    return ExitStatus.DIFFER if new or lost else ExitStatus.AGREE


def table(entries: Sequence[Entry]) -> Table:
    """A row for each signature; the libraries are named where there are several."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    several = len({entry.pair for entry in entries}) > 1
    made.add_column("state")
    made.add_column("signature", overflow="fold")
    for header in ("first seen", "last seen", *(["libraries"] if several else [])):
        made.add_column(header, overflow="fold")
    made.add_column("programs", justify="right", overflow="fold")
    for entry in entries:
        told = [entry.signature, entry.first, entry.last, *([" beside ".join(entry.pair)] if several else [])]
        programs = " ".join(f"{count:,}" for count in entry.programs.values())
        made.add_row(
            entry.state, *(Text(one_line(text)) for text in told), programs, style=STYLES[entry.state]
        )
    return made
