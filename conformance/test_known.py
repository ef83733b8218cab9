"""Accepted differences are still there, and still the same."""

from __future__ import annotations

import pytest

from conformance.known import Known, read_known
from conformance.subjects import Subject

KNOWN = read_known()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.signature)
def test_a_witness_still_differs(known: Known, reference: Subject, subject: Subject) -> None:
    problem = known.problem(reference, subject)
    assert problem is None, problem


def test_an_accepted_difference_has_one_entry() -> None:
    signatures = [known.signature for known in KNOWN]
    assert len(set(signatures)) == len(signatures)
