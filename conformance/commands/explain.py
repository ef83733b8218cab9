"""`explain`: what both sides show around the statement at which they part, side by side."""

from __future__ import annotations

import argparse

from ..alignment import BEFORE
from ..explain import explain as explained
from ..lockstep import Lockstep
from ..memory import bounded
from ..presence import known_program
from ..summary import console
from .option import Subparsers, add_program, add_sides, count, placed
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("explain", help="show both sides of a program around where they part")
    add_program(parser)
    add_sides(parser, device=True)
    parser.add_argument("--context", type=count, default=BEFORE, help="statements to show before that")
    parser.set_defaults(run=explain)


def explain(options: argparse.Namespace) -> ExitStatus:
    """Explain a program."""
    reference, subject = placed(options)
    with bounded(subject):
        program = known_program(options.program, reference, options.runs)
        outcome = Lockstep(reference, subject).run(program)
        console().print(explained(program, outcome, reference, subject, options.context))
    return ExitStatus.DIFFER if outcome.differences else ExitStatus.AGREE
