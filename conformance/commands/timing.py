"""`time`: how long the subject takes beside torch."""

from __future__ import annotations

import argparse
import sys

from .. import sweep, timing
from ..placement import CPU, DEVICES, NoDevice, emulated
from ..placement import sides as placed_sides
from ..records import write_records
from ..refusal import Refusal
from ..subjects import Subject, load_subject
from .option import Subparsers, add_sides, output, positive, told
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
    parser.add_argument(
        "--device", choices=DEVICES, default=CPU, help="where all tensors are, by its own clock"
    )
    parser.add_argument("--smoke", action="store_true", help="on a device: all small, and no figures")
    parser.add_argument("--json", type=output, help="a file to write the records to, one a line")
    parser.set_defaults(run=time)


def time(options: argparse.Namespace) -> ExitStatus:
    """Time all workloads; a subject that gives wrong results anywhere differs."""
    if options.device != CPU:
        return on_device(options)
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


def on_device(options: argparse.Namespace) -> ExitStatus:
    """Time programs by a device's own clock; figures of an emulation would say nothing."""
    from ..gpu.goals import limits, read_goals
    from ..gpu.timing import time_all
    from ..gpu.workload import workloads

    names = placed_sides("torch", options.subject, options.device)
    if options.sizes:
        raise Refusal(
            "`--sizes` is for the cpu: what is timed on a device has the sizes that a device is used for"
        )
    if emulated() and not options.smoke:
        raise NoDevice("a figure from an emulated device would say nothing: `--smoke` runs all of it, small")
    reference, subject = (load_subject(name) for name in names)
    told(subject)
    rounds, found = (1 if options.smoke else options.rounds), []
    for one in time_all(workloads(options.smoke), reference, subject, rounds, limits(read_goals())):
        print(f"{one.workload.name}: {one.status} {one.detail}".rstrip(), file=sys.stderr)
        found.append(one)
    if options.smoke:
        print(f"{sum(one.status == 'timed' for one in found)} of {len(found)} programs run and agree")
    else:
        print(timing.table(found, subject.name))
    if options.json is not None and not options.smoke:
        write_records(options.json, (one.record() for one in found))
    return ExitStatus.AGREE if all(one.status == "timed" for one in found) else ExitStatus.DIFFER


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
