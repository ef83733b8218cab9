"""The report as tables for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill

from tabulate import tabulate

from reports import wording
from reports.agreement import OpStatus
from reports.record import Claim, Coverage, Idiom
from reports.report import Report
from reports.signature import Signature
from reports.wording import plural

LONGEST = 60


def terminal(report: Report, every_op: bool = False) -> str:
    """The report as text; ops that agree are only counted unless `every_op`."""
    return "\n\n".join(_parts(report, every_op)) + "\n"


def _parts(report: Report, every_op: bool) -> Iterator[str]:
    verdict = report.verdict
    yield "\n".join((f"{verdict.outcome.upper()}  {verdict.sentence}", *verdict.notes))
    if verdict.problems:
        yield "Nothing below is a result:\n" + "\n".join(f"  - {problem}" for problem in verdict.problems)
    yield _validity(report)
    if report.totals.programs:
        yield _kinds(report)
        yield _ops(report, every_op)
    for title, signatures in (
        ("Differences", report.open),
        (f"Found missing in {report.run.subject.name}", report.missing),
        ("Accepted", report.accepted),
    ):
        if signatures:
            yield _signatures(title, signatures, report)
    if report.run.absent:
        names = fill(" ".join(report.run.absent), 110, break_long_words=False, break_on_hyphens=False)
        yield f"Absent from {report.run.subject.name}: {plural(len(report.run.absent), 'op')}\n{names}"
    if report.crashes:
        yield "Crashed: " + " ".join(program.id for program in report.crashes)
    if report.claims:
        yield _entries("The article's claims", "claim", report.claims)
    if report.idioms:
        yield _entries("Variable era", "idiom", report.idioms)
    if report.timings:
        yield _timings(report)
    if report.coverage is not None:
        yield _coverage(report.coverage)


def _validity(report: Report) -> str:
    run = report.run
    rows = [
        ("run", f"{run.run}, seed {run.seed}, {run.status}"),
        (
            "controls",
            f"agree {run.agree.passed} of {run.agree.run}, differ {run.differ.passed} of {run.differ.run}",
        ),
        (
            "programs",
            f"{report.totals.programs:,}, of them {report.totals.generated:,} of {run.programs:,} generated",
        ),
        ("duration", wording.span(report.duration) if report.duration is not None else "did not finish"),
        ("age", wording.span(report.age)),
        *((library.name, library.version) for library in (run.subject, run.reference)),
        *run.environment.items(),
    ]
    if report.torn:
        rows.append(("skipped", "the last record, which was cut off"))
    return tabulate(rows, tablefmt="plain", disable_numparse=True)


def _kinds(report: Report) -> str:
    rows = [
        (
            kind.kind,
            wording.count(kind.observations),
            wording.count(kind.programs),
            wording.count(kind.differ),
            wording.count(kind.accepted),
            _percent(report, kind.agree, kind.compared),
        )
        for kind in report.kinds
    ]
    return table(
        "By kind of observation", ("kind", "observations", "programs", "differ", "accepted", "share"), rows
    )


def _ops(report: Report, every_op: bool) -> str:
    agreeing = sum(op.status is OpStatus.AGREES for op in report.ops)
    rows = [
        (
            op.op,
            op.status.value,
            *(
                wording.count(n)
                for n in (op.programs, op.agree, op.differ, op.accepted, op.crash, op.undecided)
            ),
            "absent" if op.absent else _percent(report, op.agree, op.decided),
        )
        for op in report.ops_by_status
        if op.programs and (every_op or op.status is not OpStatus.AGREES)
    ]
    note = "" if every_op else f" ({agreeing} more never parted; --ops shows them)"
    heads = ("op", "status", "programs", "agree", "differ", "accepted", "crashed", "undecided", "share")
    return table(f"By op{note}", heads, rows)


def _signatures(title: str, signatures: Iterable[Signature], report: Report) -> str:
    rows = []
    for one in signatures:
        expected, got = (one.witness.expected, one.witness.got) if one.witness else ("", "")
        rows.append(
            (one.text, wording.count(len(one.programs)), short(expected), short(got), one.accepted or "")
        )
    heads = ["signature", "programs", report.run.reference.name, report.run.subject.name]
    if any(row[-1] for row in rows):
        return table(title, [*heads, "reason"], [(*row[:-1], short(row[-1])) for row in rows])
    return table(title, heads, [row[:-1] for row in rows])


def _entries(title: str, noun: str, entries: Sequence[Claim | Idiom]) -> str:
    rows = [
        (entry.id, entry.verdict, "agree" if entry.agree else "differ", short(entry.today))
        for entry in entries
    ]
    return table(title, (noun, "verdict", "both sides", "today"), rows)


def _timings(report: Report) -> str:
    rows = []
    for timing in report.timings:
        both = timing.phase("forward_backward")
        if both is None:
            rows.append((timing.title, timing.status, "", "", "", "", short(timing.detail)))
            continue
        times = (wording.nanoseconds(both.subject_ns), wording.nanoseconds(both.reference_ns))
        goal = "" if timing.goal is None else f"{timing.goal:.2f}"
        rows.append(
            (timing.title, *times, f"{both.ratio:.2f}", f"{both.noise:.1%}", goal, wording.pace(both))
        )
    heads = ("program", report.run.subject.name, report.run.reference.name, "ratio", "noise", "goal", "")
    return table("Timings", heads, rows)


def _coverage(coverage: Coverage) -> str:
    reached = [sum(one.drawn > 0 for one in rows) for rows in (coverage.kinds, coverage.mistakes)]
    rows = [
        ("kinds of statement", f"{reached[0]} of {len(coverage.kinds)}"),
        ("mistakes", f"{reached[1]} of {len(coverage.mistakes)}"),
        ("error texts", wording.count(len(coverage.errors))),
        ("graph nodes", wording.count(len(coverage.nodes))),
        *([("never reached", " ".join(coverage.missed))] if coverage.missed else []),
    ]
    return f"What the programs reached\n{tabulate(rows, tablefmt='plain', disable_numparse=True)}"


def _percent(report: Report, part: int, whole: int) -> str:
    return wording.percent(part, whole) if report.verdict.publishes else "-"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under its title; columns of numbers stand right."""
    if not rows:
        return f"{title}\n  none"
    align = ["right" if _is_number(column) else "left" for column in zip(*rows, strict=True)]
    return f"{title}\n{tabulate(rows, heads, disable_numparse=True, colalign=align)}"


def _is_number(column: Iterable[str]) -> bool:
    return all(not text or text[0].isdigit() or text in "-–" for text in column)  # noqa: RUF001


def short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3] + "..."
