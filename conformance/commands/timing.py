"""`time`: how long the subject takes beside torch."""

from __future__ import annotations

import argparse
import sys

from .. import sweep, timing
from ..records import write_records
from ..subjects import Subject, load_subject
from .option import Subparsers, add_sides, output, positive
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser("time", help="time ten programs beside torch")
    add_sides(parser, reference=False)
    parser.add_argument("--rounds", type=positive, default=100, help="samples of each program on each side")
    parser.add_argument("--threads", type=positive, default=1, help="threads that either side may use")
    parser.add_argument(
        "--sizes",
        action="store_true",
        help="time single ops instead, from 1 element to 10,000,000, and measure their memory",
    )
    parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
    parser.set_defaults(run=time)


def time(options: argparse.Namespace) -> ExitStatus:
    """Time all workloads; a subject that gives wrong results anywhere differs."""
    subject = load_subject(options.subject)
    if options.sizes:
        return sizes(options, subject)
    timings = []
    for one in timing.time_workloads(subject.module, options.rounds, options.threads):
        print(f"{one.workload.name}: {one.status}", file=sys.stderr)
        timings.append(one)
    print(timing.table(timings, subject.name))
    if options.json is not None:
        write_records(options.json, (one.record() for one in timings))
    wrong = any(one.status in ("wrong", "error") for one in timings)
    return ExitStatus.DIFFER if wrong else ExitStatus.AGREE


def sizes(options: argparse.Namespace, subject: Subject) -> ExitStatus:
    """Time ops at every size; a subject that gives wrong results anywhere, or lacks an op, differs."""
    found = []
    for one in sweep.sweeps(subject.module, options.rounds, options.threads):
        print(f"{one.op}: {len(one.points)} of {len(sweep.SIZES)} sizes", file=sys.stderr)
        found.append(one)
    print(sweep.table(found, subject.name))
    if options.json is not None:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.DIFFER if any(one.detail for one in found) else ExitStatus.AGREE
