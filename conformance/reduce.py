"""The smallest program that still shows a difference: its signature is kept, all else is made smaller.

NOTE [Copies]: programs are tried by the hundred in one process, and one of them may leave it in a state in which others
part for no reason of their own, or end it. What is left is run once more in a fresh process; where it does not part
there, it is all done again with each program in a process of its own. They are copies of one that has run none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path as FilePath
from typing import Any, TypeGuard

import torch

from . import candidate
from .candidate import Pass, Path, Statements, cost, literal_of
from .fork import Lost, Result, in_copy
from .lockstep import Lockstep, StateLeak
from .observation import Difference
from .program import Program, read_program, write_program
from .refusal import Refusal
from .statements import Attempt, Repeat, Scope, TensorLiteral
from .subjects import Subject, load_subject

LIMIT = 2000
PATIENCE = 60.0  # seconds for a program
TENSORS = "xtp"  # letters of names of tensors: results, tangents and parameters
NONE: frozenset[str] = frozenset()

Probe = Callable[[Program], Difference | None]
Raised = Callable[[Statements, Path], str | None]


class ReductionError(Refusal):
    """There is nothing to reduce, or what is left depends on what ran before it; the text says which."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduced program, where its two runs part, and how many programs were tried on the way."""

    program: Program
    difference: Difference
    tried: int


@dataclass(slots=True)
class Reducer:
    """Tries smaller programs, and takes each whose first difference has the same signature.

    What the reference raises at the difference stays the same too, or is no longer raised: a valid call is not reduced
    to a mistake, and a mistake is where it can be left out. It ends after `limit` programs, or at the `deadline`.
    """

    probe: Probe
    raised: Raised
    best: Program
    difference: Difference
    limit: int
    deadline: float = math.inf
    error: str | None = None
    tried: int = 0
    seen: set[str] = dataclasses.field(default_factory=set)

    def run(self) -> None:
        """Go through all passes until none of them has anything smaller to offer."""
        passes: tuple[Pass, ...] = (
            candidate.sliced,
            candidate.dropped,
            candidate.unwrapped,
            candidate.blanked,
            candidate.cut_off(literals),
            candidate.bypassed,
            candidate.cloned,
            candidate.merged,
            candidate.spelled,
            candidate.resized,
            candidate.rounded,
            candidate.simplified,
            candidate.inlined,
        )
        self.error = self.raised(self.best.statements, self.difference.path)
        self.take(self.best, self.difference)
        smaller = True
        while smaller and not self.spent:
            smaller = sum(self.exhaust(one) for one in passes) > 0  # every pass has its turn

    @property
    def spent(self) -> bool:
        """Whether as many programs were tried, or as long, as may be."""
        return self.tried >= self.limit or time.monotonic() > self.deadline

    def exhaust(self, offered: Pass) -> bool:
        """Start a pass again from each smaller program that it finds; whether it found any."""
        found = False
        while not self.spent and self.step(offered):
            found = True
        return found

    def step(self, offered: Pass) -> bool:
        """Take the first candidate of a pass that is smaller and differs in the same way."""
        present = cost(self.best.statements)
        for statements in offered(self.best.statements):
            key = repr(statements)
            if key in self.seen or not statements or cost(statements) >= present:
                continue
            self.seen.add(key)
            if self.spent:
                return False
            self.tried += 1
            program = dataclasses.replace(self.best, statements=statements)
            difference = self.probe(program)
            if self.alike(difference, program):
                self.take(program, difference)
                return True
        return False

    def alike(self, difference: Difference | None, program: Program) -> TypeGuard[Difference]:
        """Whether a difference of `program` is the one that is being reduced."""
        return (
            difference is not None
            and difference.signature == self.difference.signature
            and self.raised(program.statements, difference.path) in (self.error, None)
        )

    def take(self, program: Program, difference: Difference) -> None:
        """Go on from `program`, without what comes after its difference."""
        cut = dataclasses.replace(program, statements=truncated(program.statements, difference.path))
        self.best, self.difference = program, difference
        if cut != program:
            self.tried += 1
            again = self.probe(cut)
            if self.alike(again, cut):
                self.best, self.difference = cut, again
        self.error = self.raised(self.best.statements, self.difference.path)


def truncated(statements: Statements, path: Path) -> Statements:
    """The statements up to the one at `path`; blocks that hold it end with it."""
    index, *inside = path
    last = statements[index]
    if (
        inside and isinstance(last, Scope) and not isinstance(last, Repeat)
    ):  # a loop may differ in a later round
        last = dataclasses.replace(last, body=truncated(last.body, tuple(inside)))  # type: ignore[type-var]
    return (*statements[:index], last)


def raised(
    statements: Statements, path: Path, lib: Any = torch, env: dict[str, Any] | None = None
) -> str | None:
    """The type of the exception that the statement at `path` raises on `lib`; None where it raises none."""
    env = {} if env is None else env
    index, *inside = path
    last = statements[index]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for statement in statements[:index]:
                statement.execute(lib, env, [])
            if inside and isinstance(last, Scope):
                with last.context(lib, env, []):
                    return raised(last.body, tuple(inside), lib, env)
            (last.statement if isinstance(last, Attempt) else last).execute(lib, env, [])
    except Exception as error:
        return type(error).__name__
    return None


