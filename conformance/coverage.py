"""What drawn programs have reached of the grammar: kinds of statement, mistakes, error texts and graph nodes."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .moves.misuse import MISTAKES
from .program import Program
from .reading import error_text
from .statements import KINDS, Attempt, Statement

LONGEST = 140

# What is particular to one program in the text of an error, in the order in which it is replaced.
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
        (r"-?\b\d+(?:\.\d*)?(?:e[-+]?\d+)?\b", "N"),
        (r"\[(?:N(?:, N)*)?\]", "[N]"),
    )
)  # fmt: skip


@functools.lru_cache(4096)
def _pattern(kind: str, text: str) -> str:
    line = text.split("\n", 1)[0]
    for expression, word in _PARTICULAR:
        line = expression.sub(word, line)
    line = f"{kind}: {line}"
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def pattern(error: BaseException) -> str:
    """The type and the text of an error, with words in the place of the names and numbers of one program."""
    return _pattern(type(error).__name__, error_text(error))


@dataclass(slots=True)
class Coverage:
    """How often each was reached; `drawn` and `succeeded` are kinds of statement, `mistakes` and `raised` mistakes."""

    drawn: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    nodes: Counter[str] = field(default_factory=Counter)

    def draw(self, program: Program) -> None:
        """Count what a program holds."""
        for statement in program.flat():
            self.drawn[statement.kind] += 1
            if isinstance(statement, Attempt) and statement.mistake is not None:
                self.mistakes[statement.mistake] += 1

    def succeed(self, statement: Statement, stepped: bool) -> None:
        """Count a statement that raised nothing, with those inside it that were not counted one by one."""
        if stepped:
            self.succeeded[statement.kind] += 1
        else:
            self.succeeded.update(one.kind for one in statement.flat())

    def fail(self, error: BaseException, mistake: str | None) -> None:
        """Count an error that both sides raised."""
        self.errors[pattern(error)] += 1
        if mistake is not None:
            self.raised[mistake] += 1

    def see(self, nodes: Iterable[Any]) -> None:
        """Count graph nodes."""
        self.nodes.update(node.name() for node in nodes)

    def add(self, other: Coverage) -> None:
        """Count what another one has counted."""
        for name in self.__dataclass_fields__:
            getattr(self, name).update(getattr(other, name))

    def record(self) -> dict[str, Any]:
        """The record of a run: every kind and mistake, those too that were never drawn."""
        kinds = sorted(KINDS, key=lambda kind: (-self.drawn[kind], kind))
        names = sorted((one.__name__ for one in MISTAKES), key=lambda name: (-self.mistakes[name], name))
        return {
            "record": "coverage",
            "kinds": {kind: [self.succeeded[kind], self.drawn[kind]] for kind in kinds},
            "mistakes": {name: [self.raised[name], self.mistakes[name]] for name in names},
            "errors": dict(self.errors.most_common()),
            "nodes": dict(self.nodes.most_common()),
        }
