"""Faults planted in the library, each seen by a drawn program of forty statements, and what these are reduced to.

`python -m tests.conformance.reduction 40 [SEED]` plants so many mutants, drawn from all that there are, and
`python -m tests.conformance.reduction NAME...` those. Times are the processor's, so that it does not matter much what
else runs. Mutants are put into plain Python, which takes longer than what a campaign runs.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.generate import Generator
from conformance.lockstep import Lockstep, StateLeak
from conformance.mutation.collection import mutants
from conformance.mutation.library import load_plain
from conformance.outcome import Status
from conformance.program import Program
from conformance.reduce import ReductionError, recheck, reduce
from conformance.subjects import Subject, load_subject

PLANTED, NAME = "tests.conformance.planted", "PLANTED_MUTANT"
LENGTH = 40
DRAWN = 60  # programs, until one shows the fault
MOST, LONGEST = 4, 10.0  # statements that are to be left, and seconds that it may take


@dataclass(frozen=True, slots=True)
class Case:
    """What a program that shows a planted fault was reduced to. It had so many statements ``before``, of which that
    at ``place`` was the first to part."""

    mutant: str
    signature: str
    before: int
    place: int
    left: tuple[str, ...]
    count: int
    tried: int
    seconds: float
    trouble: str | None

    @property
    def reached(self) -> bool:
        """Whether it is small, was so soon, and is the same in a fresh process."""
        return self.count <= MOST and self.seconds <= LONGEST and self.trouble is None

    def __str__(self) -> str:
        told = f"{self.count} of {self.before} statements, {self.seconds:.1f} s, {self.tried} tried"
        lines = "" if self.reached else "".join(f"\n      {line}" for line in self.left)
        trouble = f"\n      {self.trouble}" if self.trouble else ""
        return f"{'  ' if self.reached else '! '}{self.mutant}: {self.signature}: {told}{trouble}{lines}"


def planted(name: str, seed: int) -> Case | None:
    """What the first program comes to that tells a mutant from torch; None where none of the first ones does."""
    os.environ[NAME] = name
    reference, subject = load_subject("torch"), load_subject(PLANTED)
    program = showing(reference, subject, seed)
    if program is None:
        return None
    begin = time.process_time()
    found = reduce(program, reference, subject)
    seconds, trouble = time.process_time() - begin, None
    try:
        recheck(found, reference, subject)
    except ReductionError as error:
        trouble = str(error)
    difference = Lockstep(reference, subject).run(program).difference
    return Case(
        name,
        found.difference.signature,
        sum(1 for _ in program.flat()),
        difference.path[0] if difference is not None else -1,
        tuple(found.program.lines()),
        sum(1 for _ in found.program.flat()),
        found.tried,
        seconds,
        trouble,
    )


def showing(reference: Subject, subject: Subject, seed: int) -> Program | None:
    """The first long program of a seed on which the two part."""
    generator, lockstep = Generator(shortest=LENGTH, longest=LENGTH), Lockstep(reference, subject)
    for index in range(DRAWN):
        program = generator.program(seed, index)
        try:
            if lockstep.run(program).status is Status.DIFFER:
                return program
        except StateLeak:
            continue
    return None


def cases(names: list[str], seed: int) -> Iterator[Case]:
    """A case for each mutant that is seen, each in a process of its own."""
    load_subject("torch")
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for name in names:
            found = pool.apply(planted, (name, seed))
            if found is not None:
                yield found


def main(*words: str) -> int:
    """Print what each case comes to; how many are not what they should be."""
    load_plain()
    seed = 0
    names = list(words)
    count = len(names)
    if words[0].isdigit():
        count, seed = int(words[0]), int(words[1]) if len(words) > 1 else 0
        names = random.Random(seed).sample(sorted(mutants()), 4 * count)
    found = []
    for case in itertools.islice(cases(names, seed), count):
        found.append(case)
        print(case, flush=True)
    missed = sum(not case.reached for case in found)
    print(f"{len(found) - missed} of {len(found)} are {MOST} statements or fewer within {LONGEST:.0f} s")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
