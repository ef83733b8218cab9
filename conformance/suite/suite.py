"""Checking all entries of a suite, and printing what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tabulate import tabulate

from ..subjects import Subject
from .entry import Entry, Finding, check


@dataclass(frozen=True, slots=True)
class Suite:
    """Entries of one kind, which `noun` counts, how wide each of their words is printed, and how verdicts are counted.

    `about` is for whoever asks which suites there are.
    """

    name: str
    about: str
    noun: str
    entries: tuple[Entry, ...]
    widths: Mapping[str, int]
    counted: Callable[[Counter[StrEnum]], str]

    def findings(self, reference: Subject, subject: Subject) -> Iterator[Finding]:
        """What each entry came to, one at a time."""
        for entry in self.entries:
            yield check(entry, reference, subject)

    def table(self, found: Sequence[Finding], reference: Subject, subject: Subject) -> str:
        """The findings as text, with their numbers below."""
        rows = [
            [
                one.entry.section,
                *one.entry.words().values(),
                one.verdict.value,
                one.today,
                one.difference or "yes",
            ]
            for one in found
        ]
        today, agrees = f"{reference.name} {reference.version}", f"{subject.name} agrees"
        headers = ["section", *self.widths, "verdict", today, agrees]
        widths = [14, *self.widths.values(), 14, 56, 8]
        text = tabulate(rows, headers, maxcolwidths=widths, disable_numparse=True)
        agreed = sum(one.agree for one in found)
        numbers = self.counted(Counter(one.verdict for one in found))
        return f"{text}\n\n{len(found)} {self.noun}: {numbers}; {subject.name} agrees on {agreed}"
