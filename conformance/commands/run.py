"""`run`: a campaign, and how far it is while it goes on."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from ..campaign import Options, Plan, Progress, Run
from ..campaign.plan import REDUCTION_LIMIT
from ..placement import sides
from ..subjects import SubjectError, is_recording
from ..summary import console, summarize
from .option import Subparsers, add_sides, count, minutes, placed, positive
from .show import exit_status
from .status import ExitStatus

EVERY = 10.0  # seconds between plain lines


def add(commands: Subparsers) -> None:
    one = commands.add_parser("run", help="run controls, the corpus, programs of a seed, the suites")
    add_sides(one, device=True)
    one.add_argument("--seed", type=count, default=0, help="where the stream of programs starts")
    one.add_argument("--programs", type=positive, default=2000, help="how many programs to draw")
    one.add_argument("--minutes", type=minutes, help="end after so many minutes, with what was done by then")
    one.add_argument(
        "--workers", type=positive, default=os.cpu_count() or 1, help="processes that run programs at once"
    )
    one.add_argument("--executor", default="local", help="where they run: local, here, or dask://host:port")
    one.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run that did not finish")
    one.add_argument("--runs", type=Path, default=Path("runs"), help="the folder that holds the runs")
    one.add_argument(
        "--reduce", type=count, default=REDUCTION_LIMIT, help="programs to try per reduction, 0 for none"
    )
    one.add_argument("--rounds", type=count, default=40, help="samples of each timing, 0 for no timings")
    one.set_defaults(run=run)


def run(options: argparse.Namespace) -> ExitStatus:
    """Run a campaign, showing how far it is, then what it found."""
    if is_recording(options.reference) or is_recording(options.subject):
        raise SubjectError("programs are drawn to be run on libraries: `compare` is for recordings")
    manner = Options(options.runs, options.workers, options.executor, options.minutes)
    if options.resume is not None:
        under_way = Run.resume(options.resume, manner)
    else:
        reference, subject = sides(options.reference, options.subject, options.device)
        placed(options)
        plan = Plan(
            subject,
            reference,
            options.seed,
            options.programs,
            reduction_limit=options.reduce,
            timing_rounds=options.rounds,
        )
        under_way = Run.start(plan, manner)
    follow(under_way.steps())
    summary = summarize(under_way.writer.folder)
    console().print(summary)
    return exit_status(summary)


def follow(steps: Iterator[Progress]) -> None:
    """Show a bar for each stage; plain lines where there is no terminal."""
    terminal = Console(stderr=True)
    if not terminal.is_terminal:
        plain(steps)
        return
    columns = (
        TextColumn("{task.description:26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=terminal) as bar:
        for step in steps:
            if step.stage not in tasks:
                tasks[step.stage] = bar.add_task(step.stage, total=step.total, told="")
            task = tasks[step.stage]
            bar.update(task, completed=step.done, told=told(step, bar.tasks[task].elapsed or 0.0))


def plain(steps: Iterator[Progress]) -> None:
    """A line when a stage begins and ends, and some between."""
    stage, began, shown = None, 0.0, 0.0
    for step in steps:
        now = time.monotonic()
        if step.stage != stage:
            stage, began = step.stage, now
        elif step.done < step.total and now - shown < EVERY:
            continue
        shown = now
        print(f"{step.stage}: {step.done:,} of {step.total:,}{told(step, now - began)}", file=sys.stderr)


def told(step: Progress, seconds: float) -> str:
    """What was found, how fast, and what was reached of the grammar."""
    parts = [f", {step.differing} differ"]
    if step.reached:
        parts.append(f", {step.reached:,} reached")
        if seconds > 1:
            parts.append(f", {step.done / seconds:,.0f} a second")
    return "".join(parts)
