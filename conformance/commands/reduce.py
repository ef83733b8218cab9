"""`reduce`: the smallest program with the same difference, as a program and as a script."""

from __future__ import annotations

import argparse
import math
import sys

from .. import reduce as reducing
from ..file import write_whole
from ..lockstep import Lockstep
from ..memory import bounded
from ..presence import known_program
from ..program import write_program
from ..script import script
from .option import Subparsers, add_program, add_sides, output, placed, positive, seconds
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("reduce", help="find the smallest program with the same difference")
    add_program(parser)
    add_sides(parser, device=True)
    parser.add_argument("--out", type=output, help="a file to write the reduced program to")
    parser.add_argument(
        "--script", type=output, help="a file to write the reproducer to, instead of printing it"
    )
    parser.add_argument("--limit", type=positive, default=reducing.LIMIT, help="programs to try at most")
    parser.add_argument(
        "--seconds", type=seconds, default=math.inf, help="how long to try; then the smallest so far is it"
    )
    parser.set_defaults(run=reduce)


def reduce(options: argparse.Namespace) -> ExitStatus:
    """Reduce a program and confirm it in a fresh process; ReductionError when there is nothing to reduce."""
    reference, subject = placed(options)
    with bounded(subject):
        program = known_program(options.program, reference, options.runs)
        reduction = reducing.confirmed(
            program, reference, subject, limit=options.limit, seconds=options.seconds
        )
        differences = Lockstep(reference, subject).run(reduction.program).differences
        text = script(reduction.program, differences, reference, subject)
    if options.out is not None:
        write_program(reduction.program, options.out)
    if options.script is None:
        print(text)
    else:
        write_whole(options.script, text)
    count = sum(1 for _ in reduction.program.flat())
    statements = "1 statement" if count == 1 else f"{count} statements"
    print(
        f"{reduction.difference.signature}: {statements}, the same in a fresh process "
        f"({reduction.tried} programs tried)",
        file=sys.stderr,
    )
    return ExitStatus.DIFFER
