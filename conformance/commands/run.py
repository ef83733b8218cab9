"""`run`: a campaign, and how far it is while it goes on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ..campaign import REDUCTION_LIMIT, Campaign, Progress, Run
from ..subjects import load_subject
from ..summary import console, summarize
from .option import Subparsers, add_sides, count, positive
from .show import exit_status
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    one = commands.add_parser("run", help="run controls, the corpus, the suites and programs of a seed")
    add_sides(one)
    one.add_argument("--seed", type=count, default=0, help="where the stream of programs starts")
    one.add_argument("--programs", type=positive, default=2000, help="how many programs to draw")
    one.add_argument("--runs", type=Path, default=Path("runs"), help="the folder that holds the runs")
    one.add_argument(
        "--reduce", type=count, default=REDUCTION_LIMIT, help="programs to try per reduction, 0 for none"
    )
    one.add_argument("--rounds", type=count, default=40, help="samples of each timing, 0 for no timings")
    one.set_defaults(run=run)


def run(options: argparse.Namespace) -> ExitStatus:
    """Run a campaign, showing how far it is, then what it found."""
    campaign = Campaign(
        load_subject(options.reference),
        load_subject(options.subject),
        options.seed,
        options.programs,
        options.runs,
        options.reduce,
        options.rounds,
    )
    under_way = Run.start(campaign)
    follow(under_way.steps())
    summary = summarize(under_way.writer.folder)
    console().print(summary)
    return exit_status(summary)


def follow(steps: Iterator[Progress]) -> None:
    """Show a bar for each stage; plain lines where there is no terminal."""
    terminal = Console(stderr=True)
    if not terminal.is_terminal:
        stage = None
        for step in steps:
            if step.stage != stage or step.done == step.total or step.done % 500 == 0:
                stage = step.stage
                print(f"{step.stage}: {step.done} of {step.total}, {step.differing} differ", file=sys.stderr)
        return
    columns = (
        TextColumn("{task.description:26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[differing]} differ"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=terminal) as bar:
        for step in steps:
            if step.stage not in tasks:
                tasks[step.stage] = bar.add_task(step.stage, total=step.total, differing=0)
            bar.update(tasks[step.stage], completed=step.done, differing=step.differing)
