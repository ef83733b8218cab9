"""`article`: what the article claims, and what both libraries do of it today."""

from __future__ import annotations

import argparse

from .. import article
from ..records import write_records
from ..subjects import load_subject
from .option import Subparsers, add_sides, output
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("article", help="check what the article claims")
    add_sides(parser)
    parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
    parser.set_defaults(run=check)


def check(options: argparse.Namespace) -> ExitStatus:
    """Check all claims; the subject differs where it does not do what the reference does."""
    reference, subject = load_subject(options.reference), load_subject(options.subject)
    found = list(article.findings(reference, subject))
    print(article.table(found, reference, subject))
    if options.json is not None:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.AGREE if all(one.agree for one in found) else ExitStatus.DIFFER
