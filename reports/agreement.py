"""How far two libraries agree, counted per kind of observation, per op and per origin of the programs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reports.record import Batch, Program, Run
from reports.signature import Signature, kind_of, op_of

KINDS: Mapping[str, str] = {
    "value": "the numbers of a tensor",
    "dtype": "its dtype",
    "shape": "its shape",
    "stride": "its strides and offset",
    "alias": "who shares storage",
    "version": "the version counter",
    "leaf": "is_leaf",
    "requires_grad": "requires_grad",
    "graph": "grad_fn: names and edges",
    "saved": "what a node saved",
    "grad": ".grad, or None",
    "hook": "order in which hooks ran",
    "warning": "warnings: category, text",
    "error": "exceptions: type, text",
    "repr": "the printed text",
    "process": "what is left behind: state, threads, the process itself",
}


class OpStatus(StrEnum):
    """In the order in which they want a look."""

    DIFFERS = "differs"
    ACCEPTED = "accepted"
    UNDECIDED = "undecided"
    AGREES = "agrees"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class KindAgreement:
    """One kind of observation: how often it was compared, in how many programs, and how many parted there.

    Where the records count no observations of a kind, how many programs agree in it is not known.
    """

    kind: str
    meaning: str
    observations: int
    programs: int
    differ: int
    accepted: int

    @property
    def agree(self) -> int:
        return self.programs - self.differ - self.accepted

    @property
    def compared(self) -> int:
        """The programs that a share is of; 0 where nothing was counted."""
        return self.programs if self.observations else 0


@dataclass(slots=True)
class OpAgreement:
    """One op: programs that used it, by how they ended.

    `differ` and `accepted` parted at this op. `undecided` parted at another statement, or ended alike
    although the subject lacks the op or it never succeeded on either side, and `crash` ended with the
    process: those say nothing of this one. So an absent op agrees on nothing, nor does an unproven one.
    """

    op: str
    absent: bool = False
    unproven: bool = False
    programs: int = 0
    agree: int = 0
    differ: int = 0
    accepted: int = 0
    undecided: int = 0
    crash: int = 0

    @property
    def decided(self) -> int:
        """Programs that say something of this op: they agree to the end, or part at it."""
        return self.agree + self.differ + self.accepted

    @property
    def status(self) -> OpStatus:
        if self.absent:
            return OpStatus.ABSENT
        if self.differ:
            return OpStatus.DIFFERS
        if self.accepted:
            return OpStatus.ACCEPTED
        return OpStatus.AGREES if self.agree else OpStatus.UNDECIDED


@dataclass(slots=True)
class OriginAgreement:
    """Programs of one origin (generated, article, corpus, ...) by how they ended."""

    origin: str
    programs: int = 0
    agree: int = 0
    differ: int = 0
    accepted: int = 0
    crash: int = 0
    unsupported: int = 0


def by_kind(
    programs: Iterable[Program], batches: Iterable[Batch], signatures: Iterable[Signature]
) -> list[KindAgreement]:
    """Every known kind in its order, also those never compared, then kinds that only the records know."""
    observations: dict[str, int] = {}
    compared: dict[str, int] = {}
    for batch in batches:
        for kind, (held, seen) in batch.kinds.items():
            observations[kind] = observations.get(kind, 0) + seen
            compared[kind] = compared.get(kind, 0) + held
    for program in programs:
        parted_in = kind_of(program.signature) if program.signature else None
        for kind, count in program.kinds.items():
            observations[kind] = observations.get(kind, 0) + count
            compared[kind] = compared.get(kind, 0) + (count > 0 and kind != parted_in)
        if parted_in is not None:
            compared[parted_in] = compared.get(parted_in, 0) + 1
    differ: dict[str, int] = {}
    accepted: dict[str, int] = {}
    for signature in signatures:
        tally = differ if signature.accepted is None else accepted
        tally[signature.kind] = tally.get(signature.kind, 0) + len(signature.programs)
    return [
        KindAgreement(
            kind=kind,
            meaning=KINDS.get(kind, ""),
            observations=observations.get(kind, 0),
            programs=compared.get(kind, 0),
            differ=differ.get(kind, 0),
            accepted=accepted.get(kind, 0),
        )
        for kind in dict.fromkeys((*KINDS, *sorted(observations), *sorted(differ), *sorted(accepted)))
    ]


def by_op(
    run: Run, programs: Iterable[Program], batches: Iterable[Batch], signatures: Iterable[Signature]
) -> list[OpAgreement]:
    """Every op that a program used, that a difference names, or that the subject lacks; by name."""
    absent = {*run.absent, *(signature.op for signature in signatures if signature.absent)}
    tallies: dict[str, OpAgreement] = {}

    def tally(op: str) -> OpAgreement:
        found = tallies.get(op)
        if found is None:
            found = tallies[op] = OpAgreement(op, op in absent, op in run.unproven)
        return found

    for op in (*absent, *run.unproven):
        tally(op)
    for batch in batches:
        for op, count in batch.ops.items():
            _agree(tally(op), count)
    for program in programs:
        parted_at = op_of(program.signature) if program.signature else None
        for op in dict.fromkeys((*program.ops, *([parted_at] if parted_at else []))):
            _count(tally(op), program, op == parted_at)
    return sorted(tallies.values(), key=lambda one: one.op.lower())


def _agree(tally: OpAgreement, count: int) -> None:
    """Count programs that agree to the end, which says nothing of an op that the subject lacks or that never works."""
    tally.programs += count
    if tally.absent or tally.unproven:
        tally.undecided += count
    else:
        tally.agree += count


def _count(tally: OpAgreement, program: Program, here: bool) -> None:
    tally.programs += 1
    # A program may go on after an accepted difference, and then its other ops were compared to the end.
    to_the_end = program.status == "accepted" and program.completed == program.statements
    if program.status == "crash":
        tally.crash += 1
    elif here:
        if program.status == "differ":
            tally.differ += 1
        else:
            tally.accepted += 1
    elif (program.status == "agree" or to_the_end) and not (tally.absent or tally.unproven):
        tally.agree += 1
    else:
        tally.undecided += 1


def by_origin(programs: Iterable[Program], batches: Iterable[Batch]) -> list[OriginAgreement]:
    tallies: dict[str, OriginAgreement] = {}
    for batch in batches:
        tally = tallies.setdefault(batch.origin, OriginAgreement(batch.origin))
        tally.programs += batch.agree
        tally.agree += batch.agree
    for program in programs:
        tally = tallies.setdefault(program.origin, OriginAgreement(program.origin))
        tally.programs += 1
        setattr(tally, program.status, getattr(tally, program.status) + 1)
    return sorted(tallies.values(), key=lambda tally: -tally.programs)
