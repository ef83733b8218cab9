"""`show`: what a run found, and as a picture of it."""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

from ..file import write_whole
from ..summary import PLAIN_WIDTH, Summary, console, coverage_tables, summarize
from .option import Subparsers, output, positive
from .status import ExitStatus

# rich names fonts by the address of a host that has them; a picture of ours asks no host for anything.
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("show", help="print what a run found")
    parser.add_argument("folder", type=Path, help="a folder under runs/")
    parser.add_argument("--svg", type=output, help="a file to write the same to, as a picture")
    parser.add_argument("--coverage", action="store_true", help="what its programs reached of the grammar")
    parser.add_argument(
        "--scripts",
        type=Path,
        metavar="FOLDER",
        help="where to write a script of each of its most telling differences",
    )
    parser.add_argument("--most", type=positive, default=10, help="how many scripts to write at most")
    parser.set_defaults(run=show)


def show(options: argparse.Namespace) -> ExitStatus:
    """Print a run's summary."""
    summary = summarize(options.folder)
    console().print(summary)
    if options.coverage:
        show_coverage(summary)
    if options.svg is not None:
        write_whole(options.svg, picture(summary))
    if options.scripts is not None:
        write_scripts(summary, options.scripts, options.most)
    return exit_status(summary)


def write_scripts(summary: Summary, folder: Path, most: int) -> None:
    """Write the reproducers of the most telling differences, numbered, and print what each shows."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, signature in enumerate(summary.telling(most), 1):
        words = "-".join(re.findall(r"[a-z0-9]+", signature.partition("|none")[0].lower()))
        path = folder / f"{place:02}-{words}.py"
        write_whole(path, summary.differences[signature]["script"])
        print(f"{path}: {summary.signatures[signature]} programs")


def show_coverage(summary: Summary) -> None:
    """Print what a run's programs reached; a run that ended early did not say."""
    screen = console()
    if summary.coverage is None:
        screen.print("\nThe run did not get as far as saying what its programs reached.")
        return
    screen.print()
    for part in coverage_tables(summary.coverage):
        screen.print(part)


def exit_status(summary: Summary) -> ExitStatus:
    """What a run says; one that says nothing is told to be so."""
    if summary.problem is not None:
        print(f"conformance: {summary.folder}: {summary.problem}", file=sys.stderr)
        return ExitStatus.INVALID
    return ExitStatus.DIFFER if summary.differs else ExitStatus.AGREE


def picture(summary: Summary) -> str:
    """A summary as SVG."""
    drawn = console(record=True, file=io.StringIO(), force_terminal=True, width=PLAIN_WIDTH)
    drawn.print(summary)
    title = f"python -m conformance show {summary.folder}"
    return _FONT.sub("", drawn.export_svg(title=title, unique_id="run"))
