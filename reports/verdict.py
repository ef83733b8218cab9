"""What a run says in one sentence, and whether it may say anything: controls first, results second."""

from dataclasses import dataclass
from enum import StrEnum

from reports.folder import Folder
from reports.record import PROGRAM_STATUSES, Library
from reports.wording import plural


class Outcome(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Totals:
    """Programs by how they ended, and the number of distinct signatures among those that differ."""

    programs: int
    generated: int
    agree: int
    differ: int
    accepted: int
    crash: int
    unsupported: int
    signatures: int
    statements: int
    observations: int
    arbitrated: int
    rounded: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, its sentence, what else is to be said, and the reasons why a run is not valid.

    Only a valid run publishes shares.
    """

    outcome: Outcome
    sentence: str
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def publishes(self) -> bool:
        return not self.problems


def count_totals(folder: Folder) -> Totals:
    statuses = dict.fromkeys(PROGRAM_STATUSES, 0)
    signatures = set()
    for program in folder.programs:
        statuses[program.status] += 1
        if program.status == "differ":
            signatures.add(program.signature)
    batches = folder.batches
    statuses["agree"] += sum(batch.agree for batch in batches)
    return Totals(
        programs=len(folder.programs) + sum(batch.agree for batch in batches),
        generated=sum(program.origin == "generated" for program in folder.programs)
        + sum(batch.agree for batch in batches if batch.origin == "generated"),
        **statuses,
        signatures=len(signatures),
        statements=sum(one.completed for one in folder.programs) + sum(one.statements for one in batches),
        observations=sum(sum(program.kinds.values()) for program in folder.programs)
        + sum(seen for batch in batches for _, seen in batch.kinds.values()),
        arbitrated=sum(one.arbitrated for one in folder.programs) + sum(one.arbitrated for one in batches),
        rounded=sum(one.rounded for one in folder.programs) + sum(one.rounded for one in batches),
    )


def judge(folder: Folder, totals: Totals) -> Verdict:
    """The verdict of a run; a run with a problem is invalid or incomplete, whatever its records say."""
    broken = tuple(_broken_controls(folder))
    unfinished = tuple(_unfinished(folder, totals))
    if broken:
        sentence = f"No result: {broken[0]}, so nothing that this run compared can be relied on."
        return Verdict(Outcome.INVALID, sentence, (), broken + unfinished)
    if unfinished:
        sentence = f"No result yet: {unfinished[0]}."
        return Verdict(Outcome.INCOMPLETE, sentence, (), unfinished)
    entries_differ = not all(
        [entry.agree for entry in folder.claims] + [entry.agree for entry in folder.idioms]
    )
    outcome = Outcome.DIFFERS if totals.differ or totals.crash or entries_differ else Outcome.AGREES
    return Verdict(outcome, _sentence(folder, totals), _notes(folder, totals), ())


def _broken_controls(folder: Folder) -> list[str]:
    run, reasons = folder.run, []
    if not run.agree.run:
        reasons.append("no control compared a library with itself")
    elif not run.agree.holds:
        wrong = run.agree.run - run.agree.passed
        reasons.append(f"{wrong:,} of {run.agree.run:,} controls differ although both sides are one library")
    if not run.differ.run:
        reasons.append("no control put in a fault")
    elif not run.differ.holds:
        wrong = run.differ.run - run.differ.passed
        reasons.append(f"{wrong:,} of {run.differ.run:,} faults put in on purpose went unnoticed")
    if run.status == "invalid" and not reasons:
        reasons.append("the run declared itself invalid")
    return reasons


def _unfinished(folder: Folder, totals: Totals) -> list[str]:
    run, reasons = folder.run, []
    if run.status == "incomplete" or run.finished is None:
        reasons.append("the run did not finish")
    if totals.generated < run.programs:
        reasons.append(f"{totals.generated:,} of {run.programs:,} generated programs are recorded")
    if folder.torn:
        reasons.append("the last record was cut off")
    if not (folder.programs or folder.claims or folder.idioms or folder.timings):
        reasons.append("nothing was compared")
    return reasons


def _sentence(folder: Folder, totals: Totals) -> str:
    subject, reference = named(folder.run.subject), named(folder.run.reference)
    if not totals.programs:
        return _entries_sentence(subject, reference, folder)
    if totals.differ:
        ways = "one way" if totals.signatures == 1 else f"{totals.signatures:,} ways"
        of = f"{totals.differ:,} of {totals.programs:,} programs"
        return f"{subject} differs from {reference} on {of}, in {ways}."
    if totals.agree == totals.programs:
        return f"{subject} agrees with {reference} on all {totals.programs:,} programs."
    return f"{subject} agrees with {reference} on {totals.agree:,} of {totals.programs:,} programs."


def _notes(folder: Folder, totals: Totals) -> tuple[str, ...]:
    notes = []
    if totals.accepted:
        noun = "more program" if totals.differ else "program"
        verb = "differs" if totals.accepted == 1 else "differ"
        notes.append(f"{plural(totals.accepted, noun)} {verb} in ways that are accepted, with a reason.")
    if totals.crash:
        notes.append(f"{plural(totals.crash, 'program')} crashed.")
    if totals.unsupported:
        which = (
            f"{plural(totals.unsupported, 'program')} that {'needs' if totals.unsupported == 1 else 'need'}"
        )
        notes.append(f"Nothing is said of {which} what one side does not have.")
    if totals.programs and folder.claims:
        same = sum(claim.agree for claim in folder.claims)
        notes.append(f"Both do the same for {same} of the article's {plural(len(folder.claims), 'claim')}.")
    if totals.programs and folder.idioms:
        same = sum(idiom.agree for idiom in folder.idioms)
        notes.append(
            f"Both do the same for {same} of {plural(len(folder.idioms), 'idiom')} of the Variable era."
        )
    return tuple(notes)


def _entries_sentence(subject: str, reference: str, folder: Folder) -> str:
    """The sentence of a run without programs: what became of its claims and idioms."""
    kinds = (("claims of the article", folder.claims), ("idioms of the Variable era", folder.idioms))
    told = [(noun, [entry.agree for entry in entries]) for noun, entries in kinds if entries]
    if not told:
        return f"{subject} was timed against {reference}; no program was compared."
    if all(all(alike) for _, alike in told):
        of = " and ".join(f"{len(alike)} {noun}" for noun, alike in told)
        return f"{subject} agrees with {reference} on all {of}."
    of = " and ".join(f"{alike.count(False)} of {len(alike)} {noun}" for noun, alike in told)
    return f"{subject} differs from {reference} on {of}."


def named(library: Library) -> str:
    return f"{library.name} {library.version}"
