"""`nightly`: a campaign, the scoreboard of ops, a sample of mutants and timings, in one folder and within its time."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from ..nightly import MINUTES, PROGRAMS, Night, Schedule, seed_of
from .option import Subparsers, count, minutes, positive
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "nightly", help="a campaign, the ops, a sample of mutants and timings, within its time"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="the folder that holds the runs")
    parser.add_argument("--seed", type=count, help="where the stream of programs starts; by default the date")
    parser.add_argument("--programs", type=positive, default=PROGRAMS, help="how many to draw at most")
    parser.add_argument("--minutes", type=minutes, default=MINUTES, help="how long it may take")
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="do what a night has not done")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> ExitStatus:
    """Carry a night out and say what became of each step; INVALID if one broke, whatever the others found."""
    if options.resume is not None:
        night = Night.resume(options.resume, options.workers)
    else:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        seed = seed_of(day) if options.seed is None else options.seed
        schedule = Schedule(day, seed, options.programs, options.minutes)
        night = Night.start(schedule, options.runs, options.workers)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever ends a night ends its step
    print(night.folder, flush=True)
    for step, told in night.steps():
        cause = f": {told.cause}" if told.cause else ""
        print(f"{step.name:9} {told.state:12} {told.seconds:7.1f} s{cause}", flush=True)
    if night.broken:
        print(f"conformance: not done: {', '.join(night.broken)}", file=sys.stderr)
        return ExitStatus.INVALID
    return ExitStatus.DIFFER if night.differing else ExitStatus.AGREE
