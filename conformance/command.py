"""The subcommands that time, check the article and reduce; each returns an exit status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import article, timing
from .lockstep import Lockstep
from .program import read_program, write_program
from .reduce import LIMIT, recheck, reduce
from .script import script
from .subjects import load_subject

AGREE, DIFFER = 0, 1

Subparsers = Any  # argparse has no public name for what `add_subparsers` returns


def add_commands(commands: Subparsers) -> None:
    """Add `time`, `article` and `reduce` to the subcommands of a parser; `options.run(options)` runs one."""
    add_time(commands)
    add_article(commands)
    add_reduce(commands)


def add_sides(parser: argparse.ArgumentParser, reference: bool = True) -> None:
    """The options that name the two libraries."""
    parser.add_argument(
        "--subject", "--impl", default="mini_autograd", help="the library under test, a module"
    )
    if reference:
        parser.add_argument("--reference", default="torch", help="the library that is right by definition")


def write_records(path: Path | None, records: Iterable[dict[str, Any]]) -> None:
    """Write records as JSON lines, if there is a path to write them to."""
    if path is not None:
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def add_time(commands: Subparsers) -> None:
    parser = commands.add_parser("time", help="time ten programs beside torch")
    add_sides(parser, reference=False)
    parser.add_argument("--rounds", type=int, default=100, help="samples of each program on each side")
    parser.add_argument("--threads", type=int, default=1, help="threads that either side may use")
    parser.add_argument("--json", type=Path, help="a file to write the records to, one a line")
    parser.set_defaults(run=run_time)


def run_time(options: argparse.Namespace) -> int:
    """Time all workloads; a subject that gives wrong results anywhere differs."""
    subject = load_subject(options.subject)
    timings = []
    for one in timing.time_workloads(subject.module, options.rounds, options.threads):
        print(f"{one.workload.name}: {one.status}", file=sys.stderr)
        timings.append(one)
    print(timing.table(timings, subject.name))
    write_records(options.json, (one.record() for one in timings))
    return DIFFER if any(one.status in ("wrong", "error") for one in timings) else AGREE


def add_article(commands: Subparsers) -> None:
    parser = commands.add_parser("article", help="check what the article claims")
    add_sides(parser)
    parser.add_argument("--json", type=Path, help="a file to write the records to, one a line")
    parser.set_defaults(run=run_article)


def run_article(options: argparse.Namespace) -> int:
    """Check all claims; the subject differs where it does not do what the reference does."""
    reference, subject = load_subject(options.reference), load_subject(options.subject)
    found = list(article.findings(reference, subject))
    print(article.table(found, reference, subject))
    write_records(options.json, (one.record() for one in found))
    return AGREE if all(one.agree for one in found) else DIFFER


def add_reduce(commands: Subparsers) -> None:
    parser = commands.add_parser("reduce", help="find the smallest program with the same difference")
    parser.add_argument("program", type=Path, help="a program's JSON file")
    add_sides(parser)
    parser.add_argument("--out", type=Path, help="a file to write the reduced program to")
    parser.add_argument(
        "--script", type=Path, help="a file to write the reproducer to, instead of printing it"
    )
    parser.add_argument("--limit", type=int, default=LIMIT, help="programs to try at most")
    parser.set_defaults(run=run_reduce)


def run_reduce(options: argparse.Namespace) -> int:
    """Reduce a program and confirm it in a fresh process; ReductionError when there is nothing to reduce."""
    reference, subject = load_subject(options.reference), load_subject(options.subject)
    reduction = reduce(read_program(options.program), reference, subject, limit=options.limit)
    recheck(reduction, reference, subject)
    differences = Lockstep(reference, subject).run(reduction.program).differences
    text = script(reduction.program, differences, reference, subject)
    if options.out is not None:
        write_program(reduction.program, options.out)
    if options.script is None:
        print(text)
    else:
        options.script.write_text(text, encoding="utf-8")
    count = sum(1 for _ in reduction.program.flat())
    statements = "1 statement" if count == 1 else f"{count} statements"
    print(
        f"{reduction.difference.signature}: {statements}, the same in a fresh process "
        f"({reduction.tried} programs tried)",
        file=sys.stderr,
    )
    return DIFFER
