"""`article` and `era`: what the entries of a suite say, and what both libraries do of it today."""

from __future__ import annotations

import argparse
from functools import partial

from ..records import write_records
from ..suite import Suite
from ..suites import SUITES
from .option import Subparsers, add_sides, output, placed
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    for suite in SUITES:
        parser = commands.add_parser(suite.name, help=suite.about)
        add_sides(parser, device=True)
        parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
        parser.set_defaults(run=partial(check, suite))


def check(suite: Suite, options: argparse.Namespace) -> ExitStatus:
    """Check all entries; the subject differs where it does not do what the reference does."""
    reference, subject = placed(options)
    found = list(suite.findings(reference, subject))
    print(suite.table(found, reference, subject))
    if options.json is not None:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.AGREE if all(one.agree for one in found) else ExitStatus.DIFFER
