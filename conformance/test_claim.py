"""Both libraries do the same on every program that puts a claim of the article to the test."""

from __future__ import annotations

import pytest

from conformance.article.claim import Claim, check
from conformance.article.claims import CLAIMS
from conformance.subjects import Subject


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_has_the_same_answer(claim: Claim, reference: Subject, subject: Subject) -> None:
    finding = check(claim, reference, subject)
    assert finding.agree, finding.difference
