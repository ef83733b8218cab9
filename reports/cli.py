"""The command line: `build` writes pages, `show` prints tables; the exit status of bad input is 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from reports.field import RecordError
from reports.folder import read_folder
from reports.report import make_report
from reports.site import build
from reports.terminal import terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 if it did what was asked, whatever the run says; 2 for a run that cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "build":
            report = build(options.run, options.out, index=options.index)
            print(f"{options.out / 'index.html'}: {report.verdict.sentence}")
        else:
            sys.stdout.write(terminal(make_report(read_folder(options.run)), options.ops))
            sys.stdout.flush()
    except RecordError as error:
        print(f"reports: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the tables has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"reports: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m reports", description="Pages and tables from run folders.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="write index.html, report.md, report.json and junit.xml")
    make.add_argument("run", nargs="+", type=Path, help="a run folder; several make a history")
    make.add_argument(
        "--out", type=Path, required=True, help="the folder to write to; made if it is not there"
    )
    make.add_argument(
        "--index",
        type=Path,
        help="the file that keeps what is known of each run, made anew where it is not"
        " there; by default one in the folder written to",
    )
    show = commands.add_parser("show", help="print the tables of a run")
    show.add_argument("run", type=Path, help="a run folder")
    show.add_argument("--ops", action="store_true", help="list every op, also those that agree")
    return parser
