"""`record`: what one library shows of programs, as a file to compare with another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..program import Program, read_program
from ..recording import read_recording, write_recording
from ..recording.session import decidable, header, records
from ..statements import ProgramError
from ..subjects import load_subject
from .option import Subparsers, add_sides, count, output
from .status import ExitStatus

CORPUS = Path(__file__).parent.parent / "corpus"


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("record", help="write down what one library shows of programs")
    parser.add_argument(
        "programs",
        type=Path,
        nargs="*",
        default=[CORPUS],
        help="programs, folders of them, or a recording whose programs are to be recorded; the corpus by default",
    )
    add_sides(parser, reference=False)
    parser.add_argument(
        "--out", type=output, required=True, help="the file to write, compressed if it is named so (.gz)"
    )
    parser.add_argument(
        "--drawn", type=count, default=0, help="how many programs to draw as well, with torch"
    )
    parser.add_argument("--seed", type=count, default=0, help="where the stream of programs starts")
    parser.add_argument(
        "--decidable-for",
        metavar="MODULE",
        help="leave out, and name in the header, programs in which only further runs tell that MODULE agrees",
    )
    parser.set_defaults(run=record)


def record(options: argparse.Namespace) -> ExitStatus:
    """Record all programs, each on its own; one at which the library ends its process is noted as such."""
    subject = load_subject(options.subject)
    programs = [one for path in options.programs for one in given(path)] + drawn(options.drawn, options.seed)
    names = [one.name for one in programs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ProgramError(f"there are two programs of the name {twice!r}")
    found, head = records(programs, subject), header(subject)
    if options.decidable_for is not None:
        other = load_subject(options.decidable_for)
        known = [(one, decidable(one, subject, other)) for one in found]
        found = iter([one for one, kept in known if kept])
        head["left_out"] = [one["program"]["name"] for one, kept in known if not kept]
    done = sum(1 for _ in write_recording(options.out, head, found))
    left = len(programs) - done
    told = f"{done} programs on {subject.name} {subject.version}" + (f", {left} left out" if left else "")
    print(f"{options.out}: {told}; {options.out.stat().st_size:,} bytes", file=sys.stderr)
    return ExitStatus.AGREE


def given(path: Path) -> list[Program]:
    """The programs of a file or folder."""
    if path.is_dir():
        return [read_program(one) for one in sorted(path.glob("*.json"))]
    if path.suffix == ".json":
        return [read_program(path)]
    recording = read_recording(path)
    return [recording.program(name) for name in recording.names()]


def drawn(number: int, seed: int) -> list[Program]:
    """The first programs of a stream, which torch is needed to draw."""
    if number == 0:
        return []
    from ..generate import Generator

    generator = Generator()
    return [generator.program(seed, index) for index in range(number)]
