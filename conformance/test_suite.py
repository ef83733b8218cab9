"""Both libraries do the same on every program that puts to the test what a suite says."""

from __future__ import annotations

import pytest

from conformance.subjects import Subject
from conformance.suite import Entry, check
from conformance.suites import SUITES

ENTRIES = [pytest.param(entry, id=entry.id) for suite in SUITES for entry in suite.entries]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_the_same_answer(entry: Entry, reference: Subject, subject: Subject) -> None:
    finding = check(entry, reference, subject)
    assert finding.agree, finding.difference
