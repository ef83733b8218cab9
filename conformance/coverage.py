"""What drawn programs have reached of the grammar: kinds of statement, mistakes, error texts and graph nodes."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .program import Program
from .statements import KINDS, Attempt, Scope, Statement

LONGEST = 140
COUNTED = ("drawn", "succeeded", "mistakes", "raised", "errors", "nodes")

_NUMBER = re.compile(r"-?\b\d+(?:\.\d*)?(?:e[-+]?\d+)?\b")
# What else is particular to one program in the text of an error, in the order in which it is replaced.
_PARTICULAR = tuple(
    (re.compile(expression), word)
    for expression, word in (
        (r"\b\w*Backward\d*\b", "NODE"),
        (r"'[^']*'", "'NAME'"),
        (r"(?<= - got )\(.*\)(?=, but)", "(ARGUMENTS)"),
        (r"\b(?:torch\.)?(?:CPU)?[A-Z]\w+(?:Tensor|Type)\b", "TENSOR"),
        (r"\b(?:c10::)?(?:BFloat16|Half|Float|Double|Long|Int|Short|Char|Byte|Bool)\b|\bComplex\w+", "DTYPE"),
        (r"\b(?:torch\.)?(?:b?float\d*|double|u?int\d*|long|short|bool|complex\d+)\b", "DTYPE"),
        (r"^[\w.]+(?=\()|(?<=derivative for )[\w:]+", "OP"),
        (r"\b\d+(?:x\d+)+\b", "SIZES"),
        (r"\b\d+D\b", "ND"),
        (r"\[(?:N(?:, N)*)?\]", "[N]"),
    )
)  # fmt: skip


@functools.lru_cache(4096)
def _pattern(line: str) -> str:
    """The line of an error without numbers, with words in the place of what is particular in it."""
    for expression, word in _PARTICULAR:
        line = expression.sub(word, line)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def pattern(error: BaseException) -> str:
    """The type and the text of an error, with words in the place of the names and numbers of one program."""
    line = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {_pattern(_NUMBER.sub('N', line))}"


@dataclass(slots=True)
class Reached:
    """What the run of one program reached: kinds that succeeded, mistakes that raised, error texts, node names.

    A statement counts once however often a loop runs it, as it does where it is drawn.
    """

    kinds: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    noted: set[tuple[tuple[int, ...], str]] = field(default_factory=set)

    def succeed(self, statement: Statement, path: tuple[int, ...]) -> None:
        """Note a statement that raised nothing, with those inside it that are not run one by one."""
        if not self._first(path, statement.kind):
            return
        whole = isinstance(statement, Scope) and not statement.stepped
        self.kinds += [one.kind for one in statement.flat()] if whole else [statement.kind]

    def fail(self, error: BaseException, mistake: str | None, path: tuple[int, ...]) -> None:
        """Note an error that both sides raised."""
        self.errors.append(pattern(error))
        if mistake is not None and self._first(path, mistake):
            self.mistakes.append(mistake)

    def _first(self, path: tuple[int, ...], what: str) -> bool:
        """Whether this was not noted before of the statement at `path`."""
        known = (path, what) in self.noted
        self.noted.add((path, what))
        return not known


@dataclass(slots=True)
class Coverage:
    """How often each was drawn and reached, over the programs of a run."""

    drawn: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    nodes: Counter[str] = field(default_factory=Counter)

    def count(self, program: Program, reached: Reached) -> None:
        """Count a program and what its run reached."""
        for statement in program.flat():
            self.drawn[statement.kind] += 1
            if isinstance(statement, Attempt) and statement.mistake is not None:
                self.mistakes[statement.mistake] += 1
        self.succeeded.update(reached.kinds)
        self.raised.update(reached.mistakes)
        self.errors.update(reached.errors)
        self.nodes.update(reached.nodes)

    def add(self, other: Coverage) -> None:
        """Count what other programs reached, too."""
        for name in COUNTED:
            getattr(self, name).update(getattr(other, name))

    def counts(self) -> dict[str, dict[str, int]]:
        """All counts as they are kept with a batch."""
        return {name: dict(sorted(getattr(self, name).items())) for name in COUNTED}

    @classmethod
    def of_counts(cls, counts: dict[str, dict[str, int]]) -> Coverage:
        """What :meth:`counts` told."""
        return cls(*(Counter(counts[name]) for name in COUNTED))

    def record(self) -> dict[str, Any]:
        """The record of a run: every kind and mistake, those too that were never drawn."""
        from .moves.misuse import MISTAKES  # which draws on torch, and a recording is looked at without

        kinds = sorted(KINDS, key=lambda kind: (-self.drawn[kind], kind))
        names = sorted((one.__name__ for one in MISTAKES), key=lambda name: (-self.mistakes[name], name))
        return {
            "record": "coverage",
            "kinds": {kind: [self.succeeded[kind], self.drawn[kind]] for kind in kinds},
            "mistakes": {name: [self.raised[name], self.mistakes[name]] for name in names},
            "errors": dict(self.errors.most_common()),
            "nodes": dict(self.nodes.most_common()),
        }
