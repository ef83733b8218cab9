"""`ops`: how many of the ops that torch tests itself by a library has, and how many of their samples agree."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..placement import CPU
from ..placement import sides as placed_sides
from ..public import names_record
from ..records import write_records
from ..subjects import load_subject
from .option import Subparsers, add_sides, output, placed, positive
from .status import ExitStatus

if TYPE_CHECKING:
    from ..opinfo.scoreboard import Score


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("ops", help="the ops of torch's own tests: how many of their samples agree")
    parser.add_argument("entries", nargs="?", default="", help="a pattern that names of entries begin with")
    add_sides(parser, device=True)
    parser.add_argument("--family", help="one family of entries alone")
    parser.add_argument("--check", action="append", help="one check alone; may be given several times")
    parser.add_argument("--dtype", action="append", help="one dtype alone; may be given several times")
    parser.add_argument("--workers", type=positive, default=2, help="processes")
    parser.add_argument("--list", action="store_true", help="tell of each score that is not whole")
    parser.add_argument(
        "--time", action="store_true", help="time them, forward and backward, and nothing else"
    )
    parser.add_argument(
        "--behind", action="store_true", help="write the list of what tests expect to differ, from a full run"
    )
    parser.add_argument(
        "--known", action="store_true", help="what that list names is known, and no difference"
    )
    parser.add_argument(
        "--copies", action="store_true", help="on a device: what reads back to the host, and nothing else"
    )
    parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
    parser.set_defaults(run=ops)


def ops(options: argparse.Namespace) -> ExitStatus:
    """Print the scoreboard; a sample that differs, or an entry that the subject lacks, is a difference."""
    from ..opinfo.behind import read_behind, write_behind
    from ..opinfo.entry import TableError, read_table
    from ..opinfo.family import family
    from ..opinfo.parallel import sample_records
    from ..opinfo.placed import table as placed_table
    from ..opinfo.scoreboard import NAMES, table

    unknown = sorted(set(options.check or ()) - set(NAMES))
    if unknown:
        raise TableError(f"no check {unknown[0]!r}; there are {', '.join(NAMES)}")
    entries = read_table()
    places = [
        at
        for at, entry in enumerate(entries)
        if re.match(options.entries, entry.id) and options.family in (None, family(entry.id))
    ]
    if not places:
        raise TableError(f"no entry begins with {options.entries!r} in that family")
    given = options.reference, options.subject
    sides = placed_sides(*given, options.device)
    placed(options)
    if options.copies:
        return copies(options, sides[1], [entries[at] for at in places])
    if options.time:
        return time(options, [entries[at] for at in places])
    checks = options.check or NAMES
    beside = scores_of(options, given, places, checks) if options.device != CPU else []
    scores = scores_of(options, sides, places, checks, options.list)
    print(table(scores) if not beside else placed_table(beside, scores))
    if options.behind:
        if options.entries or options.family or options.check or options.dtype or beside:
            raise TableError("the list of what is behind is that of a full run on the cpu")
        print(f"{write_behind(scores):,} scores are behind", file=sys.stderr)
    if options.json is not None:
        names = names_record(*(load_subject(side).module for side in given))
        samples = sample_records(*given, places, options.workers)
        write_records(options.json, [*(one.record() for one in (*beside, *scores)), *samples, names])
    if beside:
        return beside_cpu(options, beside, scores)
    known = read_behind() if options.known else frozenset()
    whole = all(one.passed or (one.entry, one.check, one.dtype) in known for one in scores if one.told)
    if not whole and not options.list:
        print("`--list` names what differs", file=sys.stderr)
    return ExitStatus.AGREE if whole else ExitStatus.DIFFER


def scores_of(
    options: argparse.Namespace,
    sides: tuple[str, str],
    places: list[int],
    checks: Sequence[str],
    listed: bool = False,
) -> list[Score]:
    """All scores of two libraries, each that is not whole told if it is to be listed."""
    from ..opinfo.parallel import run_board

    scores: list[Score] = []
    for _, found in run_board(*sides, places, checks, options.dtype, options.workers):
        scores += found
        for one in found if listed else ():
            if one.told and not one.passed:
                print(line(one), flush=True)
    return scores


def beside_cpu(options: argparse.Namespace, cpu: list[Score], device: list[Score]) -> ExitStatus:
    """Print what a device keeps of what is whole on the CPU; all that it loses is a difference."""
    from ..opinfo.placed import kept, lost

    missing = lost(cpu, device)
    print(kept(cpu, device).line(device[0].device if device else options.device))
    drawn = sum(one.drawn for one in device)
    if drawn:
        print(
            f"in {drawn:,} samples numbers were drawn there, and compared as samples of a distribution only"
        )
    if missing and not options.list:
        print("`--list` names what differs", file=sys.stderr)
    return ExitStatus.DIFFER if missing else ExitStatus.AGREE


def copies(options: argparse.Namespace, subject: str, entries: list[Any]) -> ExitStatus:
    """Print which entries read back from a device although torch does not wait for it there."""
    from ..opinfo.copies import CopyCount, readings, table

    found: list[CopyCount] = list(readings(entries, load_subject(subject)))
    print(table(found))
    if options.json is not None:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.DIFFER if any(one.hidden for one in found) else ExitStatus.AGREE


def time(options: argparse.Namespace, entries: list[Any]) -> ExitStatus:
    """Print how long entries take beside the reference."""
    from ..opinfo.pace import paces, table

    sides = load_subject(options.reference), load_subject(options.subject)
    found = []
    for done, one in enumerate(paces(entries, sides[0].module, sides[1].module), 1):
        if one is not None:
            found.append(one)
            print(f"{done} of {len(entries)}: {one.entry} {one.ratio:.2f}", file=sys.stderr)
    print(table(found))
    if options.json is not None:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.AGREE


def line(score: Score) -> str:
    """One score, as a line."""
    head = f"{score.entry} {score.check} {score.dtype}:"
    if score.unsupported is not None:
        return f"{head} lacks {score.unsupported}"
    first = ", ".join(f"{count} x {signature}" for signature, count in score.signatures.most_common(3))
    return f"{head} {score.differ} of {score.agree + score.differ} differ: {first}, as {score.examples[0]}"
