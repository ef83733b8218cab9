"""Options that several commands have, and the types of what they are given."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ..placement import CPU, DEVICES, sides
from ..recorded import HELP, RUNS
from ..subjects import Subject, load_subject

Subparsers = Any  # argparse has no public name for what `add_subparsers` returns


def add_sides(parser: argparse.ArgumentParser, reference: bool = True, device: bool = False) -> None:
    """The options that name the two libraries, and the device that both are on, where that can be chosen."""
    parser.add_argument(
        "--subject", "--impl", default="mini_autograd", help="the library under test, a module"
    )
    if reference:
        parser.add_argument("--reference", default="torch", help="the library that is right by definition")
    if device:
        parser.add_argument("--device", choices=DEVICES, default=CPU, help="where all tensors are made")


def placed(options: argparse.Namespace) -> tuple[Subject, Subject]:
    """Both libraries that the options name, on the device that they name, which is told."""
    names = sides(options.reference, options.subject, getattr(options, "device", CPU))
    found = load_subject(names[0]), load_subject(names[1])
    told(found[1])
    return found


def told(subject: Subject) -> None:
    """Say where a comparison takes place, if that is not the CPU."""
    if subject.placement is not None:
        print(subject.placement.told, file=sys.stderr)


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
