"""The report as JUnit XML for continuous integration: controls, programs, claims and idioms as test cases."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports.change import Change
from reports.folder import Folder
from reports.record import Batch, Claim, Idiom, OpScore, Program
from reports.report import Report
from reports.signature import Signature

FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Case:
    """One test case; `outcome` is empty for one that passed, else failure, error or skipped."""

    suite: str
    name: str
    outcome: str = ""
    message: str = ""
    detail: str = ""


def junit(report: Report, folder: Folder, change: Change | None = None) -> str:
    """Every program that differs is a test case, and every batch for those that agree. Of a run that is not valid none
    passes: what agreed is skipped."""
    suites: dict[str, list[Case]] = {}
    for case in (*_cases(report, folder), *_since(change)):
        suites.setdefault(case.suite, []).append(case)
    root = Element("testsuites", name=f"{report.run.subject.name} against {report.run.reference.name}")
    for name, cases in suites.items():
        root.append(_suite(name, cases, report))
    _count(root, [case for cases in suites.values() for case in cases])
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _cases(report: Report, folder: Folder) -> Iterator[Case]:
    problem = report.verdict.problems[0] if report.verdict.problems else ""
    yield Case("controls", "the run is valid", "error" if problem else "", "; ".join(report.verdict.problems))
    signatures = {signature.text: signature for signature in report.signatures}
    told: set[str] = set()
    for program in folder.programs:
        signature = signatures.get(program.signature) if program.signature else None
        first = signature is not None and signature.text not in told
        if signature is not None:
            told.add(signature.text)
        yield _program(program, signature, first, problem)
    for batch in folder.batches:
        yield _batch(batch, problem)
    for entry, failing in _failing(report.scores).items():
        yield Case(
            "ops",
            entry,
            "failure" if failing else "skipped" if problem else "",
            "; ".join(failing) or problem,
        )
    for claim in report.claims:
        yield _entry("claims", claim, claim.claim, problem)
    for idiom in report.idioms:
        yield _entry("idioms", idiom, idiom.written, problem)


def _failing(scores: Iterable[OpScore]) -> dict[str, list[str]]:
    """The entries of the table of ops that say anything, and in which checks and dtypes each does not agree."""
    found: dict[str, list[str]] = {}
    for one in scores:
        if one.told:
            failing = found.setdefault(one.entry, [])
            failing += [] if one.passed else [f"{one.check} in {one.dtype}"]
    return found


def _since(change: Change | None) -> Iterator[Case]:
    """What is worse than in the run before, or one case that says that nothing is."""
    if change is None:
        return
    suite, worse = "since the run before", 0
    for text in change.new:
        worse += 1
        yield Case(suite, f"new: {text}", "failure", "a way to differ that the run before did not see")
    for one in change.slower:
        worse += 1
        told = f"{one.before.ratio:.2f} times as long before, {one.now.ratio:.2f} now, noise {one.noise:.0%}"
        yield Case(suite, f"slower: {' '.join((one.name, one.phase)).strip()}", "failure", told)
    for entry, checks in change.broken.items():
        worse += 1
        yield Case(suite, f"no longer agrees: {entry}", "failure", ", ".join(checks))
    if not worse:
        yield Case(suite, "nothing is new, slower or no longer agrees")


def _program(program: Program, signature: Signature | None, first: bool, problem: str) -> Case:
    suite = f"programs.{program.origin}"
    if program.status == "agree":
        return Case(suite, program.id, "skipped" if problem else "", problem)
    if program.status == "crash":
        return Case(suite, program.id, "error", f"crashed after {program.completed} statements")
    if program.status == "unsupported":
        return Case(suite, program.id, "skipped", f"one side does not have {program.unsupported}")
    if program.status == "accepted":
        reason = signature.accepted if signature and signature.accepted else "accepted"
        return Case(suite, program.id, "skipped", f"{program.signature}: {reason}")
    detail = _detail(signature) if first and signature else ""
    return Case(suite, program.id, "failure", program.signature or "differs", detail)


def _batch(batch: Batch, problem: str) -> Case:
    """The programs of a batch that agree, which nobody wants to see one by one."""
    last = batch.first + batch.count - 1
    name = f"{batch.first} to {last}: {batch.agree} agree"
    return Case(f"programs.{batch.origin}", name, "skipped" if problem else "", problem)


def _detail(signature: Signature) -> str:
    """Told once a signature, at the first program that has it."""
    witness = signature.witness
    if witness is None:
        return ""
    return f"expected: {witness.expected}\ngot: {witness.got}\n\n{witness.script or ''}"


def _entry(suite: str, entry: Claim | Idiom, text: str, problem: str) -> Case:
    if not entry.agree:
        return Case(suite, entry.id, "failure", f"the sides differ: {text}", entry.difference or "")
    return Case(suite, entry.id, "skipped" if problem else "", problem)


def _suite(name: str, cases: list[Case], report: Report) -> Element:
    suite = Element("testsuite", name=_clean(name), timestamp=report.run.started.isoformat())
    _count(suite, cases)
    for case in cases:
        element = SubElement(suite, "testcase", classname=_clean(name), name=_clean(case.name))
        if case.outcome:
            mark = SubElement(element, case.outcome, message=_clean(case.message))
            mark.text = _clean(case.detail) or None
    return suite


def _count(element: Element, cases: list[Case]) -> None:
    element.set("tests", str(len(cases)))
    for attribute, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.outcome == outcome for case in cases)))


def _clean(text: str) -> str:
    """Without the characters that XML forbids, shown as the escapes of Python instead."""
    return FORBIDDEN.sub(lambda match: ascii(match.group())[1:-1], text)
