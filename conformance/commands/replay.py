"""`replay`: one program on both sides, and where they part."""

from __future__ import annotations

import argparse

from ..lockstep import Lockstep
from ..memory import bounded
from ..opinfo.checks import of_any_device
from ..outcome import Outcome
from ..placement import CPU
from ..presence import known_program
from ..program import Program
from ..trace import trace
from .option import Subparsers, add_program, add_sides, placed
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("replay", help="run one program on both sides and say where they part")
    add_program(parser)
    add_sides(parser, device=True)
    parser.add_argument(
        "--trace", action="store_true", help="print all that the reference shows, step by step"
    )
    parser.set_defaults(run=replay)


def replay(options: argparse.Namespace) -> ExitStatus:
    """Replay a program."""
    reference, subject = placed(options)
    with bounded(subject):
        program = known_program(options.program, reference, options.runs)
        if options.device != CPU and options.program.startswith("op:"):
            program = of_any_device(program)
        if options.trace:
            print("\n".join(trace(program, reference)))
        outcome = Lockstep(reference, subject).run(program)
        print(account(program, outcome))
    return ExitStatus.DIFFER if outcome.differences else ExitStatus.AGREE


def account(program: Program, outcome: Outcome) -> str:
    """A replay as text: the lines, with what differs below the statement that does."""
    lines = []
    for place, statement in enumerate(program.statements):
        lines += [f"{place:3} {line}" for line in statement.lines()]
        for one in (*outcome.differences, *outcome.excused):
            if one.statement == place:
                lines += [
                    f"      {one.signature} at {one.location}",
                    f"        expected {one.expected}",
                    f"        got      {one.got}",
                ]
                if one.reason is not None:
                    lines += [f"        or       {one.other}", f"        {one.reason}"]
        if outcome.differences and outcome.differences[0].statement == place:
            break
    return "\n".join([*lines, f"{program.name}: {outcome.status}"])
