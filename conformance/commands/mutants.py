"""`mutants`: wrong versions of the library, and which of them drawn programs tell from torch."""

from __future__ import annotations

import argparse
import os
import sys
import time

from ..campaign.plan import Plan
from ..mutation.collection import mutants
from ..mutation.hunt import Hunt, Verdict
from ..mutation.library import load_plain
from ..mutation.mutant import Mutant
from ..mutation.score import missed, score
from ..records import RunError, write_records
from .option import Subparsers, count, output, positive
from .status import ExitStatus

PATIENCE = 20.0  # seconds a program may take: a wrong library may go on for ever
EVERY = 10.0  # seconds between lines


def add(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "mutants", help="put wrong versions into the library and see which are caught"
    )
    parser.add_argument("--programs", type=positive, default=2000, help="how many programs each may survive")
    parser.add_argument("--seed", type=count, default=0, help="where the stream of programs starts")
    parser.add_argument("--corpus", action="store_true", help="run the programs of the corpus first")
    parser.add_argument("--only", action="append", metavar="TEXT", help="mutants with TEXT in name or family")
    parser.add_argument("--part", type=part, metavar="N/OF", help="the N-th of every OF mutants alone")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    parser.add_argument(
        "--workers", type=positive, default=os.cpu_count() or 1, help="processes that run at once"
    )
    parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
    parser.set_defaults(run=hunt)


def part(text: str) -> slice:
    """Every so many, from one of them on: `3/24` is the third of every 24."""
    place, _, of = text.partition("/")
    step = positive(of)
    if positive(place) > step:
        raise argparse.ArgumentTypeError(f"{text!r} is no part")
    return slice(int(place) - 1, None, step)


def hunt(options: argparse.Namespace) -> ExitStatus:
    """Hunt the mutants; the harness is wanting where one survives that a program could tell."""
    load_plain()
    found = chosen(options.only, options.part)
    if options.list:
        print("\n".join(f"{one.family}: {one.name}" for one in found))
        return ExitStatus.AGREE
    plan = Plan(seed=options.seed, programs=options.programs, patience=PATIENCE)
    verdicts = followed(Hunt(plan, options.workers, options.corpus), found)
    print(score(verdicts))
    if options.json is not None:
        write_records(options.json, (one.record() for one in verdicts))
    return ExitStatus.DIFFER if missed(verdicts) else ExitStatus.AGREE


def chosen(texts: list[str] | None, part: slice | None = None) -> list[Mutant]:
    """The mutants that are asked for; RunError where there are none."""
    found = [
        one
        for one in mutants().values()
        if texts is None or any(text in f"{one.family}: {one.name}" for text in texts)
    ][part or slice(None)]
    if not found:
        raise RunError("there are no such mutants: see --list")
    return found


def followed(hunt: Hunt, found: list[Mutant]) -> list[Verdict]:
    """The verdicts, and now and then a line of how far it is."""
    shown = time.monotonic()
    for done in hunt.prepare():
        if time.monotonic() - shown > EVERY:
            shown = time.monotonic()
            print(f"the library as it is: {done:,} programs", file=sys.stderr)
    verdicts = []
    for verdict in hunt.verdicts(found):
        verdicts.append(verdict)
        if time.monotonic() - shown > EVERY:
            shown = time.monotonic()
            alive = len(missed(verdicts))
            print(f"mutants: {len(verdicts):,} of {len(found):,}, {alive} not caught", file=sys.stderr)
    return verdicts
