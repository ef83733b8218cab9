"""Options that several commands have, and the types of what they are given."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..recorded import HELP, RUNS

Subparsers = Any  # argparse has no public name for what `add_subparsers` returns


def add_sides(parser: argparse.ArgumentParser, reference: bool = True) -> None:
    """The options that name the two libraries."""
    parser.add_argument(
        "--subject", "--impl", default="mini_autograd", help="the library under test, a module"
    )
    if reference:
        parser.add_argument("--reference", default="torch", help="the library that is right by definition")


def add_program(parser: argparse.ArgumentParser) -> None:
    """What names a program."""
    parser.add_argument("program", help=HELP)
    parser.add_argument("--runs", type=Path, default=RUNS, help="the folder that holds the runs")


def count(text: str) -> int:
    """A whole number of at least 0."""
    return _whole(text, 0)


def positive(text: str) -> int:
    """A whole number of at least 1."""
    return _whole(text, 1)


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    return _span(text, "minutes")


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    return _span(text, "seconds")


def _span(text: str, unit: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of {unit}")
    return found


def _whole(text: str, least: int) -> int:
    if not text.strip().isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
    return int(text)


def output(text: str) -> Path:
    """A file to write: what cannot be written is said before the work that fills it, not after."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(
            f"{text!r} cannot be written: there is no folder {str(path.parent)!r}"
        )
    if not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: the folder is write-protected")
    return path
