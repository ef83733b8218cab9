"""Checking all claims, and printing what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from ..subjects import Subject
from .claim import Finding, Verdict, check
from .claims import CLAIMS

WIDTHS = [14, 40, 14, 56, 8]


def findings(reference: Subject, subject: Subject) -> Iterator[Finding]:
    """What each claim came to, one at a time."""
    for claim in CLAIMS:
        yield check(claim, reference, subject)


def table(found: Sequence[Finding], reference: Subject, subject: Subject) -> str:
    """The findings as text, with their numbers below."""
    rows = [
        [one.claim.section, one.claim.claim, one.verdict.value, one.today, one.difference or "yes"]
        for one in found
    ]
    headers = [
        "section",
        "claim",
        "verdict",
        f"{reference.name} {reference.version}",
        f"{subject.name} agrees",
    ]
    verdicts = Counter(one.verdict for one in found)
    numbers = (
        f"{verdicts[Verdict.HOLDS]} hold, {verdicts[Verdict.DOES_NOT_HOLD]} do not, "
        f"{verdicts[Verdict.MISPRINT]} are misprints"
    )
    agreed = sum(one.agree for one in found)
    text = tabulate(rows, headers, maxcolwidths=WIDTHS, disable_numparse=True)
    return f"{text}\n\n{len(found)} claims: {numbers}; {subject.name} agrees on {agreed}"
