"""`python -m conformance`: run programs on both libraries, replay one, show what a run found.

Exit status: 0 the sides agree, 1 they differ in a way nobody has accepted, 2 the input or the run is invalid.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from tabulate import tabulate

from .campaign import REDUCTION_LIMIT, Campaign, Progress, Run
from .command import AGREE, DIFFER, Subparsers, add_commands, add_sides
from .known import read_known
from .lockstep import Lockstep
from .outcome import Outcome
from .program import Program, read_program
from .records import RunError, read_header, read_records, signatures
from .reduce import ReductionError
from .statements import ProgramError
from .subjects import SubjectError, load_subject
from .trace import trace

INVALID = 2
MOST_SHOWN = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit status."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ProgramError, SubjectError, RunError, ReductionError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return INVALID


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m conformance", description=__doc__.split("\n")[0])
    commands = made.add_subparsers(metavar="command", required=True)
    add_run(commands)
    add_replay(commands)
    add_show(commands)
    add_commands(commands)
    return made


# --- run --------------------------------------------------------------------------------------------------


def add_run(commands: Subparsers) -> None:
    one = commands.add_parser("run", help="run controls, the corpus, the article and programs of a seed")
    add_sides(one)
    one.add_argument("--seed", type=int, default=0, help="where the stream of programs starts")
    one.add_argument("--programs", type=int, default=2000, help="how many programs to draw")
    one.add_argument("--runs", type=Path, default=Path("runs"), help="the folder that holds the runs")
    one.add_argument(
        "--reduce", type=int, default=REDUCTION_LIMIT, help="programs to try per reduction, 0 for none"
    )
    one.add_argument("--rounds", type=int, default=40, help="samples of each timing, 0 for no timings")
    one.set_defaults(run=run_campaign)


def run_campaign(options: argparse.Namespace) -> int:
    """Run a campaign, showing how far it is."""
    campaign = Campaign(
        load_subject(options.reference),
        load_subject(options.subject),
        options.seed,
        options.programs,
        options.runs,
        options.reduce,
        options.rounds,
    )
    run = Run.start(campaign)
    follow(run.steps())
    print(summary(run.writer.folder))
    if not run.trusted:
        print(
            "conformance: the controls did not come out as they must: the run says nothing", file=sys.stderr
        )
        return INVALID
    return DIFFER if run.ledger.new or run.statuses["crash"] else AGREE


def follow(steps: Iterator[Progress]) -> None:
    """Show a bar for each stage; plain lines where there is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
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
    with Bar(*columns, console=console) as bar:
        for step in steps:
            if step.stage not in tasks:
                tasks[step.stage] = bar.add_task(step.stage, total=step.total, differing=0)
            bar.update(tasks[step.stage], completed=step.done, differing=step.differing)


# --- show -------------------------------------------------------------------------------------------------


def add_show(commands: Subparsers) -> None:
    one = commands.add_parser("show", help="print what a run found")
    one.add_argument("folder", type=Path, help="a folder under runs/")
    one.set_defaults(run=show)


def show(options: argparse.Namespace) -> int:
    """Print a run's summary."""
    print(summary(options.folder))
    return DIFFER if set(signatures(options.folder)) - _accepted() else AGREE


def summary(folder: Path) -> str:
    """A run as text: its header, and its signatures with how many programs show each."""
    header = read_header(folder)
    programs = [record for record in read_records(folder) if record["record"] == "program"]
    counts: dict[str, int] = {}
    for record in programs:
        counts[record["status"]] = counts.get(record["status"], 0) + 1
    accepted = _accepted()
    found = signatures(folder).most_common()
    rows = [(count, signature, "yes" if signature in accepted else "") for signature, count in found]
    controls = header["controls"]
    lines = [
        f"{folder}: {header['status']}",
        f"{header['subject']['name']} {header['subject']['version']} beside "
        f"{header['reference']['name']} {header['reference']['version']}, seed {header['seed']}, "
        f"{header['rate'] or 0:.0f} programs a second",
        f"controls: {controls['agree'][0]} of {controls['agree'][1]} agree, "
        f"{controls['differ'][0]} of {controls['differ'][1]} differ as they must",
        f"programs: {', '.join(f'{count} {status}' for status, count in sorted(counts.items()))}",
        f"absent from the subject: {len(header.get('absent', []))} names of the vocabulary",
    ]
    if rows:
        lines += ["", tabulate(by_observation(found), ("programs", "ops", "observation"))]
        lines += ["", tabulate(rows[:MOST_SHOWN], ("programs", "signature", "accepted"))]
    if len(rows) > MOST_SHOWN:
        lines.append(f"... and {len(rows) - MOST_SHOWN} more")
    return "\n".join(lines)


def by_observation(found: Sequence[tuple[str, int]]) -> list[tuple[int, int, str]]:
    """Programs and ops by what was seen to differ, whatever the op."""
    counts: dict[str, list[int]] = {}
    for signature, count in found:
        _, kind, field, _ = signature.split("|")
        entry = counts.setdefault(f"{kind} {field}", [0, 0])
        entry[0] += count
        entry[1] += 1
    return sorted(((programs, ops, what) for what, (programs, ops) in counts.items()), reverse=True)


def _accepted() -> set[str]:
    return {known.signature for known in read_known()}


# --- replay -----------------------------------------------------------------------------------------------


def add_replay(commands: Subparsers) -> None:
    one = commands.add_parser("replay", help="run one program on both sides and say where they part")
    one.add_argument("program", type=Path, help="a program's JSON file")
    add_sides(one)
    one.add_argument("--trace", action="store_true", help="print all that the reference shows, step by step")
    one.set_defaults(run=replay)


def replay(options: argparse.Namespace) -> int:
    """Replay a program."""
    program = read_program(options.program)
    reference, subject = load_subject(options.reference), load_subject(options.subject)
    if options.trace:
        print("\n".join(trace(program, reference)))
    outcome = Lockstep(reference, subject).run(program)
    print(account(program, outcome))
    return DIFFER if outcome.differences else AGREE


def account(program: Program, outcome: Outcome) -> str:
    """A replay as text: the lines, with what differs below the statement that does."""
    lines = []
    for place, statement in enumerate(program.statements):
        lines += [f"{place:3} {line}" for line in statement.lines()]
        for one in outcome.differences:
            if one.statement == place:
                lines += [
                    f"      {one.signature} at {one.location}",
                    f"        expected {one.expected}",
                    f"        got      {one.got}",
                ]
        if outcome.differences and outcome.differences[0].statement == place:
            break
    return "\n".join([*lines, f"{program.name}: {outcome.status}"])
