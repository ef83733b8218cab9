"""Differences that are accepted: each is a signature, a reason, and a program that still shows it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .document import content, shown
from .lockstep import Lockstep
from .program import Program, read_program
from .statements import ProgramError
from .subjects import Subject

_WITNESS = re.compile(r"(?:[A-Za-z0-9_][\w-]*/)*[A-Za-z0-9_][\w.-]*\.json", re.ASCII)
FOLDER = Path(__file__).parent
KNOWN = FOLDER / "known.toml"
CORPUS = FOLDER / "corpus"


@dataclass(frozen=True, slots=True)
class Known:
    """An accepted difference and the file of its witness."""

    signature: str
    reason: str
    program: Path

    def problem(self, reference: Subject, subject: Subject) -> str | None:
        """What is no longer as it was accepted; None when the witness still differs in the same way."""
        outcome = Lockstep(reference, subject).run(read_program(self.program))
        found = outcome.difference
        if found is None:
            return f"{self.program.name}: no longer differs: take it out of {KNOWN.name}"
        if found.signature != self.signature:
            return f"{self.program.name}: differs as {found.signature!r}, accepted was {self.signature!r}"
        return None


def read_known(path: Path = KNOWN) -> list[Known]:
    """The accepted differences; ProgramError naming the file and the entry that is malformed."""
    try:
        told = tomllib.loads(content(path).decode())
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"{path}: {error}") from None
    entries = told.pop("difference", [])
    if told or not isinstance(entries, list):
        raise ProgramError(f"{path}: holds differences and nothing else")
    found = []
    for place, entry in enumerate(entries):
        where = f"{path}: difference {place}"
        if not isinstance(entry, dict) or set(entry) != {"signature", "reason", "program"}:
            raise ProgramError(f"{where}: needs signature, reason and program")
        if not all(isinstance(text, str) and text for text in entry.values()):
            raise ProgramError(f"{where}: signature, reason and program are texts")
        if not _WITNESS.fullmatch(entry["program"]):
            raise ProgramError(f"{where}: {shown(entry['program'])} is no file beside this one")
        found.append(Known(entry["signature"], entry["reason"], path.parent / entry["program"]))
    return found


def read_corpus(folder: Path = CORPUS) -> list[Program]:
    """The programs kept from earlier differences, in order of their files."""
    return [read_program(path) for path in sorted(folder.glob("*.json"))]
