"""`gpu`: all that is to be known of a GPU, in one session of minutes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..placement import CUDA, sides
from ..subjects import load_subject
from .option import Subparsers, minutes, positive
from .status import ExitStatus


def add(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "gpu",
        help="build, kernels, ops, timings, memory and programs on a GPU, within minutes, beside the goals",
    )
    parser.add_argument("--minutes", type=minutes, default=9.5, help="all the time that there is")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="the folder that holds the runs")
    parser.add_argument("--out", type=Path, help="a folder to hand over: a few files of what is known")
    parser.add_argument("--programs", type=positive, default=20_000, help="how many programs to draw at most")
    parser.add_argument("--workers", type=positive, help="processes, each with a context of the GPU")
    parser.add_argument(
        "--smoke", action="store_true", help="all parts small: whether they run, and no figures"
    )
    parser.add_argument("--part", help="one part alone, into the folder of a run")
    parser.add_argument("--into", type=Path, help="that folder")
    parser.set_defaults(run=gpu)


def gpu(options: argparse.Namespace) -> ExitStatus:
    """Do all parts of a session, or one."""
    from ..gpu.part import PARTS, Manner, carry_out
    from ..gpu.session import Session, width
    from ..refusal import Refusal

    workers = width(options.workers)
    if options.part is not None:
        if options.part not in PARTS or options.into is None:
            raise Refusal(f"--part is one of {', '.join(PARTS)}, and --into says into which folder")
        carry_out(options.part, options.into, Manner(options.smoke, workers))
        return ExitStatus.AGREE
    refuse_without(options.smoke)
    programs = 20 if options.smoke else options.programs
    session = Session(options.runs, options.out, options.minutes, workers, programs, options.smoke)
    for one in session.parts():
        print(
            f"{one.name}: {one.state} in {one.seconds:.0f} s {one.cause}".rstrip(),
            file=sys.stderr,
            flush=True,
        )
    print(session.summary())
    print(session.folder)
    return ExitStatus.AGREE if all(one.state == "done" for one in session.done) else ExitStatus.DIFFER


def refuse_without(smoke: bool) -> None:
    """NoDevice where there is no device, or an emulated one of which figures would be told."""
    from ..placement import NoDevice, emulated

    if emulated() and not smoke:
        raise NoDevice("an emulated device is no GPU: `--smoke` tries all parts on one, and tells no figures")
    if emulated():
        load_subject(sides("torch", "mini_autograd", CUDA)[1])
    else:
        load_subject(f"torch[device={CUDA}]")  # the library's own is looked at once it is built
