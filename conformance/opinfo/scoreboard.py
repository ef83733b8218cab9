"""How far a library gets through the table: by entry, check and dtype, how many samples agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tabulate import tabulate

from ..asserting import DeviceLost
from ..lockstep import Lockstep, StateLeak
from ..observation import Observation
from ..outcome import Outcome, Status
from ..placement import CPU
from ..program import Program
from ..statements import Op
from ..subjects import Subject
from .checks import CHECKS, GRAPH, Check, failing, of_any_device
from .entry import Entry
from .error import CHECKS as MEASURED
from .error import DTYPE, Errors, measure
from .family import family

# What programs of the table call around the op that they are about.
GIVEN = frozenset(
    (
        *("as_strided", "Tensor.requires_grad_", "zeros", "zeros_like"),
        *("autograd.forward_ad.make_dual", "autograd.forward_ad.unpack_dual"),
    )
)
# Values of what is saved in memory that torch does not write: the noise where there is no training, weights of no use.
UNSET = (("nn.functional.rrelu", "_saved_noise.value"), ("nn.functional.ctc_loss", "_saved_result1.value"))
ERROR_TYPE, ERROR_TEXT = "error type", "error text"
NAMES = (*(check.name for check in CHECKS), ERROR_TYPE, ERROR_TEXT)


@dataclass(slots=True)
class Score:
    """What the samples of an entry came to, under one check, in one dtype.

    `silent` are those at which the reference fails, or that say nothing where the two are. `calls` are the names that
    were called, `errors` how far float32 results are off. `drawn` are the samples in which numbers were drawn on a
    device, which were compared as samples of a distribution only; `device` is where the tensors were.
    """

    entry: str
    check: str
    dtype: str
    agree: int = 0
    differ: int = 0
    silent: int = 0
    unsupported: str | None = None
    calls: tuple[str, ...] = ()
    signatures: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    errors: Errors = field(default_factory=Errors)
    device: str = CPU
    drawn: int = 0

    @property
    def passed(self) -> bool:
        """Whether some sample agrees and none differs."""
        return self.agree > 0 and self.differ == 0 and self.unsupported is None

    @property
    def told(self) -> bool:
        """Whether the samples say anything."""
        return self.agree + self.differ > 0 or self.unsupported is not None

    def record(self) -> dict[str, Any]:
        """The score as a record."""
        errors = self.errors.record()
        return {
            "record": "op",
            "entry": self.entry,
            "family": family(self.entry),
            "check": self.check,
            "dtype": self.dtype,
            "agree": self.agree,
            "differ": self.differ,
            "silent": self.silent,
            "unsupported": self.unsupported,
            "calls": list(self.calls),
            "signatures": dict(self.signatures.most_common()),
            **({} if errors is None else {"errors": errors}),
            **({} if self.device == CPU else {"device": self.device, "drawn": self.drawn}),
        }


class Board:
    """Runs the checks of entries on two libraries."""

    def __init__(self, reference: Subject, subject: Subject, accepted: frozenset[str] = frozenset()) -> None:
        self.whole = Lockstep(reference, subject, accepted)
        self.device = CPU if subject.placement is None else str(subject.placement)
        numbers = reference.observes - GRAPH
        self.numbers = Lockstep(
            replace(reference, observes=numbers), replace(subject, observes=numbers), accepted
        )

    def scores(
        self, entry: Entry, checks: Iterable[Check] = CHECKS, dtypes: Iterable[str] | None = None
    ) -> Iterator[Score]:
        """The scores of an entry."""
        wanted = None if dtypes is None else set(dtypes)
        for check in checks:
            for dtype in check.dtypes(entry):
                if wanted is None or dtype in wanted:
                    yield self.score(entry, check, dtype)

    def score(self, entry: Entry, check: Check, dtype: str) -> Score:
        """The score of an entry under a check, in a dtype."""
        score = Score(entry.id, check.name, dtype, device=self.device)
        lockstep = self.whole if check.graph else self.numbers
        measures = dtype == DTYPE and check.name in MEASURED
        for sample in check.of(entry, dtype):
            program = sample if self.device == CPU else of_any_device(sample)
            outcome = run(lockstep, program)
            if check.graph:
                keep_graph(outcome)
            count(score, program, outcome)
            if measures and not outcome.drawn:
                measure(score.errors, program, lockstep.reference, lockstep.subject)
        return score

    def errors(self, entry: Entry) -> tuple[Score, Score]:
        """Whether calls that fail do so by the same type of error, and in the same words."""
        names = (ERROR_TYPE, ERROR_TEXT)
        scores = tuple(Score(entry.id, name, "any", device=self.device) for name in names)
        for sample in failing(entry):
            program = sample if self.device == CPU else of_any_device(sample)
            outcome = run(self.numbers, program)
            first = outcome.difference
            words = first is not None and first.kind is Observation.ERROR and first.field == "text"
            for score in scores:
                if words and score.check == ERROR_TYPE:
                    score.agree += 1
                else:
                    count(score, program, outcome, fails=True)
        return scores[0], scores[1]


def keep_graph(outcome: Outcome) -> None:
    """Leave of the differences those of the graph, which is compared where values differ, too; but where a call fails
    there is none."""
    if outcome.difference is None or outcome.difference.kind is Observation.ERROR:
        return
    outcome.differences = tuple(
        one for one in outcome.differences if one.kind in GRAPH and (one.op, one.field) not in UNSET
    )
    outcome.status = Status.DIFFER if outcome.differences else Status.AGREE


def run(lockstep: Lockstep, program: Program) -> Outcome:
    """Run a program; one that leaves the process changed has differed already."""
    try:
        return lockstep.run(program)
    except DeviceLost:
        raise
    except StateLeak as leak:
        raise RuntimeError(f"{program.name}: {leak}") from leak


def count(score: Score, program: Program, outcome: Outcome, fails: bool = False) -> None:
    """Count the outcome of a sample."""
    called = [one.name for one in program.flat() if isinstance(one, Op)]
    score.calls = tuple(dict.fromkeys((*score.calls, *(name for name in called if name not in GIVEN))))
    score.drawn += outcome.drawn > 0
    if outcome.unsaid:
        score.silent += 1
    elif outcome.unsupported is not None:
        score.unsupported = outcome.unsupported
    elif outcome.status is Status.DIFFER and outcome.difference is not None:
        score.differ += 1
        score.signatures[outcome.difference.signature] += 1
        score.examples.append(program.name)
    elif outcome.completed < len(program.statements) and not fails:
        score.silent += 1
    else:
        score.agree += 1


# --- the table --------------------------------------------------------------------------------------------


def by_check(scores: list[Score], dtype: str | None = None) -> dict[str, tuple[int, int]]:
    """By check, how many entries pass and how many there are, in one dtype or in all that they have."""
    result: dict[str, tuple[int, int]] = {}
    for name in NAMES:
        entries: dict[str, bool] = {}
        for one in scores:
            if one.check == name and one.told and (dtype is None or one.dtype in (dtype, "any")):
                entries[one.entry] = entries.get(one.entry, True) and one.passed
        if entries:
            result[name] = sum(entries.values()), len(entries)
    return result


def table(scores: list[Score], dtype: str | None = None) -> str:
    """The scoreboard: by family and check, how many entries pass, of how many."""
    families: dict[str, list[Score]] = {}
    for one in scores:
        families.setdefault(family(one.entry), []).append(one)
    rows = []
    for name, many in [*sorted(families.items()), ("all", scores)]:
        shares = by_check(many, dtype)
        cells = [f"{shares[check][0]}/{shares[check][1]}" if check in shares else "" for check in NAMES]
        rows.append([name, *cells])
    shares = by_check(scores, dtype)
    percents = [
        f"{100 * shares[check][0] / shares[check][1]:.1f}%" if check in shares else "" for check in NAMES
    ]
    rows.append(["share", *percents])
    return tabulate(rows, ["family", *NAMES], disable_numparse=True)
