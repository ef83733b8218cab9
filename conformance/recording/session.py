"""Recording many programs, in a process that may end at any of them."""

from __future__ import annotations

import multiprocessing
import platform
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy

from ..lockstep import Lockstep
from ..program import Program, program_from_json
from ..subjects import Subject
from .file import Recording
from .played import recorded
from .recorder import record

PATIENCE = 60.0  # seconds that a program may take


def header(subject: Subject) -> dict[str, Any]:
    """What a recording says of itself: of which library it is, and what its numbers depend on besides."""
    return {
        "subject": subject.name,
        "version": subject.version,
        "compiled": subject.compiled,
        "unobserved": subject.unobserved,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "machine": platform.machine(),
    }


def records(programs: Sequence[Program], subject: Subject) -> Iterator[dict[str, Any]]:
    """The record of each program; of one at which the library ends the process, how it ended."""
    context = multiprocessing.get_context("fork")
    done = 0
    while done < len(programs):
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_child, args=(theirs, programs[done:], subject), daemon=True)
        child.start()
        theirs.close()
        for told in _told(ours):
            yield told
            done += 1
        child.kill()
        child.join()
        ours.close()
        if done < len(programs):
            code = child.exitcode or 0
            cause = "it did not end in time" if code == -9 else f"the process ended with status {code}"
            yield {"program": programs[done].to_json(), "failed": cause}
            done += 1


def decidable(told: dict[str, Any], subject: Subject, other: Subject) -> bool:
    """Whether a record says of `other` what `subject` itself does; only further runs of it may, of a value in which
    they part."""
    program = program_from_json(told["program"], "record")
    if "failed" in told or not Lockstep(as_recorded(told, subject), other).run(program).differences:
        return True
    return bool(Lockstep(subject, other).run(program).differences)


def as_recorded(told: dict[str, Any], subject: Subject) -> Subject:
    """A subject as the record of one program has it."""
    name = told["program"]["name"]
    return recorded(Recording(header(subject), {}, Path(name), {name: told}))


def _told(ours: Connection) -> Iterator[dict[str, Any]]:
    """What the child sends, until it ends or is silent for too long."""
    while ours.poll(PATIENCE):
        try:
            yield ours.recv()
        except EOFError:
            return


def _child(theirs: Connection, programs: Sequence[Program], subject: Subject) -> None:
    for program in programs:
        theirs.send(attempted(program, subject))
    theirs.close()


def attempted(program: Program, subject: Subject) -> dict[str, Any]:
    """The record of a program, or why there is none."""
    try:
        return record(program, subject)
    except Exception as error:
        return {"program": program.to_json(), "failed": f"{type(error).__name__}: {error}"}
