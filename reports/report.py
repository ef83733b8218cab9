"""Everything that the pages of one run say, computed once; each format only writes it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from reports.agreement import KindAgreement, OpAgreement, OpStatus, OriginAgreement, by_kind, by_op, by_origin
from reports.area import AreaAgreement, by_area
from reports.device import Device, devices
from reports.folder import Folder
from reports.measure import Copies, Drift, Memory, Mutant, Pace, Sample, Sweep
from reports.record import (
    CLAIM_VERDICTS,
    IDIOM_VERDICTS,
    Claim,
    Coverage,
    Idiom,
    OpScore,
    Program,
    Run,
    Timing,
)
from reports.scoreboard import STATES, Family, Name, families, names
from reports.signature import Signature, group
from reports.verdict import Totals, Verdict, count_totals, judge


@dataclass(frozen=True)
class Report:
    """One run, judged and counted; `built` is when."""

    built: datetime
    run: Run
    torn: int
    verdict: Verdict
    totals: Totals
    areas: list[AreaAgreement]
    origins: list[OriginAgreement]
    kinds: list[KindAgreement]
    ops: list[OpAgreement]
    signatures: list[Signature]
    crashes: list[Program]
    claims: list[Claim]
    idioms: list[Idiom]
    timings: list[Timing]
    coverage: Coverage | None
    scores: list[OpScore]
    paces: list[Pace]
    samples: list[Sample]
    sweeps: list[Sweep]
    mutants: list[Mutant]
    drifts: list[Drift]
    memories: list[Memory]
    copies: list[Copies]
    placed: list[OpScore]
    present: Mapping[str, bool]

    @cached_property
    def families(self) -> list[Family]:
        """The table of ops by family."""
        return families(self.scores)

    @cached_property
    def devices(self) -> list[Device]:
        """What devices keep of the table of ops."""
        return devices(self.scores, self.placed)

    @property
    def hidden_copies(self) -> list[Copies]:
        """The entries that read back from a device where the reference does not."""
        return [one for one in self.copies if one.hidden]

    @cached_property
    def names(self) -> list[Name]:
        """The public names of the reference, by what became of each."""
        used = (one.op for one in self.ops if one.agree)
        return names(self.present, self.scores, self.signatures, used)

    @property
    def open(self) -> list[Signature]:
        """Differences that nobody accepted, of ops that the subject has."""
        return [one for one in self.signatures if one.accepted is None and not one.absent]

    @property
    def missing(self) -> list[Signature]:
        """Differences that say that the subject lacks the op."""
        return [one for one in self.signatures if one.accepted is None and one.absent]

    @property
    def accepted(self) -> list[Signature]:
        return [one for one in self.signatures if one.accepted is not None]

    @property
    def absent(self) -> list[OpAgreement]:
        return [op for op in self.ops if op.absent]

    @property
    def used(self) -> list[OpAgreement]:
        """The ops that programs used, or that a difference names."""
        return [op for op in self.ops if op.programs]

    @property
    def ops_by_status(self) -> list[OpAgreement]:
        """The ops that need a look first, then by name."""
        order = list(OpStatus)
        return sorted(self.ops, key=lambda op: (order.index(op.status), op.op.lower()))

    @property
    def claims_by_section(self) -> dict[str, list[Claim]]:
        """The claims in the order of the article."""
        return _by_section(self.claims)

    @property
    def claim_verdicts(self) -> dict[str, int]:
        """How many claims hold, do not hold and are misprints."""
        return {verdict: sum(claim.verdict == verdict for claim in self.claims) for verdict in CLAIM_VERDICTS}

    @property
    def idioms_by_section(self) -> dict[str, list[Idiom]]:
        """The idioms by what they are about."""
        return _by_section(self.idioms)

    @property
    def idiom_verdicts(self) -> dict[str, int]:
        """How many idioms work, work with a warning, mean something else and raise."""
        return {verdict: sum(idiom.verdict == verdict for idiom in self.idioms) for verdict in IDIOM_VERDICTS}

    @property
    def name_states(self) -> dict[str, int]:
        """How many public names are in each state."""
        return {state: sum(one.state == state for one in self.names) for state in STATES}

    @property
    def duration(self) -> timedelta | None:
        return self.run.finished - self.run.started if self.run.finished else None

    @property
    def age(self) -> timedelta:
        """How old the run was when this report was built."""
        return self.built - (self.run.finished or self.run.started)


Entry = TypeVar("Entry", Claim, Idiom)


def _by_section(entries: list[Entry]) -> dict[str, list[Entry]]:
    sections: dict[str, list[Entry]] = {}
    for entry in entries:
        sections.setdefault(entry.section, []).append(entry)
    return sections


def make_report(folder: Folder, built: datetime | None = None) -> Report:
    """Judge and count one run folder; `built` defaults to now."""
    signatures = group(folder.programs, folder.differences)
    totals = count_totals(folder)
    return Report(
        built=built or datetime.now(UTC).replace(microsecond=0),
        run=folder.run,
        torn=folder.torn,
        verdict=judge(folder, totals),
        totals=totals,
        areas=by_area(folder.programs, folder.batches, folder.idioms),
        origins=by_origin(folder.programs, folder.batches),
        kinds=by_kind(folder.programs, folder.batches, signatures),
        ops=by_op(folder.run, folder.programs, folder.batches, signatures),
        signatures=signatures,
        crashes=[program for program in folder.programs if program.status == "crash"],
        claims=folder.claims,
        idioms=folder.idioms,
        timings=folder.timings,
        coverage=folder.coverages[-1] if folder.coverages else None,
        scores=folder.scores,
        paces=folder.paces,
        samples=folder.samples,
        sweeps=folder.sweeps,
        mutants=folder.mutants,
        drifts=folder.drifts,
        memories=folder.memories,
        copies=folder.copies,
        placed=folder.placed,
        present=folder.names[-1].names if folder.names else {},
    )