def literals(statements: Statements) -> Mapping[Path, Statements]:
    """By place, literals of the tensors that each outermost statement bound on torch."""
    made: dict[Path, Statements] = {}
    env: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for index, statement in enumerate(statements):
            try:
                statement.execute(torch, env, [])
            except Exception:  # a program may end in an error; what came before has values all the same
                break
            if isinstance(statement, TensorLiteral):
                continue
            bound = [(name, env[name]) for name in statement.writes() if name in env]
            found = [literal_of(name, value) for name, value in bound if isinstance(value, torch.Tensor)]
            if any(found):
                made[index,] = tuple(one for one in found if one is not None)
    return made


def renumbered(program: Program) -> Program:
    """The program with the names of each letter counted from 0 in the order in which they are bound."""
    bound = [name for statement in program.statements for name in statement.writes()]
    counts: Counter[str] = Counter()
    mapping = {}
    for name in dict.fromkeys(bound):
        letter, number = name[:1], name[1:]
        if number.isdigit():
            letter = "x" if letter in TENSORS else letter
            mapping[name] = f"{letter}{counts[letter]}"
            counts[letter] += 1
    statements = tuple(statement.renamed(mapping) for statement in program.statements)
    return dataclasses.replace(program, statements=statements)


def reduce_by(
    probe: Probe,
    program: Program,
    limit: int = LIMIT,
    raised: Raised = raised,
    seconds: float = math.inf,
) -> Reduction:
    """Reduce `program` by what `probe` says is its first difference; ReductionError when there is none."""
    deadline = time.monotonic() + seconds
    difference = probe(program)
    if difference is None:
        raise ReductionError(f"{program.name}: the two runs agree: there is nothing to reduce")
    reducer = Reducer(probe, raised, program, difference, limit, deadline)
    reducer.run()
    renamed = renumbered(reducer.best)
    again = probe(renamed)
    if reducer.alike(again, renamed):
        reducer.best, reducer.difference = renamed, again
    return Reduction(reducer.best, reducer.difference, reducer.tried)


def lockstep_probe(reference: Subject, subject: Subject, accepted: frozenset[str] = NONE) -> Probe:
    """The first difference between two subjects that is not accepted; a program that leaks state has none."""
    lockstep = Lockstep(reference, subject, accepted)

    def probe(program: Program) -> Difference | None:
        try:
            return lockstep.run(program).difference
        except StateLeak:
            for side in (reference, subject):
                side.module.set_grad_enabled(True)
            return None

    return probe


def reduce(
    program: Program,
    reference: Subject,
    subject: Subject,
    accepted: frozenset[str] = NONE,
    limit: int = LIMIT,
    seconds: float = math.inf,
) -> Reduction:
    """The smallest program found on which `subject` parts from `reference` in the same way: by trying so many programs
    at most, for so long."""
    probe = lockstep_probe(reference, subject, accepted)
    return reduce_by(probe, program, limit, partial(raised, lib=reference.module), seconds)


def confirmed(
    program: Program,
    reference: Subject,
    subject: Subject,
    accepted: frozenset[str] = NONE,
    limit: int = LIMIT,
    seconds: float = math.inf,
) -> Reduction:
    """The same, confirmed in a fresh process: NOTE [Copies]."""
    begin, found = time.monotonic(), None
    with contextlib.suppress(Lost):
        found = in_copy(reduce, program, reference, subject, accepted, limit, seconds)
    if found is not None:
        with contextlib.suppress(ReductionError):
            recheck(found, reference, subject, accepted)
            return found
    probe = alone(lockstep_probe(reference, subject, accepted))
    raises = alone(partial(raised, lib=reference.module))
    left = max(seconds - (time.monotonic() - begin), 0.0)
    found = reduce_by(probe, program, limit, raises, left)
    recheck(found, reference, subject, accepted)
    return found


def alone(function: Callable[..., Result]) -> Callable[..., Result | None]:
    """The function in a copy of this process each time; None where it does not come back."""

    def call(*args: Any) -> Result | None:
        try:
            return in_copy(function, *args, seconds=PATIENCE)
        except Lost:
            return None

    return call


def recheck(
    reduction: Reduction, reference: Subject, subject: Subject, accepted: frozenset[str] = NONE
) -> None:
    """Run a reduced program in a fresh process; ReductionError when its signature is not the same there."""
    program, signature = reduction.program, reduction.difference.signature
    with tempfile.TemporaryDirectory() as folder:
        path = FilePath(folder, "program.json")
        write_program(program, path)
        command = [sys.executable, "-m", "conformance.reduce", str(path), reference.name, subject.name]
        done = subprocess.run([*command, *sorted(accepted)], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise ReductionError(f"{program.name}: a fresh process failed: {done.stderr.strip()[-500:]}")
    found = json.loads(done.stdout)
    if found != signature:
        raise ReductionError(f"{program.name}: signature {signature!r} here, {found!r} in a fresh process")


def _main(path: str, reference: str, subject: str, *accepted: str) -> None:
    probe = lockstep_probe(load_subject(reference), load_subject(subject), frozenset(accepted))
    difference = probe(read_program(path))
    print(json.dumps(None if difference is None else difference.signature))


if __name__ == "__main__":
    _main(*sys.argv[1:])
