"""How far two libraries agree by area of autograd: by what is observed, by what programs are about, and by idioms."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.record import Batch, Idiom, Program
from reports.signature import kind_of

# The areas in their order: what is observed for one, or nothing for what programs are about.
AREAS: Mapping[str, tuple[str, ...]] = {
    "values": ("value", "dtype", "shape", "stride"),
    "gradients": ("grad",),
    "second order": (),
    "forward mode": (),
    "grad_fn chains": ("graph", "saved"),
    "no_grad and modes": (),
    "in-place and views": (),
    "hooks": (),
    "custom functions": (),
    "Variable era": (),
    "errors": ("error",),
    "warnings": ("warning",),
}
ERA = "Variable era"


@dataclass(slots=True)
class AreaAgreement:
    """One area: programs that say something of it, by how they ended; of the Variable era idioms.

    In an area of observations those differ that part at one of them, and in one that programs are about all that part.
    Programs that ended otherwise, for want of an op or with their process, say nothing of the latter.
    """

    name: str
    programs: int = 0
    agree: int = 0
    differ: int = 0
    accepted: int = 0


def by_area(
    programs: Iterable[Program], batches: Iterable[Batch], idioms: Iterable[Idiom]
) -> list[AreaAgreement]:
    """Every known area in its order, also those that no program was about, then areas that only the records know."""
    tallies = {name: AreaAgreement(name) for name in AREAS}
    for batch in batches:
        _count_batch(tallies, batch)
    for program in programs:
        for name in dict.fromkeys(program.areas):
            if program.status in ("agree", "differ", "accepted"):
                _count(tallies.setdefault(name, AreaAgreement(name)), program.status)
        for name, kinds in AREAS.items():
            if kinds:
                _count_observed(tallies[name], program, kinds)
    for idiom in idioms:
        _count(tallies[ERA], "agree" if idiom.agree else "differ")
    return list(tallies.values())


def _count_batch(tallies: dict[str, AreaAgreement], batch: Batch) -> None:
    """Count programs that agree: of several kinds as many as of the one that most of them show."""
    held = Counter(batch.areas)
    for name, kinds in AREAS.items():
        held[name] += max((batch.kinds.get(kind, (0, 0))[0] for kind in kinds), default=0)
    for name, count in held.items():
        _count(tallies.setdefault(name, AreaAgreement(name)), "agree", count)


def _count_observed(tally: AreaAgreement, program: Program, kinds: tuple[str, ...]) -> None:
    """Count a program in an area of observations: one that parts elsewhere agrees as far as it went."""
    parted = program.signature is not None and kind_of(program.signature) in kinds
    if parted and program.status in ("differ", "accepted"):
        _count(tally, program.status)
    elif any(program.kinds.get(kind) for kind in kinds):
        _count(tally, "agree")


def _count(tally: AreaAgreement, status: str, count: int = 1) -> None:
    tally.programs += count
    setattr(tally, status, getattr(tally, status) + count)
