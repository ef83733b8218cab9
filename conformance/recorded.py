"""Finding a program by what a person has of it: its file, its name in the corpus, or a run and what it says there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .known import CORPUS, FOLDER
from .program import Program, program_from_json, read_program
from .records import RunError, read_header, read_records
from .statements import ProgramError

RUNS = Path("runs")
HELP = "a program's JSON file, a name of the corpus, RUN:SIGNATURE or RUN:ID of a program"
ACCEPTED = FOLDER / "accepted"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_DRAWN = re.compile(r"g-(\d{1,18})-(\d{1,18})", re.ASCII)


def find_program(what: str, runs: Path = RUNS) -> Program:
    """The program that `what` stands for, `RUN` being a folder or its name in `runs`; ProgramError or RunError where
    there is none."""
    if "\0" in what:
        raise ProgramError(f"{what!r} is no file")
    if not Path(what).exists():
        kept = _of_table(what) if what.startswith("op:") else _kept(what)
        if kept is not None:
            return kept
        for place in [at for at, one in enumerate(what) if one == ":"]:
            for folder in (Path(what[:place]), runs / what[:place]):
                if what[:place] and (folder / "run.json").exists():
                    return program_of_run(folder, what[place + 1 :])
        if ":" in what and "/" not in what.partition(":")[2]:
            raise RunError(f"{what.partition(':')[0]}: is no run, nor one of those in {runs}")
    return read_program(what)


def _of_table(name: str) -> Program | None:
    from .opinfo.checks import program_named

    return program_named(name)


def _kept(name: str) -> Program | None:
    if _NAME.fullmatch(name):
        for folder in (CORPUS, ACCEPTED):
            if (folder / f"{name}.json").exists():
                return read_program(folder / f"{name}.json")
    return None


def program_of_run(folder: Path, what: str) -> Program:
    """A program of a run: the reduced one of a signature, or one by its id, drawn again where only that is known."""
    header = read_header(folder)
    place = f"{folder}: {what}"
    told: dict[str, Any] | None = None
    for record in read_records(folder):
        kind = record["record"]
        if kind == "difference" and record["signature"] == what and record.get("reduced") is not None:
            return program_from_json(record["reduced"], place)
        if kind in ("claim", "idiom") and record["id"] == what and record.get("program") is not None:
            return program_from_json(record["program"], place)
        if told is None and kind == "program" and what in (record["id"], *record.get("signatures", ())):
            told = record
    return _drawn(folder, header, what if told is None else told["id"], told, place)


def _drawn(
    folder: Path, header: dict[str, Any], name: str, told: dict[str, Any] | None, place: str
) -> Program:
    """A program by its id alone: one of the corpus, or of the stream of the run's seed."""
    found = _DRAWN.fullmatch(name)
    if found is None:
        kept = _kept(name)
        if kept is None:
            raise ProgramError(f"{place}: the run tells of no such program or signature")
        return kept
    seed, index = map(int, found.groups())
    if seed != header["seed"] or index >= header["programs"]:
        raise ProgramError(
            f"{place}: the run drew programs 0 to {header['programs'] - 1} of seed {header['seed']}"
        )
    program = _again(folder, header, index)
    if told is not None and told.get("ops") and told["ops"] != sorted({one.label for one in program.flat()}):
        raise ProgramError(
            f"{place}: drawn again it is another program: the run was made with another generator"
        )
    return program


def _again(folder: Path, header: dict[str, Any], index: int) -> Program:
    """The program at a place of a run's stream, drawn as the run was guided there by what it had seen."""
    from .campaign.guides import Guides
    from .campaign.tally import Tally
    from .campaign.worker import GENERATED
    from .generate import Generator  # which needs torch, as what was recorded does not
    from .guidance import Guide

    guides, absent = Guides(), frozenset(header["absent"])
    for record in read_records(folder):
        if guides.ready(index):
            break
        if record["record"] == "batch" and record["origin"] == GENERATED:
            guides.add(Tally.of_record(record))
    guidance = guides.at(index)
    generator = Generator(lambda op: op not in absent)
    return generator.guided(header["seed"], index, None if guidance is None else Guide(guidance))[0]
