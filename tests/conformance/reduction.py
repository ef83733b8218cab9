"""Faults planted in the library, each seen by a drawn program of forty statements, and what these are reduced to.

`python -m tests.conformance.reduction 40 [SEED]` plants so many mutants, drawn from all that there are, and
`python -m tests.conformance.reduction NAME...` those. Times are the processor's, so that it does not matter much what
else runs. Mutants are put into plain Python, which takes longer than what a campaign runs.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.fork import in_copy
from conformance.generate import Generator
from conformance.lockstep import Lockstep, StateLeak
from conformance.mutation.collection import mutants
from conformance.mutation.library import load_plain
from conformance.observation import Difference
from conformance.outcome import Status
from conformance.program import Program
from conformance.reduce import Reduction, ReductionError, confirmed
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
        size = f"{self.count} of {self.before} statements, apart at {self.place}"
        told = f"{size}, {self.seconds:.1f} s, {self.tried} tried"
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
    difference = in_copy(first_difference, program, reference, subject)
    begin, trouble = _seconds(), None
    try:
        found = confirmed(program, reference, subject)
    except ReductionError as error:
        trouble = str(error)
        found = Reduction(program, difference, 0)
    return Case(
        name,
        found.difference.signature,
        sum(1 for _ in program.flat()),
        difference.path[0],
        tuple(found.program.lines()),
        sum(1 for _ in found.program.flat()),
        found.tried,
        _seconds() - begin,
        trouble,
    )


def _seconds() -> float:
    """What this process and those that it has waited for have taken of the processor."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def showing(reference: Subject, subject: Subject, seed: int) -> Program | None:
    """The first long program of a seed on which the two part."""
    generator = Generator(shortest=LENGTH, longest=LENGTH)
    for index in range(DRAWN):
        program = generator.program(seed, index)
        if in_copy(first_difference, program, reference, subject) is not None:
            return program
    return None


def first_difference(program: Program, reference: Subject, subject: Subject) -> Difference | None:
    """Where the two part, if that is how the run ends."""
    with contextlib.suppress(StateLeak):
        outcome = Lockstep(reference, subject).run(program)
        return outcome.difference if outcome.status is Status.DIFFER else None
    return None


def cases(names: list[str], seed: int) -> Iterator[Case]:
    """A case for each mutant that is seen, each in a process of its own."""
    load_subject("torch")
    for name in names:
        found = in_copy(planted, name, seed)
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
