"""The command line: `build` writes pages, `show` and `diff` print tables; the exit status of bad input is 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from reports.beside import beside
from reports.field import RecordError
from reports.folder import read_folder
from reports.picture import NAME, can_draw
from reports.report import Report, make_report
from reports.site import REGRESSIONS, build
from reports.terminal import terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 if it did what was asked, and `diff` found nothing worse, which is 1; 2 for a run that cannot
    be read, or to `diff` is no result."""
    options = _parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except RecordError as error:
        print(f"reports: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the tables has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _build(options: argparse.Namespace) -> int:
    report = build(options.run, options.out, index=options.index)
    print(f"{options.out / 'index.html'}: {report.verdict.sentence}")
    if (options.out / REGRESSIONS).exists():
        print(f"{options.out / REGRESSIONS}: says what is worse than in the run before")
    if not can_draw():
        print(f"reports: {NAME} is left out: matplotlib is not installed", file=sys.stderr)
    return 0


def _show(options: argparse.Namespace) -> int:
    _print(terminal(make_report(read_folder(options.run)), options.ops))
    return 0


def _diff(options: argparse.Namespace) -> int:
    text, worse = beside(_result(options.old), _result(options.new))
    _print(text)
    return int(worse)


def _result(path: Path) -> Report:
    """The report of a run that is a result."""
    report = make_report(read_folder(path))
    if not report.verdict.publishes:
        raise RecordError(f"{path}: is no result: {report.verdict.problems[0]}")
    return report


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


COMMANDS = {"build": _build, "show": _show, "diff": _diff}


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
    diff = commands.add_parser("diff", help="print what is not the same in two runs; 1 if anything is worse")
    diff.add_argument("old", type=Path, help="a run folder")
    diff.add_argument("new", type=Path, help="the one to hold against it")
    return parser
